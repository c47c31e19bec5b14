// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Layers with parameters and composites inside composites: see nesting.hpp.
#define BOOST_TEST_MODULE network_nested_with_parameters
#include "nesting.hpp"

using namespace nesting;

BOOST_AUTO_TEST_CASE(layers_with_parameters) {
    nested_equals_flat<vector, dense<5>, dense<5>>("dense");
    nested_equals_flat<vector, dense<5>, frozen<dense<5>, "weight">>("dense with a frozen weight");
    nested_equals_flat<sequence, dense<4>, gru<4>>("gru");
    nested_equals_flat<sequence, dense<4>, lstm<4>>("lstm");
    nested_equals_flat<sequence, dense<4>, causal_conv1d<4, 2>>("causal_conv1d");
}
BOOST_AUTO_TEST_CASE(composites) {
    nested_equals_flat<vector, dense<5>, residual<dense<5>, inlay::tanh>>("residual");
    nested_equals_flat<vector, dense<5>, sequential<parallel<inlay::tanh, dense<2>>, dense<5>>>("parallel");
}
