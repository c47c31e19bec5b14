// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE golden_sequences
#include "compare.hpp"
#include "gru_options.hpp"
#include "lanes.hpp"
#include "layers.hpp"
#include "recurrent_options.hpp"

using namespace inlay;
namespace torch = golden::layers;

BOOST_AUTO_TEST_CASE(grus) {
    golden::compare<network<input<5, 3>, gru<6>>, 2>(torch::gru::all);
    golden::compare<network<input<4>, gru<9>>, 1>(torch::gru_one::all); // a vector is one step
}

BOOST_AUTO_TEST_CASE(grus_with_options) {
    namespace torch = golden::gru_options;
    golden::compare<network<input<5, 3>, gru<6, reset_before_product>>, 2>(torch::reset_before::all);
    golden::compare<network<input<4, 3>, gru<5, relu>>, 2>(torch::with_relu::all);
    golden::compare<network<input<3, 4>, gru<9, reset_before_product, relu>>, 1>(torch::both::all);
}

BOOST_AUTO_TEST_CASE(lstms) {
    golden::compare<network<input<5, 3>, lstm<6>>, 2>(torch::lstm::all);
    golden::compare<network<input<4>, lstm<9>>, 1>(torch::lstm_one::all);
    golden::compare<network<input<3, 1>, lstm<17>>, 1>(golden::lanes::lstm::all);
}

BOOST_AUTO_TEST_CASE(lstms_with_projections) {
    namespace torch = golden::recurrent_options;
    golden::compare<network<input<5, 3>, lstm<6, projection<2>>>, 2>(torch::projected::all);
    golden::compare<network<input<4>, lstm<17, projection<9>>>, 1>(torch::projected_one::all);
}

BOOST_AUTO_TEST_CASE(a_small_sequence_net) {
    golden::compare<network<input<4, 2>, gru<5>, last_step, dense<3>>, 2>(torch::sequence_net::all);
}
