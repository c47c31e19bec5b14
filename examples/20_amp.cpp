// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A guitar amplifier learnt by ear. The "amplifier" is a known formula, a high-pass, a lopsided tanh and a low-pass,
//
//     h[t] = 0.9·(h[t−1] + x[t] − x[t−1])      c[t] = tanh(4·h[t] + 0.3) − tanh(0.3)      y[t] = y[t−1] + 0.35·(c[t] − y[t−1])
//
// the network a small WaveNet, as Neural Amp Modeler's (examples: README, docs/zoo.md): causal convolutions that look twice
// as far back from layer to layer. It learns from plucked strings in windows of 128 samples, states carried from window to
// window, and is judged by its error-to-signal ratio, Σ(t − y)²/Σt², on strings it has not heard, sample by sample.
//
// `20_amp WINDOWS`: 4000 is the whole training. PyTorch, the same net, formula and settings, its own random numbers: 0.28 to
// 0.88 %, 0.47 % on average, of three seeds on five strings each (tools/reference/learning.py amp, PyTorch 1.13, one thread).
#include <inlay/host.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

using namespace inlay;

constexpr std::size_t length = 128, strings = 8;
template <std::size_t Dilation>
using layer = residual<causal_conv1d<8, 3, 1, Dilation>, plus<"x", dense_without_bias<8>>, inlay::tanh,
                       accumulate<"skip">, dense<8>>;
template <class Input>
using wavenet =
    network<Input, keep<"x">, dense_without_bias<8>, layer<1>, layer<2>, layer<4>, layer<8>, take<"skip">, dense<1>>;
using amp = wavenet<input<length, 1>>;

/// A plucked string (Karplus and Strong 1983), plucked again now and then.
class string {
  public:
    explicit string(std::uint64_t number) : random_(seed{number}), line_(60, 0.0f) {}
    float next() {
        if (at_ == 0 && random_.below(40) == 0) {
            line_.resize(40 + random_.below(120));
            const float strength = random_.uniform(0.2f, 1.0f);
            for (float& value : line_) value = random_.uniform(-strength, strength);
        }
        const float value = line_[at_], after = line_[(at_ + 1) % line_.size()];
        line_[at_] = 0.498f * (value + after);
        at_ = (at_ + 1) % line_.size();
        return value;
    }

  private:
    random_generator random_;
    std::vector<float> line_;
    std::size_t at_ = 0;
};

/// What is to be learnt.
struct formula {
    float before = 0, high = 0, out = 0;
    float operator()(float x) {
        high = 0.9f * (high + x - before);
        before = x;
        const float clipped = std::tanh(4 * high + 0.3f) - std::tanh(0.3f);
        return out += 0.35f * (clipped - out);
    }
};

int main(int argc, char** argv) {
    const std::size_t windows = argc > 1 ? static_cast<std::size_t>(std::max(1, std::atoi(argv[1]))) : 4000;
    const auto net = make_network<amp>(seed{1});
    const auto trainer = make_trainer<amp, mean_squared_error, adam, batch<strings>>(*net);
    trainer->clip({.norm = 1});
    const schedule::cosine rate{.rate = 5e-3, .total = windows};
    std::vector<string> played;
    for (std::size_t n = 0; n < strings; ++n) played.emplace_back(100 + n);
    std::vector<formula> amplifiers(strings);
    std::vector<amp::input_type> x(strings);
    std::vector<amp::output_type> t(strings);
    std::vector<amp::state_type> states(strings);
    for (auto& state : states) state = {};
    for (std::size_t number = 0; number < windows; ++number) {
        for (std::size_t n = 0; n < strings; ++n)
            for (std::size_t i = 0; i < length; ++i) {
                x[n][i] = played[n].next();
                t[n][i] = amplifiers[n](x[n][i]);
            }
        trainer->learning_rate(rate(number));
        trainer->step(x, t, states);
    }

    // Another string, as a stream.
    std::vector<float> in(20000), wanted(in.size()), out(in.size());
    string other{7};
    formula amplifier;
    for (std::size_t i = 0; i < in.size(); ++i) wanted[i] = amplifier(in[i] = other.next());
    amp::state_type state{};
    const auto stream = net->as<input<1, 1>>();
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = stream({in[i]}, state)[0];
    const double esr = regression_report(wanted, out).esr, bypassed = regression_report(wanted, in).esr;
    std::printf("%zu parameters, %zu samples heard; error-to-signal ratio %.3f %% (of the string itself: %.0f %%)\n",
                amp::parameter_count, windows * length * strings, 100 * esr, 100 * bypassed);

    plot_series clean{"string", {}, {}}, loud{"amplifier", {}, {}}, learnt{"network", {}, {}};
    const auto loudest =
        static_cast<std::size_t>(std::max_element(wanted.begin() + 400, wanted.end() - 400) - wanted.begin());
    for (std::size_t i = loudest - 150; i < loudest + 150; ++i) {
        for (plot_series* one : {&clean, &loud, &learnt}) one->x.push_back(static_cast<double>(i));
        clean.y.push_back(static_cast<double>(in[i]));
        loud.y.push_back(static_cast<double>(wanted[i]));
        learnt.y.push_back(static_cast<double>(out[i]));
    }
    picture_of_series({clean, loud, learnt}, "a plucked string", {.x = "sample"})
        .try_save("20_amp.svg", std::cout, 640, 360);
    return esr < (windows < 4000 ? 0.1 : 0.01) ? 0 : 1;
}
