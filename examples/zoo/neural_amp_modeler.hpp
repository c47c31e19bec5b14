// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Neural Amp Modeler's networks (sdatkinson/NeuralAmpModelerCore): guitar amplifiers as WaveNets, and as an LSTM, one sample of
// sound after the other. Amplifiers that others have captured with these architectures load as well as the two examples named.
#pragma once

#include "published.hpp"

#include <inlay/files.hpp>
#include <inlay/inlay.hpp>

namespace zoo {

/// Two arrays of ten layers, which the trainer calls "standard".
inline constexpr published_file nam_a1_file{
    "nam/wavenet_a1_standard.nam",
    "github.com/sdatkinson/NeuralAmpModelerCore, example_models/wavenet_a1_standard.nam, commit "
    "daae2d0b482a5fe876258caf3fdfe177044b6295",
    "ceb53469a19ce278e2235da982ae676cb8d5451a8de22a7ecc7a2617d07224d1"};
/// Two networks of 23 layers, the first ("lite") with 3 channels, the other ("full") with 8.
inline constexpr published_file nam_a2_file{"nam/A2.nam",
                                            "github.com/sdatkinson/NeuralAmpModelerCore, example_models/A2.nam, commit "
                                            "daae2d0b482a5fe876258caf3fdfe177044b6295",
                                            "2d2d744516dc0197737a2c5001010429692d4cb20d72b08264781de626fcf4ca"};
/// A hidden state of 3. (The sum is that of the file without its metadata; with them, as published, it is df9f78c4….)
inline constexpr published_file nam_lstm_file{"nam/lstm.nam",
                                              "github.com/sdatkinson/NeuralAmpModelerCore, example_models/lstm.nam, "
                                              "commit daae2d0b482a5fe876258caf3fdfe177044b6295",
                                              "9763b404df8d669a63f2e980bef413279d1eee5fac70a84aa9d0010e038246cb"};

/// One layer of a WaveNet: h + W₁·y + b with y = f(conv(h) + W_mix·x), which goes into the sum of all layers too. x is the
/// network's input.
template <class Activation, std::size_t Channels, std::size_t Kernel, std::size_t Dilation>
using nam_layer = inlay::residual<inlay::causal_conv1d<Channels, Kernel, 1, Dilation>,
                                  inlay::plus<"x", inlay::causal_conv1d_without_bias<Channels, 1>>, Activation,
                                  inlay::accumulate<"skip">, inlay::causal_conv1d<Channels, 1>>;

/// An array of A1's layers; what they sum up to goes through Head, and is added to the network's sum.
template <std::size_t Channels, class Head, std::size_t... Dilations>
using nam_array =
    inlay::sequential<inlay::causal_conv1d_without_bias<Channels, 1>, nam_layer<inlay::tanh, Channels, 3, Dilations>...,
                      inlay::accumulate<"head", inlay::take<"skip">, Head>>;

using nam_a1 =
    inlay::network<inlay::input<1>, inlay::keep<"x">,
                   nam_array<16, inlay::causal_conv1d_without_bias<8, 1>, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512>,
                   nam_array<8, inlay::identity, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512>, inlay::take<"head">,
                   inlay::causal_conv1d<1, 1>>;

/// A2's layers of one kernel.
template <std::size_t Channels, std::size_t Kernel, std::size_t... Dilations>
using nam_layers = inlay::sequential<nam_layer<inlay::leaky_relu<>, Channels, Kernel, Dilations>...>;
template <std::size_t Channels>
using nam_a2 = inlay::network<inlay::input<1>, inlay::keep<"x">, inlay::causal_conv1d_without_bias<Channels, 1>,
                              nam_layers<Channels, 6, 1, 3, 7, 17, 41, 101, 239, 1, 3, 7, 17, 41, 101, 239>,
                              nam_layers<Channels, 15, 1, 13>, nam_layers<Channels, 6, 1, 3, 7, 17, 41, 101, 239>,
                              inlay::take<"skip">, inlay::causal_conv1d<1, 16>>;
using nam_a2_lite = nam_a2<3>;
using nam_a2_full = nam_a2<8>;

using nam_lstm = inlay::network<inlay::input<1>, inlay::lstm<3>, inlay::dense<1>>;

/// A WaveNet with the weights of a .nam file; of a file that holds several networks, those of the one that it is. Throws
/// inlay::file_error.
template <class Network>
std::unique_ptr<Network> load_nam_wavenet(const std::filesystem::path& path) {
    auto net = std::make_unique<Network>();
    load(*net, path);
    return net;
}
inline std::unique_ptr<nam_a1> load_nam_a1(const std::filesystem::path& path) { return load_nam_wavenet<nam_a1>(path); }
inline std::unique_ptr<nam_a2_lite> load_nam_a2_lite(const std::filesystem::path& path) {
    return load_nam_wavenet<nam_a2_lite>(path);
}
inline std::unique_ptr<nam_a2_full> load_nam_a2_full(const std::filesystem::path& path) {
    return load_nam_wavenet<nam_a2_full>(path);
}

/// A network and the state that it begins with.
struct nam_lstm_model {
    nam_lstm net;
    nam_lstm::state_type state;
};
/// The file also has the state before the first sample. Throws inlay::file_error.
inline nam_lstm_model load_nam_lstm(const std::filesystem::path& path) {
    nam_lstm_model model{};
    const auto report = load(model.net, path);
    for (std::size_t i = 0; i < model.state.size(); ++i) model.state[i] = static_cast<float>(report.state.at(i));
    return model;
}

} // namespace zoo
