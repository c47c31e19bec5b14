// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A WaveNet stack in blocks: kept values and sums belong to a call, what is carried on is the convolutions' state.
#define BOOST_TEST_MODULE network_keep_streams
#include "../laws.hpp"

using namespace inlay;

namespace {

template <size_t Channels, size_t Dilation>
using layer = residual<causal_conv1d<Channels, 2, 1, Dilation>, plus<"condition", dense_without_bias<Channels>>,
                       inlay::tanh, accumulate<"skip">, dense<Channels>>;
template <size_t Channels, class... Head>
using array = sequential<dense_without_bias<Channels>, layer<Channels, 1>, layer<Channels, 3>, Head...>;
using wavenet =
    network<input<7, 2>, keep<"condition">, array<4, accumulate<"head", take<"skip">, dense_without_bias<3>>>,
            array<3, accumulate<"head", take<"skip">>>, take<"head">, dense<1>>;

} // namespace

BOOST_AUTO_TEST_CASE(its_stream) {
    laws::streaming_is_the_whole_sequence<wavenet>();
    laws::streaming_is_the_whole_sequence<wavenet, 3>();
}
