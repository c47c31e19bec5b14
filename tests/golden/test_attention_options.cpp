// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE golden_attention_options
#include "attention_options.hpp"
#include "compare.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(as_by_formula) {
    namespace torch = golden::attention_options;
    golden::compare<network<input<5, 6>, self_attention<4, key_value_heads<2>, head_size<3>>>, 2>(torch::grouped::all);
    golden::compare<network<input<7, 6>, causal_self_attention<4, 7, head_size<8>, without_bias, key_value_heads<2>, rotary<>>>, 2>(
        torch::llama::all);
    golden::compare<network<input<6, 8>, causal_self_attention<2, 3, key_value_heads<1>, rotary_halves<>>>, 1>(torch::neox::all);
}
