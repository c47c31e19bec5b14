// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_residual
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_residual) {
    laws::obeys_laws<network<input<5>, residual<dense<7>, inlay::tanh, dense<5>>>>();
    laws::obeys_laws_briefly<
        network<input<5>, dense<3>, residual<dense<3>, inlay::sigmoid>, dense<2>>>(); // reads its output
    laws::obeys_laws_briefly<network<input<3>, residual<silu>>>();
    laws::obeys_laws_briefly<network<input<3>, residual<dropout<0.5>>>>();
    laws::obeys_laws_briefly<network<input<4, 4, 2>, residual<conv2d<2, 3, 1, 1>, relu>>>();
}
