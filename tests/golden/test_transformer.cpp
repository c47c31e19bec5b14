// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Blocks of Transformers beside torch.nn.TransformerEncoderLayer, norms last and first, outputs and gradients.
#define BOOST_TEST_MODULE golden_transformer
#include "compare.hpp"
#include "transformer.hpp"

using namespace inlay;
namespace torch = golden::transformer;

BOOST_AUTO_TEST_CASE(encoders) {
    golden::compare<network<input<4, 6>, encoder_block<6, 2, 9>>, 2>(torch::encoder::all);
    golden::compare<network<input<4, 6>, encoder_block_norm_first<6, 2, 9, gelu>>, 2>(torch::encoder_norm_first::all);
}
BOOST_AUTO_TEST_CASE(a_gated_feed_forward) {
    golden::compare<network<input<3, 5>, gated_feed_forward<5, 7>>, 2>(torch::gated::all);
}
