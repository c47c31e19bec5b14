// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Many extents, each with the laws that depend on how they fill registers.
#define BOOST_TEST_MODULE layers_dense_extents
#include "../laws.hpp"

using namespace inlay;

template <size_t... Extents>
void fits_registers(std::index_sequence<Extents...>) {
    constexpr size_t pairs[] = {Extents...};
    [&]<size_t... I>(std::index_sequence<I...>) {
        (laws::fits_registers<network<input<pairs[2 * I]>, dense<pairs[2 * I + 1]>>>(), ...);
    }(std::make_index_sequence<sizeof...(Extents) / 2>{});
}

BOOST_AUTO_TEST_CASE(pairs_of_inputs_and_outputs) {
    fits_registers(std::index_sequence<1, 1, 2, 3, 3, 2, 5, 5, 1, 7, 31, 5, 33, 7, 2, 31, 7, 32, 100, 2, 5, 65, 3, 100,
                                       16, 8>{});
}

BOOST_AUTO_TEST_CASE(sequences) {
    laws::fits_registers<network<input<3, 5>, dense<3>>>();
    laws::fits_registers<network<input<2, 3>, dense<9>>>();
}

BOOST_AUTO_TEST_CASE(activation_in_the_registers_of_the_layer_before) {
    laws::fits_registers<network<input<3>, dense<7>, relu, dense<3>, inlay::tanh>>();
    laws::fits_registers<network<input<3>, dense<33>, inlay::sigmoid, dense<2>, relu>>();
}
