// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_activations_compile_time
#include "../laws.hpp"

using namespace inlay;

template <class... Activations>
void everywhere_the_same() {
    (laws::same_at_compile_time<network<input<3>, Activations>>(), ...);
    (laws::nan_reaches_the_output<network<input<5>, Activations>>(), ...);
}

BOOST_AUTO_TEST_CASE(smooth) {
    everywhere_the_same<inlay::identity, inlay::sigmoid, inlay::tanh, elu<>, gelu, gelu_tanh, silu, softplus>();
}
BOOST_AUTO_TEST_CASE(with_kinks) { everywhere_the_same<relu, leaky_relu<>, hard_sigmoid, hard_tanh, step>(); }
BOOST_AUTO_TEST_CASE(fused) {
    laws::same_at_compile_time<network<input<2>, dense<5>, inlay::tanh, dense<2>, inlay::sigmoid>>();
    laws::same_at_compile_time<network<input<2>, dense<3>, silu, gelu>>();
}
