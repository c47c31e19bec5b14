// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_causal_conv1d_streaming
#include "../laws.hpp"

using namespace inlay;

template <size_t... Lengths, class Net>
void in_blocks_of(std::type_identity<Net>) {
    (laws::streaming_is_the_whole_sequence<Net, Lengths>(), ...);
}
BOOST_AUTO_TEST_CASE(streaming) {
    in_blocks_of<1, 2, 3, 5, 11>(std::type_identity<network<input<11, 3>, causal_conv1d<17, 3, 1, 2>>>{});
    in_blocks_of<1, 4, 7>(std::type_identity<network<input<9, 2>, causal_conv1d<2, 4>>>{}); // windows that lie in x
    in_blocks_of<2, 4, 6>(std::type_identity<network<input<18, 2>, causal_conv1d<5, 3, 2, 3>>>{});
    in_blocks_of<1, 3>(std::type_identity<
                       basic_network<double, input<7, 2>, residual<causal_conv1d<2, 2, 1, 2>, inlay::tanh>,
                                     parallel<causal_conv1d<3, 2>, sequential<causal_conv1d<4, 1>, relu, gru<3>>>>>{});
    in_blocks_of<2>(std::type_identity<network<input<8, 1>, causal_conv1d<8, 3, 2>, inlay::tanh, causal_conv1d<3, 2, 1, 2>>>{});
}

/// Every layer that says that blocks have the bits of its steps, in a net that streams in blocks.
BOOST_AUTO_TEST_CASE(layers_that_go_in_blocks) {
    in_blocks_of<1, 3>(std::type_identity<network<input<7, 3>, dense<4>, batch_norm<>, causal_conv1d<6, 2>, silu, dropout<0.5>,
                                                  residual<lstm<6>>, softmax, causal_self_attention<2, 4>, log_softmax>>{});
    static_assert(network<input<3>, dense<4>, batch_norm<>, causal_conv1d<6, 2>, silu, dropout<0.5>, residual<lstm<6>>, softmax,
                          causal_self_attention<2, 4>, log_softmax>::streams_in_blocks<>);
}

template <class Net>
void stream_equals_steps(size_t count) {
    Net net;
    initialize(net, seed{5});
    random_generator random(seed{6});
    const std::vector<float> x = laws::drawn<float>(count * Net::input_size, random);
    typename Net::state_type state{}, streamed_state{};
    std::vector<float> expected, streamed(count * Net::output_size);
    laws::detail::send<Net, float>(net, x, state, expected);
    BOOST_TEST(net.stream(x, streamed, streamed_state));
    laws::check_same_bits<float>("step by step and streamed", expected, streamed);
    laws::check_same_bits<float>("their states", state, streamed_state);
}
BOOST_AUTO_TEST_CASE(any_number_of_steps) {
    using in_blocks = network<input<3>, causal_conv1d<5, 3, 1, 2>, relu, dense<2>>;
    static_assert(in_blocks::streams_in_blocks<>);
    stream_equals_steps<in_blocks>(70);
    using in_steps = network<input<3>, causal_conv1d<6, 2>, dense<5>>; // dense sums several steps in another order
    static_assert(!in_steps::streams_in_blocks<>);
    stream_equals_steps<in_steps>(70);
    using strided = network<input<2, 3>, causal_conv1d<5, 3, 2>, relu>;
    static_assert(strided::default_block == 32 && strided::streams_in_blocks<>);
    stream_equals_steps<strided>(35);
    using windows = network<input<4, 3>, gru<5>, last_step>; // no step for a step
    static_assert(!windows::streams_in_blocks<>);
    stream_equals_steps<windows>(3);
}
/// Few channels: blocks hold steps in lanes, and their windows reach over seams of the ring and of the block.
BOOST_AUTO_TEST_CASE(steps_in_lanes) {
    using few = network<input<3>, causal_conv1d<3, 6, 1, 7>, leaky_relu<>, causal_conv1d<1, 2, 1, 101>,
                        causal_conv1d_without_bias<4, 15>, causal_conv1d<2, 1>>;
    static_assert(few::streams_in_blocks<>);
    stream_equals_steps<few>(64 * 5 + 3);
    in_blocks_of<1, 16, 48>(std::type_identity<basic_network<double, input<64, 2>, causal_conv1d<3, 4, 1, 5>>>{});
}
BOOST_AUTO_TEST_CASE(a_stream_of_other_lengths_is_refused) {
    network<input<3>, gru<2>> net;
    decltype(net)::state_type state{};
    std::vector<float> y(4, 7);
    BOOST_TEST(!net.stream(std::vector<float>(7), y, state));
    BOOST_TEST(!net.stream(std::vector<float>(9), y, state));
    BOOST_TEST(y == std::vector<float>(4, 7));
    BOOST_TEST(net.stream(std::vector<float>(6), y, state));
    BOOST_TEST(net.stream({}, {}, state)); // nothing is a number of steps too
}
constexpr bool streams_at_compile_time() {
    network<input<1>, causal_conv1d_without_bias<1, 2>> net;
    net.parameter<"0.weight">() = {10, 1};
    const std::array<float, 3> x = {1, 2, 3};
    std::array<float, 3> y{};
    decltype(net)::state_type state{};
    return net.stream(x, y, state) && y == std::array<float, 3>{1, 12, 23};
}
static_assert(streams_at_compile_time());

BOOST_AUTO_TEST_CASE(a_view) {
    using steps = network<input<3>, causal_conv1d<5, 3, 1, 2>, relu, dense<2>>;
    steps net;
    initialize(net, seed{5});
    random_generator random(seed{6});
    const std::vector<float> x = laws::drawn<float>(30, random);
    steps::state_type state{}, block_state{};
    std::vector<float> expected;
    laws::detail::send<steps, float>(net, x, state, expected);
    std::array<float, 30> ten{};
    std::copy_n(x.begin(), 30, ten.begin());
    const auto block = net.as<input<10, 3>>()(ten, block_state);
    laws::check_same_bits<float>("steps as a block", expected, block);
    laws::check_same_bits<float>("the state after steps and a block", state, block_state);
    const auto fresh = net.as<input<10, 3>>()(ten);
    laws::check_same_bits<float>("without a state", block, fresh);
}

BOOST_AUTO_TEST_CASE(a_state_of_anything_does_no_harm) {
    network<input<2>, causal_conv1d<2, 2, 1, 3>> net;
    initialize(net, seed{5});
    std::array<float, 7> state;
    state.fill(-3e38f); // as a position that is far outside
    BOOST_TEST(std::isfinite(net({1, 2}, state)[0]));
    BOOST_TEST(counter(&state[6]) == 1u);
}

BOOST_AUTO_TEST_CASE(training_from_a_state) {
    laws::training_starts_from_a_state(
        laws::subject_of<basic_network<double, input<6, 2>, causal_conv1d<5, 3, 2>, inlay::tanh, causal_conv1d<2, 2, 1, 4>>, 2>());
}
