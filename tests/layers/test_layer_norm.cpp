// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_layer_norm
#include "../golden/compare.hpp"
#include "../golden/layer_norm.hpp"
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_alone) { laws::obeys_laws<network<input<3, 19>, layer_norm<>>>(); }
BOOST_AUTO_TEST_CASE(laws_between_layers) { // after an activation whose slope it applies, before one that it applies
    laws::obeys_laws_briefly<network<input<4, 2>, dense<17>, inlay::tanh, layer_norm<0.01>, sigmoid, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2, 3>, layer_norm<>>, 2>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<2, 3>, layer_norm<>>>(); }

BOOST_AUTO_TEST_CASE(as_torch) {
    namespace torch = golden::layer_norm;
    golden::compare<network<input<5, 7>, layer_norm<>>, 2>(torch::of_sequences::all);
    golden::compare<network<input<18>, layer_norm<0.1, false>>, 3>(torch::of_vectors::all);
}

BOOST_AUTO_TEST_CASE(an_offset_does_no_harm) {
    network<input<4>, layer_norm<1e-9>> net;
    initialize(net, seed{1});
    const auto y = net({1e5f + 1, 1e5f - 1, 1e5f + 1, 1e5f - 1});
    BOOST_TEST((std::abs(y[0] - 1) < 1e-6 && std::abs(y[1] + 1) < 1e-6));
}

BOOST_AUTO_TEST_CASE(streams) { // steps stand alone
    laws::streaming_is_the_whole_sequence<network<input<5, 4>, layer_norm<>, gru<3>, layer_norm<>>, 2>();
}
