// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// RNNoise 0.1 (xiph/rnnoise): 42 features of a frame of noisy speech make 22 gains and the probability of a voice, three
// GRUs carrying on from frame to frame. Its weights are bytes, 1/256 each, and stay so.
#define BOOST_TEST_MODULE zoo_rnnoise
#include "zoo.hpp"

using namespace inlay;

namespace {

template <size_t Units>
using dense_of = stored_as<std::int8_t, dense<Units>>;
/// The reset gate before the product, relu where others have tanh.
template <size_t Units>
using gru_of = stored_as<std::int8_t, gru<Units, relu, reset_before_product>>;

using rnnoise = network<input<42>, keep<"x">, named<"input", dense_of<24>>, inlay::tanh, keep<"d">,
                        named<"voice", gru_of<24>>, keep<"v">, output<"vad", dense_of<1>, sigmoid>,
                        parallel<take<"d">, identity, take<"x">>, named<"noise", gru_of<48>>,
                        parallel<take<"v">, identity, take<"x">>, named<"denoise", gru_of<96>>,
                        output<"gains", named<"gains", dense_of<22>>, sigmoid>>;

/// The arrays of src/rnn_data.c, one after the other.
struct reader {
    std::vector<std::int8_t> all = zoo::numbers<std::int8_t>("rnnoise/orig.i8");
    size_t at = 0;

    /// [inputs][units], to PyTorch's [units][inputs].
    template <class View>
    void matrix(View weight, size_t inputs, size_t units) {
        for (size_t in = 0; in < inputs; ++in)
            for (size_t unit = 0; unit < units; ++unit) weight(unit, in) = all[at++];
    }
    template <class View>
    void bias(View b) {
        for (size_t i = 0; i < b.size(); ++i) b[i] = float(all[at++]) / 256;
    }
    /// The gates are z r h there, r z n here.
    static constexpr size_t gates[3] = {1, 0, 2};
    template <class View>
    void gate_matrix(View weight, size_t inputs, size_t units) {
        for (size_t in = 0; in < inputs; ++in)
            for (const size_t gate : gates)
                for (size_t unit = 0; unit < units; ++unit) weight(gate * units + unit, in) = all[at++];
    }
    template <class View>
    void gate_bias(View b, size_t units) {
        for (const size_t gate : gates)
            for (size_t unit = 0; unit < units; ++unit) b[gate * units + unit] = float(all[at++]) / 256;
    }
    template <fixed_text Weight, fixed_text Recurrent, fixed_text Bias>
    void gru(rnnoise& net, size_t inputs, size_t units) {
        gate_matrix(net.parameter<Weight>(), inputs, units);
        gate_matrix(net.parameter<Recurrent>(), units, units);
        gate_bias(net.parameter<Bias>(), units);
    }
};

std::unique_ptr<rnnoise> loaded() {
    auto net = std::make_unique<rnnoise>();
    for (size_t t = 0; t < rnnoise::tensor_count; ++t) // all scales
        if (rnnoise::tensors[t].role == tensor_role::scale)
            for (size_t i = 0; i < rnnoise::tensors[t].size; ++i) net->element(rnnoise::parameter_index(t, i), 1.0f / 256);
    reader file;
    BOOST_TEST_REQUIRE(file.all.size() == 87503u);
    file.matrix(net->parameter<"input.weight">(), 42, 24);
    file.bias(net->parameter<"input.bias">());
    file.gru<"voice.weight_ih_l0", "voice.weight_hh_l0", "voice.bias_ih_l0">(*net, 24, 24);
    file.gru<"noise.weight_ih_l0", "noise.weight_hh_l0", "noise.bias_ih_l0">(*net, 90, 48);
    file.gru<"denoise.weight_ih_l0", "denoise.weight_hh_l0", "denoise.bias_ih_l0">(*net, 114, 96);
    constexpr size_t last = rnnoise::layer_count - 1;
    static_assert(last == 11);
    file.matrix(net->parameter<"11.gains.weight">(), 96, 22);
    file.bias(net->parameter<"11.gains.bias">());
    file.matrix(net->parameter<"6.0.weight">(), 24, 1);
    file.bias(net->parameter<"6.0.bias">());
    BOOST_TEST_REQUIRE(file.at == file.all.size());
    return net;
}

} // namespace

BOOST_AUTO_TEST_CASE(gains_and_voice) {
    static_assert(rnnoise::output_size == 23 && rnnoise::state_size == 24 + 48 + 96);
    static_assert(rnnoise::stored_extent == 42 * 24 + 24 * 3 * 48 + 90 * 3 * 48 + 48 * 3 * 48 + 114 * 3 * 96 + 96 * 3 * 96 + 96 * 22 + 24);
    static_assert(memory<rnnoise>.parameter_bytes < 96 * 1024); // 350 KB in float
    const auto net = loaded();
    const auto x = zoo::floats("rnnoise/input.f32"), expected = zoo::floats("rnnoise/output.f32");
    rnnoise::state_type state{};
    std::vector<float> y;
    for (size_t frame = 0; frame < 1000; ++frame) {
        rnnoise::input_type features;
        std::copy_n(x.begin() + std::ptrdiff_t(frame * 42), 42, features.begin());
        const auto all = (*net)(features, state);
        const auto gains = net->output<"gains">(all);
        y.insert(y.end(), gains.begin(), gains.end());
        y.push_back(net->output<"vad">(all)[0]);
    }
    zoo::check_within("RNNoise", y, expected, 2e-5);
}
