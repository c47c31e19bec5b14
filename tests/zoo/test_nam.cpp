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
    nam::check<net>("A1 standard", "nam/wavenet_a1_standard.nam", "nam/output_a1_standard.f32", 8192);
}

BOOST_AUTO_TEST_CASE(small_wavenet) {
    using net = network<input<1>, keep<"x">, array<3, causal_conv1d_without_bias<2, 1>, 1, 2>, array<2, identity, 8>,
                        take<"head">, causal_conv1d<1, 1>>;
    nam::check<net>("a small WaveNet", "nam/wavenet.nam", "nam/output_wavenet.f32", 64);
}

/// Hidden state of 3, which the file gives.
BOOST_AUTO_TEST_CASE(lstm_of_three) {
    using net_type = network<input<1>, lstm<3>, dense<1>>;
    net_type net;
    const auto report = load(net, zoo::folder() / "nam/lstm.nam");
    net_type::state_type state{};
    BOOST_TEST_REQUIRE(report.state.size() == state.size());
    std::transform(report.state.begin(), report.state.end(), state.begin(), [](double one) { return float(one); });

    std::vector<float> silence(24000), dropped(24000);
    BOOST_TEST(net.stream(silence, dropped, state));
    const auto x = zoo::floats("nam/input.f32");
    std::vector<float> y(x.size());
    BOOST_TEST(net.stream(x, y, state));
    zoo::check_within("LSTM", y, zoo::floats("nam/output_lstm.f32"), 1e-5);
}
