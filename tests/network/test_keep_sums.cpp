// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Sums that layers of lists inside add to, and conditions that they read: a WaveNet stack.
#define BOOST_TEST_MODULE network_keep_sums
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

template <size_t... Dilations>
using stack =
    network<input<1, 1>, keep<"condition">, dense_without_bias<16>, layer<16, Dilations>..., take<"skip">, dense<1>>;

} // namespace

BOOST_AUTO_TEST_CASE(a_stack_whose_skips_run_into_one_buffer) { laws::obeys_laws_of_connections<wavenet>(); }
/// The sum of all skips is one buffer, alive from the first layer to the head; one layer takes its part and a conv's output.
BOOST_AUTO_TEST_CASE(a_running_sum_is_one_buffer) {
    constexpr auto floats = [](size_t count) { return detail::aligned<float>(count) * sizeof(float); };
    using conv = network<input<1, 16>, causal_conv1d<16, 2>>;
    static_assert(memory<stack<1, 3>>.inference_bytes == memory<stack<1, 3, 9, 27, 81>>.inference_bytes);
    // The value before a layer and after it, the sum, what the condition adds, and what the convolution itself needs.
    static_assert(memory<stack<1, 3>>.inference_bytes == 4 * floats(16) + memory<conv>.inference_bytes);
    BOOST_TEST(true);
}
