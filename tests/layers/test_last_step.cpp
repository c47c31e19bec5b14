// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_last_step
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_alone) { laws::obeys_laws<network<input<5, 3>, last_step>>(); }
BOOST_AUTO_TEST_CASE(laws_between_layers) {
    laws::obeys_laws_briefly<network<input<3, 2>, dense<5>, inlay::tanh, last_step, dense<3>>>();
}

BOOST_AUTO_TEST_CASE(picks_the_last) {
    using net = network<input<3, 2>, last_step>;
    static_assert(std::is_same_v<net::output_shape, shape<2>>);
    const std::array<float, 2> expected = {5, 6};
    BOOST_TEST(net{}({1, 2, 3, 4, 5, 6}) == expected);
    BOOST_TEST((network<input<1, 2>, last_step>{}({1, 2}) == std::array<float, 2>{1, 2}));
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3, 2>, last_step>, 2>(); }
