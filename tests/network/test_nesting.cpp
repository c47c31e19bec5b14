// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_nesting
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_nested) {
    laws::obeys_laws_briefly<network<input<3>, residual<parallel<residual<dense<3>, inlay::tanh>, dense<2>>, dense<3>>,
                                     parallel<sequential<residual<silu>, dense<2>>, dense<1>>>>();
    laws::obeys_laws_briefly<network<input<3, 2>, residual<gru<2>>, parallel<gru<3>, inlay::identity>>>();
}
