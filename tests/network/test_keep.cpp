// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The laws of layers that keep values and use them later, with and without layers of their own.
#define BOOST_TEST_MODULE network_keep
#include "../laws.hpp"

using namespace inlay;

namespace {

// Every form once: of the list's input, of a value that works in place would overwrite, of parts that end in layers whose
// backward reads its output, or its input.
using forms =
    network<input<5>, keep<"in">, dense<4>, keep<"x">, inlay::tanh, dense<3>, plus<"x", dense<3>, inlay::tanh>,
            times<"in", dense<3>, sigmoid>, concat<"x", dense<2>, gelu>, keep<"y">, relu, plus<"y">, keep<"z">,
            inlay::tanh, times<"z">, concat<"in">, accumulate<"s", dense<3>, softmax>, accumulate<"s", dense<3>>,
            dense<3>, accumulate<"s">, plus<"s">, take<"x">>;

} // namespace

BOOST_AUTO_TEST_CASE(laws_of_every_form) { laws::obeys_laws_briefly<forms>(); }
BOOST_AUTO_TEST_CASE(not_a_number) {
    laws::nan_reaches_the_output<network<input<3>, keep<"in">, relu, plus<"in">, accumulate<"s">, take<"s">>>();
}
