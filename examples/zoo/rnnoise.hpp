// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// RNNoise 0.1 (xiph/rnnoise): 42 features of a frame of noisy speech (10 ms) make 22 gains and the probability of a voice, three
// GRUs carrying on from frame to frame. Its weights are bytes, 1/256 each, and stay so.
#pragma once

#include "published.hpp"

#include <inlay/files/safetensors.hpp>
#include <inlay/inlay.hpp>

namespace zoo {

/// The numbers of the tables of src/rnn_data.c, one table after the other; tools/zoo/to_safetensors.py makes rnnoise.safetensors of
/// the same.
inline constexpr published_file rnnoise_file{
    "rnnoise/orig.i8",
    "github.com/xiph/rnnoise, src/rnn_data.c, commit 6cbfd53eb348a8d394e0757b4025c6ded34eb2b6 (v0.1.1)",
    "85a2b1d85147dec0df3b05e0f05b0e041bde9974d28814fffb275b70d7740247"};

template <std::size_t Units>
using rnnoise_dense = inlay::stored_as<std::int8_t, inlay::dense<Units>>;
/// The reset gate before the product, relu where others have tanh.
template <std::size_t Units>
using rnnoise_gru = inlay::stored_as<std::int8_t, inlay::gru<Units, inlay::relu, inlay::reset_before_product>>;

using rnnoise = inlay::network<
    inlay::input<42>, inlay::keep<"x">, inlay::named<"input", rnnoise_dense<24>>, inlay::tanh, inlay::keep<"d">,
    inlay::named<"voice", rnnoise_gru<24>>, inlay::keep<"v">, inlay::output<"vad", rnnoise_dense<1>, inlay::sigmoid>,
    inlay::parallel<inlay::take<"d">, inlay::identity, inlay::take<"x">>, inlay::named<"noise", rnnoise_gru<48>>,
    inlay::parallel<inlay::take<"v">, inlay::identity, inlay::take<"x">>, inlay::named<"denoise", rnnoise_gru<96>>,
    inlay::output<"gains", inlay::named<"gains", rnnoise_dense<22>>, inlay::sigmoid>>;

/// The tables of src/rnn_data.c in their order.
inline constexpr std::array<std::string_view, 15> rnnoise_tables{
    "input_dense_weights",           "input_dense_bias",   "vad_gru_weights",
    "vad_gru_recurrent_weights",     "vad_gru_bias",       "noise_gru_weights",
    "noise_gru_recurrent_weights",   "noise_gru_bias",     "denoise_gru_weights",
    "denoise_gru_recurrent_weights", "denoise_gru_bias",   "denoise_output_weights",
    "denoise_output_bias",           "vad_output_weights", "vad_output_bias"};

namespace detail {

/// Takes one table after the other.
struct rnnoise_reader {
    std::string all;
    std::size_t at = 0;

    std::int8_t next() { return static_cast<std::int8_t>(all[at++]); }
    /// [inputs][units], to PyTorch's [units][inputs].
    template <class View>
    void matrix(View weight, std::size_t inputs, std::size_t units) {
        for (std::size_t in = 0; in < inputs; ++in)
            for (std::size_t unit = 0; unit < units; ++unit) weight(unit, in) = next();
    }
    template <class View>
    void bias(View b) {
        for (std::size_t i = 0; i < b.size(); ++i) b[i] = float(next()) / 256;
    }
    /// The gates are z r h there, r z n here.
    static constexpr std::size_t gates[3] = {1, 0, 2};
    template <class View>
    void gate_matrix(View weight, std::size_t inputs, std::size_t units) {
        for (std::size_t in = 0; in < inputs; ++in)
            for (const std::size_t gate : gates)
                for (std::size_t unit = 0; unit < units; ++unit) weight(gate * units + unit, in) = next();
    }
    template <inlay::fixed_text Weight, inlay::fixed_text Recurrent, inlay::fixed_text Bias>
    void gru(rnnoise& net, std::size_t inputs, std::size_t units) {
        gate_matrix(net.parameter<Weight>(), inputs, units);
        gate_matrix(net.parameter<Recurrent>(), units, units);
        auto b = net.parameter<Bias>();
        for (const std::size_t gate : gates)
            for (std::size_t unit = 0; unit < units; ++unit) b[gate * units + unit] = float(next()) / 256;
    }
};

} // namespace detail

/// The network with the tables' numbers: from the file that tools/zoo/to_safetensors.py has made of rnn_data.c, or from one
/// that has nothing but them (.i8). Throws inlay::file_error.
inline std::unique_ptr<rnnoise> load_rnnoise(const std::filesystem::path& path) {
    detail::rnnoise_reader file{};
    if (path.extension() == ".i8") file.all = bytes_of(path);
    else {
        const auto tensors = inlay::read_safetensors(path);
        for (const std::string_view name : rnnoise_tables) {
            const std::size_t found = tensors.find(name);
            if (found == tensors.tensors().size() || tensors.tensors()[found].dtype != "I8")
                throw inlay::file_error(path.string(), "lacks tensor " + std::string(name) + ", I8");
            file.all += tensors.tensors()[found].bytes;
        }
    }
    if (file.all.size() != 87503)
        throw inlay::file_error(path.string(), "has " + std::to_string(file.all.size()) + " weights, expected 87503");

    auto net = std::make_unique<rnnoise>();
    for (std::size_t t = 0; t < rnnoise::tensor_count; ++t) // all scales
        if (rnnoise::tensors[t].role == inlay::tensor_role::scale)
            for (std::size_t i = 0; i < rnnoise::tensors[t].size; ++i)
                net->element(rnnoise::parameter_index(t, i), 1.0f / 256);
    file.matrix(net->parameter<"input.weight">(), 42, 24);
    file.bias(net->parameter<"input.bias">());
    file.gru<"voice.weight_ih_l0", "voice.weight_hh_l0", "voice.bias_ih_l0">(*net, 24, 24);
    file.gru<"noise.weight_ih_l0", "noise.weight_hh_l0", "noise.bias_ih_l0">(*net, 90, 48);
    file.gru<"denoise.weight_ih_l0", "denoise.weight_hh_l0", "denoise.bias_ih_l0">(*net, 114, 96);
    file.matrix(net->parameter<"11.gains.weight">(), 96, 22);
    file.bias(net->parameter<"11.gains.bias">());
    file.matrix(net->parameter<"6.0.weight">(), 24, 1);
    file.bias(net->parameter<"6.0.bias">());
    return net;
}

} // namespace zoo
