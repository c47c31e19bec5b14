// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE ports
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(two) {
    laws::obeys_laws_briefly<network<named_inputs<in<"a", 4>, in<"b", 3>>, dense<4>, output<"vad", dense<1>, sigmoid>, inlay::tanh, concat<"b", dense<2>>,plus<"a", dense<6>>, output<"mid">, output<"gains", dense<4>>>>();
}
BOOST_AUTO_TEST_CASE(rnn) {
    laws::obeys_laws_briefly<network<input<2, 5>, keep<"x">, dense<4>, inlay::tanh, keep<"d">, gru<3>, keep<"v">, output<"vad", dense<1>, sigmoid>,
     parallel<take<"d">, identity, take<"x">>, gru<4>, parallel<take<"v">, identity, take<"x">>, gru<4>, output<"gains", dense<4>, sigmoid>>>();
}
