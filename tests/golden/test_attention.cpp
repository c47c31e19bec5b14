// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE golden_attention
#include "attention.hpp"
#include "compare.hpp"

using namespace inlay;
namespace torch = golden::attention;

BOOST_AUTO_TEST_CASE(all_steps) { golden::compare<network<input<5, 6>, self_attention<2>>, 2>(torch::whole::all); }

BOOST_AUTO_TEST_CASE(the_steps_before) {
    golden::compare<network<input<7, 8>, causal_self_attention<4, 7>>, 2>(torch::causal::all);
}
BOOST_AUTO_TEST_CASE(a_sliding_window) {
    golden::compare<network<input<8, 6>, causal_self_attention<1, 3>>, 1>(torch::window::all);
}
BOOST_AUTO_TEST_CASE(an_encoder) {
    golden::compare<network<input<5, 6>, residual<self_attention<2>>, residual<dense<9>, gelu, dense<6>>, last_step, dense<3>>,
                    2>(torch::encoder::all);
}
