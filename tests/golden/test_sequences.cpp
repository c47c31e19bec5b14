// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE golden_sequences
#include "compare.hpp"
#include "lanes.hpp"
#include "layers.hpp"

using namespace inlay;
namespace torch = golden::layers;

BOOST_AUTO_TEST_CASE(grus) {
    golden::compare<network<input<5, 3>, gru<6>>, 2>(torch::gru::all);
    golden::compare<network<input<4>, gru<9>>, 1>(torch::gru_one::all); // a vector is one step
}

BOOST_AUTO_TEST_CASE(lstms) {
    golden::compare<network<input<5, 3>, lstm<6>>, 2>(torch::lstm::all);
    golden::compare<network<input<4>, lstm<9>>, 1>(torch::lstm_one::all);
    golden::compare<network<input<3, 1>, lstm<17>>, 1>(golden::lanes::lstm::all);
}

BOOST_AUTO_TEST_CASE(a_small_sequence_net) {
    golden::compare<network<input<4, 2>, gru<5>, last_step, dense<3>>, 2>(torch::sequence_net::all);
}
