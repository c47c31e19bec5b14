// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Values and sums of outer lists in lists inside: a U made of itself, and branches.
#define BOOST_TEST_MODULE network_keep_branches
#include "../laws.hpp"

using namespace inlay;

namespace {

// "x" is another value at every level.
template <class... Below>
using level = sequential<dense<4>, inlay::tanh, keep<"x">, dense<3>, Below..., dense<4>, sigmoid, concat<"x">>;
using u = network<input<5>, level<level<relu>>, dense<2>>;

// Branches run in order, each an inner list: the third adds to a sum that the fourth reads.
using branches =
    network<input<5>, dense<4>, keep<"a">, accumulate<"s", dense<2>>, inlay::tanh, keep<"b">,
            parallel<take<"a">, identity, sequential<accumulate<"s", dense<2>, sigmoid>, take<"b">>, take<"s">>,
            residual<plus<"b", dense<14>>>, dense<3>>;

} // namespace

BOOST_AUTO_TEST_CASE(a_u_made_of_itself) { laws::obeys_laws_of_connections<u>(); }
BOOST_AUTO_TEST_CASE(values_and_sums_in_branches) { laws::obeys_laws_of_connections<branches>(); }
