// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_whole
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_whole_nets) {
    laws::obeys_laws_briefly<network<input<6, 5, 2>, conv2d<3, 2>, relu, max_pool2d<2>, flatten, dense<7>, inlay::tanh,
                                     dense<3>>>();
    laws::obeys_laws_briefly<network<input<3, 2>, gru<5>, last_step, dense<7>, silu, dense<2>, softmax>>();
}
