// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_dense_panels
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_panels_and_few) { // what is left over of the panels lies like a narrow layer
    laws::obeys_laws_briefly<network<input<18>, inlay::tanh, dense<36>, relu>>();
    laws::obeys_laws_briefly<network<input<2, 5>, dense_without_bias<66>>>();
    laws::same_at_compile_time<network<input<2>, dense<34>>>();
}

BOOST_AUTO_TEST_CASE(laws_without_bias) { laws::obeys_laws_briefly<network<input<7>, dense_without_bias<15>>>(); }
