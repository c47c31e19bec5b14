// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE keep
#include "../laws.hpp"

using namespace inlay;

template <size_t Channels>
using wave = residual<dense<Channels>, plus<"condition", dense_without_bias<Channels>>, inlay::tanh, accumulate<"skip">, dense<Channels>>;

using wavenet = network<input<3, 2>, keep<"condition">,
   sequential<dense_without_bias<4>, wave<4>, wave<4>, accumulate<"head", take<"skip">, dense_without_bias<3>>>,
   sequential<dense_without_bias<3>, wave<3>, accumulate<"head", take<"skip">>>,
   take<"head">, dense<1>>;

template <class... Inner>
using level = sequential<dense<6>, inlay::tanh, keep<"x">, dense<4>, Inner..., dense<5>, sigmoid, concat<"x">, dense<6>>;
using u = network<input<5>, level<level<level<>>>, dense<2>>;

BOOST_AUTO_TEST_CASE(waves) {
    laws::obeys_laws_briefly<wavenet>();
}
BOOST_AUTO_TEST_CASE(us) {
    laws::obeys_laws_briefly<u>();
}
BOOST_AUTO_TEST_CASE(par) {
    laws::obeys_laws_briefly<network<input<5>, dense<4>, keep<"a">, accumulate<"s", dense<2>>, inlay::tanh, keep<"b">, parallel<take<"a">, identity, sequential<accumulate<"s", dense<2>, sigmoid>, take<"b">>, take<"s">>, residual<plus<"b", dense<14>>>, dense<3>>>();
}
