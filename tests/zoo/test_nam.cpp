// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE zoo_nam
#include "nam.hpp"

using namespace inlay;

/// An array of layers; what they sum up to goes through Head, and is added to the network's sum.
template <size_t Channels, class Head, size_t... Dilations>
using array = sequential<causal_conv1d_without_bias<Channels, 1>, nam::layer<inlay::tanh, Channels, 3, Dilations>...,
                         accumulate<"head", take<"skip">, Head>>;

BOOST_AUTO_TEST_CASE(a1_standard) {
    using net = network<input<1>, keep<"x">, array<16, causal_conv1d_without_bias<8, 1>, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512>,
                        array<8, identity, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512>, take<"head">, causal_conv1d<1, 1>>;
    static_assert(net::parameter_count == 13801 && net::streams_in_blocks<>);
    nam::check<net>("A1 standard", nam::weights("nam/wavenet_a1_standard.nam"), "nam/output_a1_standard.f32", 8192);
}

BOOST_AUTO_TEST_CASE(small_wavenet) {
    using net = network<input<1>, keep<"x">, array<3, causal_conv1d_without_bias<2, 1>, 1, 2>, array<2, identity, 8>,
                        take<"head">, causal_conv1d<1, 1>>;
    nam::check<net>("a small WaveNet", nam::weights("nam/wavenet.nam"), "nam/output_wavenet.f32", 64);
}

/// Hidden state of 3. The file has W_i and W_h side by side, one bias, and the state before the first sample.
BOOST_AUTO_TEST_CASE(lstm_of_three) {
    using net_type = network<input<1>, lstm<3>, dense<1>>;
    constexpr size_t gates = 12, hidden = 3, columns = 1 + hidden;
    const std::vector<float> all = nam::weights("nam/lstm.nam");
    BOOST_TEST_REQUIRE(all.size() == gates * columns + gates + 2 * hidden + hidden + 1);
    net_type net;
    net_type::state_type state{};
    auto next = all.begin();
    for (size_t g = 0; g < gates; ++g) {
        net.parameter<"0.weight_ih_l0">()(g, 0) = *next++;
        for (size_t k = 0; k < hidden; ++k) net.parameter<"0.weight_hh_l0">()(g, k) = *next++;
    }
    for (size_t g = 0; g < gates; ++g) net.parameter<"0.bias_ih_l0">()(g) = *next++;
    for (float& one : state) one = *next++;
    for (size_t k = 0; k < hidden; ++k) net.parameter<"1.weight">()(0, k) = *next++;
    net.parameter<"1.bias">()(0) = *next++;

    std::vector<float> silence(24000), dropped(24000);
    BOOST_TEST(net.stream(silence, dropped, state));
    const auto x = zoo::floats("nam/input.f32");
    std::vector<float> y(x.size());
    BOOST_TEST(net.stream(x, y, state));
    zoo::check_within("LSTM", y, zoo::floats("nam/output_lstm.f32"), 1e-5);
}
