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

// The other layer that is the identity but in training. Its gradients in training are compared in optimizer/test_groups.cpp.
BOOST_AUTO_TEST_CASE(activity_penalty_of_any_shape) {
    using net = network<input<3, 7>, activity_penalty<0.5, 0.25>>;
    laws::simd_equals_scalar(laws::subject_of<net, 2>(), laws::subject_of<net, 2, kernels::scalar>());
    laws::same_at_compile_time<network<input<2>, activity_penalty<0.5>>, 2>();
    net one;
    random_generator random(seed{2});
    net::input_type x{};
    laws::draw<float>(x, random, -1, 1);
    BOOST_TEST((one(x) == x));
    trainer<net, no_loss, sgd> train(one);
    x[0] = 0, x[1] = -2, x[2] = 4;
    train.forward(x);
    net::output_type slope{1, 1, 1};
    net::input_type into{};
    train.backward(slope, into);
    BOOST_TEST(into[0] == 1.0f);
    BOOST_TEST(into[1] == 1 - 0.5f - 1);
    BOOST_TEST(into[2] == 1 + 0.5f + 2);
}
