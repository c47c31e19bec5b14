// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_flatten
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_alone) { laws::obeys_laws<network<input<3, 2, 5>, flatten>>(); }
BOOST_AUTO_TEST_CASE(laws_between_layers) {
    laws::obeys_laws_briefly<network<input<3, 3, 1>, conv2d<3, 2>, flatten, dense<5>>>();
    laws::fits_registers<network<input<3, 2>, dense<5>, inlay::tanh, flatten, dense<3>>>();
}

BOOST_AUTO_TEST_CASE(order_and_shape) {
    using net = network<input<2, 1, 2>, flatten>;
    static_assert(std::is_same_v<net::output_shape, shape<4>>);
    const std::array<float, 4> x = {1, 2, 3, 4};
    BOOST_TEST(net{}(x) == x);
}

BOOST_AUTO_TEST_CASE(costs_no_memory) {
    using with = network<input<3, 3, 2>, conv2d<5, 2>, flatten, dense<5>>;
    using without = network<input<20>, dense<5>>;
    static_assert(with::inference_scratch == round_up(20, detail::alignment<float>));
    static_assert(without::inference_scratch == 0);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3, 2, 1>, flatten, dense<2>>>(); }

BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<2, 3>, flatten>>(); }
