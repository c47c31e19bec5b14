// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_spatial_dropout
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_between_layers) {
    laws::obeys_laws_briefly<network<input<3, 2>, dense<19>, inlay::tanh, spatial_dropout<0.4>, dense<3>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2, 3>, spatial_dropout<>>, 2>(); }

BOOST_AUTO_TEST_CASE(whole_channels_go) {
    using net = network<input<3, 2, 500>, spatial_dropout<0.2>>;
    constexpr size_t batch = 20;
    const auto work = std::make_unique<workspace<net, batch>>();
    const std::vector<float> ones(batch * net::input_size, 1.0f);
    std::vector<float> dx(ones.size());
    random_generator random(seed{1});
    work->forward(net{}, ones.data(), &random);
    size_t dropped = 0;
    for (size_t n = 0; n < batch; ++n)
        for (size_t c = 0; c < 500; ++c) {
            const float first = work->outputs()[n * 3000 + c];
            BOOST_TEST_REQUIRE((first == 0.0f || first == 1.25f));
            for (size_t r = 1; r < 6; ++r) BOOST_TEST_REQUIRE(work->outputs()[n * 3000 + r * 500 + c] == first);
            dropped += first == 0 ? 1 : 0;
        }
    BOOST_TEST(std::abs(static_cast<double>(dropped) / 10000 - 0.2) < 5 * std::sqrt(0.2 * 0.8 / 10000)); // 5 sigma
    gradients<net> into;
    const std::vector<float> y(work->outputs(), work->outputs() + ones.size());
    for (size_t i = 0; i < ones.size(); ++i) work->output_gradients()[i] = 1;
    work->backward<kernels::native, true>(net{}, ones.data(), into, dx.data());
    laws::check_same_bits<float>("gradients pass where the value passed", y, dx);
    work->evaluate(net{}, ones.data());
    BOOST_TEST((std::vector<float>(work->outputs(), work->outputs() + ones.size()) == ones));
}
