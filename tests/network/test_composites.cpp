// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_composites
#include "../laws.hpp"

using namespace inlay;

template <class Net>
void shape_is(auto expected) {
    static_assert(std::is_same_v<typename Net::output_shape, decltype(expected)>);
}
BOOST_AUTO_TEST_CASE(shapes) {
    shape_is<network<input<3>, parallel<dense<5>, dense<2>, relu>>>(shape<10>{});
    shape_is<network<input<4, 3>, parallel<gru<5>, inlay::identity>>>(shape<4, 8>{});
    shape_is<network<input<4, 4, 2>, parallel<conv2d<3, 3, 1, 1>, inlay::identity>>>(shape<4, 4, 5>{});
    shape_is<network<input<4, 4, 2>, residual<conv2d<2, 3, 1, 1>>>>(shape<4, 4, 2>{});
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(what_they_compute) {
    network<input<2>, residual<dense<2>>> plus;
    plus.parameter<"0.0.weight">() = {1, 2, 3, 4};
    plus.parameter<"0.0.bias">() = {10, 20};
    const std::array<float, 2> sum = {1 + 15, 2 + 31}; // x + W·x + b for x = (1, 2)
    BOOST_TEST(plus({1, 2}) == sum, boost::test_tools::per_element());

    network<input<2, 2>, parallel<inlay::identity, relu>> side; // joined step by step
    const std::array<float, 8> joined = {1, -2, 1, 0, -3, 4, 0, 4};
    BOOST_TEST(side({1, -2, -3, 4}) == joined, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(state_in_composites) {
    using steps = network<input<2>, parallel<gru<3>, sequential<gru<2>, residual<gru<2>>>>>;
    using sequence = network<input<3, 2>, parallel<gru<3>, sequential<gru<2>, residual<gru<2>>>>>;
    static_assert(std::tuple_size_v<steps::state_type> == 7);
    steps one;
    initialize(one, seed{5});
    sequence all;
    all.assign(one.canonical());
    const std::array<float, 6> x = {0.5f, -1, 0.25f, 2, -0.75f, 1};
    const auto expected = all(x);
    steps::state_type state{};
    for (size_t t = 0; t < 3; ++t) {
        const auto y = one({x[2 * t], x[2 * t + 1]}, state);
        for (size_t i = 0; i < 5; ++i) BOOST_TEST(y[i] == expected[5 * t + i]);
    }
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<2>, residual<dense<2>, inlay::tanh>, parallel<relu, dense<1>>>>();
}

BOOST_AUTO_TEST_CASE(not_a_number) {
    laws::nan_reaches_the_output<network<input<3>, residual<dense<3>, relu>, parallel<relu, dense<2>>>>();
}
