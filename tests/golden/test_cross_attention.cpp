// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE golden_cross_attention
#include "compare.hpp"
#include "cross_attention.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(as_torch) {
    namespace torch = golden::cross_attention;
    golden::compare<network<input<5, 6>, dense<6>, keep<"m">, gru<6>, last_step, cross_attention<"m", 2>>, 2>(torch::one::all);
    golden::compare<network<input<4, 6>, keep<"m">, dense<6>, cross_attention<"m", 3>>, 2>(torch::several::all);
}
