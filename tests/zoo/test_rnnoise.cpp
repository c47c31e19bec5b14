// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE zoo_rnnoise
#include "../../examples/zoo/rnnoise.hpp"
#include "zoo.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(gains_and_voice) {
    using zoo::rnnoise;
    static_assert(rnnoise::output_size == 23 && rnnoise::state_size == 24 + 48 + 96);
    static_assert(rnnoise::stored_extent == 42 * 24 + 24 * 3 * 48 + 90 * 3 * 48 + 48 * 3 * 48 + 114 * 3 * 96 + 96 * 3 * 96 + 96 * 22 + 24);
    static_assert(memory<rnnoise>.parameter_bytes < 96 * 1024); // 350 KB in float
    const auto net = zoo::load_rnnoise(zoo::folder() / zoo::rnnoise_file.name);
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
