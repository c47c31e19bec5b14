// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Decoder blocks beside torch.nn.TransformerEncoderLayer with a causal mask.
#define BOOST_TEST_MODULE golden_transformer_decoder
#include "compare.hpp"
#include "transformer.hpp"

using namespace inlay;
namespace torch = golden::transformer;

BOOST_AUTO_TEST_CASE(decoders) {
    golden::compare<network<input<5, 6>, decoder_block<6, 3, 5, 7>>, 2>(torch::decoder::all);
    golden::compare<network<input<5, 6>, decoder_block_norm_first<6, 3, 5, 7, gelu>>, 2>(torch::decoder_norm_first::all);
}
