// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_gaussian_noise
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_between_layers) {
    laws::obeys_laws_briefly<network<input<3, 2>, dense<5>, gaussian_noise<0.1>, inlay::tanh>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2>, gaussian_noise<0.5>>, 2>(); }

BOOST_AUTO_TEST_CASE(mean_and_deviation) {
    using net = network<input<5000>, gaussian_noise<0.3>>;
    constexpr size_t batch = 4, count = 20000;
    const auto work = std::make_unique<workspace<net, batch>>();
    const std::vector<float> twos(count, 2.0f);
    random_generator random(seed{1});
    work->forward(net{}, twos.data(), &random);
    double mean = 0, var = 0;
    for (size_t i = 0; i < count; ++i) mean += static_cast<double>(work->outputs()[i]) / count;
    for (size_t i = 0; i < count; ++i) {
        const double off = static_cast<double>(work->outputs()[i]) - mean;
        var += off * off / count;
    }
    BOOST_TEST(std::abs(mean - 2) < 5 * 0.3 / std::sqrt(count)); // 5 sigma
    BOOST_TEST(std::abs(std::sqrt(var) - 0.3) < 5 * 0.3 / std::sqrt(2.0 * count));
    work->evaluate(net{}, twos.data());
    BOOST_TEST((std::vector<float>(work->outputs(), work->outputs() + count) == twos));
}
