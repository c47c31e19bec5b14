// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_prelu
#include "../golden/compare.hpp"
#include "../golden/prelu.hpp"
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_one_slope) { laws::obeys_laws<network<input<3, 5>, prelu<>>>(); }
BOOST_AUTO_TEST_CASE(laws_of_one_per_channel) {
    laws::obeys_laws_briefly<network<input<2, 3, 4>, prelu<4>>>();
    laws::obeys_laws_briefly<network<input<6>, dense<37>, prelu<37>, dense<3>, prelu<>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3>, prelu<3>>, 2>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<3>, prelu<>>>(); }

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<2, 3>, prelu<>>, 2>(golden::prelu::one::all);
    golden::compare<network<input<2, 3>, prelu<3>>, 2>(golden::prelu::channels::all);
}

BOOST_AUTO_TEST_CASE(starts_at_a_quarter) {
    network<input<2>, prelu<2>> net;
    initialize(net, seed{1}, init::he_normal{});
    BOOST_TEST((net({4, -4}) == std::array<float, 2>{4, -1}));
}
