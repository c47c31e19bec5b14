// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE golden_layers
#include "compare.hpp"
#include "lanes.hpp"
#include "layers.hpp"

using namespace inlay;
namespace torch = golden::layers;

BOOST_AUTO_TEST_CASE(dense_layers) {
    golden::compare<network<input<5>, dense<7>>, 3>(torch::dense::all);
    golden::compare<network<input<9>, dense<3>>, 2>(torch::dense_narrow::all);
    golden::compare<network<input<3>, dense<37>>, 2>(torch::dense_wide::all);
    golden::compare<network<input<3>, dense<35>>, 2>(golden::lanes::dense::all);
    golden::compare<network<input<4>, dense_without_bias<6>>, 2>(torch::dense_without_bias::all);
    golden::compare<network<input<4, 3>, dense<5>>, 2>(torch::dense_sequence::all);
}

BOOST_AUTO_TEST_CASE(softmax_layers) {
    golden::compare<network<input<7>, softmax>, 3>(torch::softmax::all);
    golden::compare<network<input<7>, log_softmax>, 3>(torch::log_softmax::all);
}

BOOST_AUTO_TEST_CASE(residual_layer) {
    golden::compare<network<input<5>, residual<dense<8>, inlay::tanh, dense<5>>>, 3>(torch::residual::all);
}
