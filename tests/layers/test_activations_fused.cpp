// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_activations_fused
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_in_place_and_fused) { // fused into dense; the second of a pair; one that keeps its input
    laws::obeys_laws_briefly<network<input<3>, dense<3>, gelu, dense<2>, silu>>();
    laws::obeys_laws_briefly<network<input<3>, dense<17>, relu, inlay::tanh, dense<1>>>();
    laws::obeys_laws_of_elements<network<input<1, 3>, inlay::tanh, gelu, hard_tanh, elu<>>>();
    laws::obeys_laws_of_elements<network<input<3>, inlay::sigmoid, silu, softplus>>();
}
