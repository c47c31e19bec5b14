// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_cross_attention
#include "../laws.hpp"

using namespace inlay;

/// An encoder's output, asked by a decoder's block.
BOOST_AUTO_TEST_CASE(laws_in_a_list_inside) {
    laws::obeys_laws_of_connections<network<named_inputs<in<"source", 5, 2>, in<"target", 3, 4>>, take<"source">, dense<4>, keep<"memory">,
                                            take<"target">, residual<cross_attention<"memory", 2>>, layer_norm<>>>();
}
BOOST_AUTO_TEST_CASE(registers) { laws::fits_registers<network<input<17, 6>, keep<"m">, dense<6>, cross_attention<"m", 2>>>(); }
BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<2, 2>, keep<"m">, inlay::tanh, cross_attention<"m", 1>>>();
}
