// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_group_norm
#include "../golden/compare.hpp"
#include "../golden/group_norm.hpp"
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_alone) { laws::obeys_laws<network<input<3, 2, 6>, group_norm<2>>>(); }
BOOST_AUTO_TEST_CASE(laws_between_layers) { // after an activation whose slope it applies, before one that it applies
    laws::obeys_laws_briefly<network<input<4, 2>, dense<18>, inlay::tanh, group_norm<6, 0.01>, sigmoid, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3, 4>, group_norm<2>>, 2>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<3, 4>, group_norm<2>>>(); }

BOOST_AUTO_TEST_CASE(as_torch) {
    namespace torch = golden::group_norm;
    golden::compare<network<input<6>, group_norm<2>>, 3>(torch::of_vectors::all);
    golden::compare<network<input<5, 4>, group_norm<1, 0.1, false>>, 2>(torch::of_sequences::all);
    golden::compare<network<input<3, 2, 20>, group_norm<4>>, 2>(torch::of_images::all);
}

BOOST_AUTO_TEST_CASE(an_offset_does_no_harm) {
    network<input<2, 2>, group_norm<1, 1e-9>> net;
    initialize(net, seed{1});
    const auto y = net({1e5f + 1, 1e5f - 1, 1e5f + 1, 1e5f - 1});
    BOOST_TEST((std::abs(y[0] - 1) < 1e-6 && std::abs(y[1] + 1) < 1e-6));
}
