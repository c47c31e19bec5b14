// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Plays a plucked string through Neural Amp Modeler's amplifiers, 64 samples at a time, as a sound card asks for them:
//
//     amplifier [folder with nam/…] [--time]
#include "neural_amp_modeler.hpp"

#include <cmath>
#include <span>

namespace {

constexpr std::size_t rate = 48000, block = 64;

/// A string (Karplus and Strong 1983): noise that goes round, and loses its highs.
std::vector<float> plucked(std::size_t samples, std::size_t period) {
    std::vector<float> x(samples);
    std::uint32_t random = 1;
    for (std::size_t t = 0; t < samples; ++t)
        if (t < period) x[t] = static_cast<float>((random = 1664525u * random + 1013904223u) >> 8) / 16777216.0f - 0.5f;
        else x[t] = 0.498f * (x[t - period] + (t > period ? x[t - period - 1] : 0.0f));
    return x;
}
double loudness(const std::vector<float>& x) { // of full scale, in decibels
    double sum = 0;
    for (const float one : x) sum += double(one) * double(one);
    return 10 * std::log10(sum / static_cast<double>(x.size()) + 1e-30);
}

template <class Net>
bool play(const char* name, const Net& net, typename Net::state_type start, const std::vector<float>& x, bool time) {
    auto state = std::make_unique<typename Net::state_type>(start);
    std::vector<float> silence(rate), y(x.size());
    bool done = net.stream(silence, std::span(y).first(rate), *state); // until nothing is left of a state of zeros
    for (std::size_t at = 0; at < x.size(); at += block)
        done = done && net.stream(std::span(x).subspan(at, block), std::span(y).subspan(at, block), *state);
    std::printf("%-12s %6.1f dB → %6.1f dB\n", name, loudness(x), loudness(y));
    if (!time) return done;

    std::size_t at = 0;
    const double of_block = zoo::least_time([&] {
        (void)net.stream(std::span(x).subspan(at, block), std::span(y).subspan(at, block), *state);
        at = (at + block) % x.size();
    });
    const double of_sample = zoo::least_time([&] {
        y[at] = net({x[at]}, *state)[0];
        at = (at + 1) % x.size();
    });
    std::printf("%-12s %6.0f ns a sample in blocks of %zu, %6.0f ns one by one\n", "", of_block / block, block,
                of_sample);
    return done;
}

} // namespace

int main(int argc, char** argv) {
    const auto folder = zoo::folder_of(argc, argv);
    const bool time = zoo::wants_time(argc, argv);
    for (const auto* file : {&zoo::nam_a1_file, &zoo::nam_a2_file, &zoo::nam_lstm_file})
        if (!zoo::is_there(folder, *file)) return zoo::skipped;

    const auto string = plucked(2 * rate, 436); // 110 Hz
    bool done = play("A1 standard", *zoo::load_nam_a1(zoo::path_of(folder, zoo::nam_a1_file)), {}, string, time);
    done = play("A2 full", *zoo::load_nam_a2_full(zoo::path_of(folder, zoo::nam_a2_file)), {}, string, time) && done;
    done = play("A2 lite", *zoo::load_nam_a2_lite(zoo::path_of(folder, zoo::nam_a2_file)), {}, string, time) && done;
    const auto lstm = zoo::load_nam_lstm(zoo::path_of(folder, zoo::nam_lstm_file));
    return play("LSTM", lstm.net, lstm.state, string, time) && done ? 0 : 1;
}
