// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE golden_causal_conv1d
#include "causal_conv1d.hpp"
#include "compare.hpp"

using namespace inlay;
namespace torch = golden::causal_conv1d;

BOOST_AUTO_TEST_CASE(convolutions_over_time) {
    golden::compare<network<input<6, 3>, causal_conv1d<5, 3>>, 2>(torch::plain::all);
    golden::compare<network<input<7, 2>, causal_conv1d<7, 2, 1, 4>>, 2>(torch::dilated::all);
    golden::compare<network<input<8, 3>, causal_conv1d_without_bias<4, 3, 2, 2>>, 2>(torch::strided::all);
    golden::compare<network<input<3, 1>, causal_conv1d<35, 4>>, 1>(torch::wide::all);
}
