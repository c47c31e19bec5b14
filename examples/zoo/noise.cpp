// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// RNNoise's network on ten seconds of features, and how far it is from what RNNoise itself makes of them:
//
//     noise [folder with rnnoise/…] [--time]
#include "rnnoise.hpp"

int main(int argc, char** argv) {
    const auto folder = zoo::folder_of(argc, argv);
    if (!zoo::is_there(folder, zoo::rnnoise_file)) return zoo::skipped;
    const auto net = zoo::load_rnnoise(zoo::path_of(folder, zoo::rnnoise_file));

    std::vector<zoo::rnnoise::input_type> frames(1000);
    std::vector<float> expected;
    if (const auto x = folder / "rnnoise/input.f32"; std::filesystem::exists(x)) {
        const auto numbers = zoo::numbers_of<float>(x);
        for (std::size_t i = 0; i < std::min(numbers.size(), frames.size() * 42); ++i)
            frames[i / 42][i % 42] = numbers[i];
        expected = zoo::numbers_of<float>(folder / "rnnoise/output.f32");
    }

    zoo::rnnoise::state_type state{};
    std::vector<float> y;
    double voice = 0;
    for (const auto& features : frames) {
        const auto outputs = (*net)(features, state);
        const auto gains = net->output<"gains">(outputs);
        const float vad = net->output<"vad">(outputs)[0];
        y.insert(y.end(), gains.begin(), gains.end());
        y.push_back(vad);
        voice += double(vad);
    }
    std::printf("a voice in %.0f %% of the frames\n", voice / 10);
    const double error = expected.empty() ? 0 : zoo::largest_difference(y, expected);
    if (!expected.empty()) std::printf("within %.1e of RNNoise\n", error);

    if (zoo::wants_time(argc, argv)) {
        std::size_t at = 0;
        float sum = 0;
        const double time = zoo::least_time([&] { sum += (*net)(frames[at++ % 1000], state)[0]; });
        std::printf("%.2f µs a frame of 10 ms%s\n", time / 1000, sum > 1e30f ? "!" : "");
    }
    return error < 2e-5 ? 0 : 1;
}
