// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Networks that keep values, written as a user would write them, against PyTorch.
#define BOOST_TEST_MODULE golden_keep
#include "compare.hpp"
#include "keep.hpp"

using namespace inlay;
namespace torch = golden::keep;

namespace {

// z = conv(h) + W_mix·x, y = tanh z, skip = skip + y, h = h + W·y + b
template <size_t Channels, size_t Dilation>
using layer = residual<causal_conv1d<Channels, 3, 1, Dilation>, plus<"condition", dense_without_bias<Channels>>,
                       inlay::tanh, accumulate<"skip">, dense<Channels>>;
// Each array has a "skip" of its own; the second one's starts as the head of the first.
using wavenet = network<named_inputs<in<"condition", 12, 2>>,
                        sequential<dense_without_bias<4>, layer<4, 1>, layer<4, 2>, layer<4, 4>,
                                   accumulate<"head", take<"skip">, dense_without_bias<3>>>,
                        sequential<dense_without_bias<3>, accumulate<"skip", take<"head">>, layer<3, 1>, layer<3, 2>,
                                   take<"skip">, dense<1>>>;

template <size_t Inputs, size_t Width, class Below>
using level = sequential<dense<Width>, inlay::tanh, keep<"x">, Below, concat<"x">, dense<Inputs>>;

using taps = network<input<3, 5>, keep<"x">, dense<4>, inlay::tanh, keep<"d">, gru<3>, keep<"v">,
                     output<"vad", dense<1>, sigmoid>, parallel<take<"d">, identity, take<"x">>, gru<4>,
                     parallel<take<"v">, identity, take<"x">>, gru<5>, output<"gains", dense<2>, sigmoid>>;

using modulated = network<named_inputs<in<"x", 4>, in<"c", 3>>, dense<5>, times<"c", dense<5>>, plus<"c", dense<5>>, relu,
                          keep<"v">, inlay::tanh, times<"v", dense<5>, sigmoid>>;

} // namespace

BOOST_AUTO_TEST_CASE(wavenet_skips) { golden::compare<wavenet, 2>(torch::wavenet::all); }
BOOST_AUTO_TEST_CASE(a_u) {
    golden::compare<network<input<6>, level<6, 5, level<5, 4, level<4, 3, relu>>>>, 3>(torch::u::all);
}
BOOST_AUTO_TEST_CASE(rnnoise_taps) { golden::compare<taps, 2>(torch::taps::all); }
BOOST_AUTO_TEST_CASE(film_and_a_gate) { golden::compare<modulated, 3>(torch::modulated::all); }
