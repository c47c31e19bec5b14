// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Sequences without an end, learnt in windows of eight steps (truncated back-propagation through time). Now and then a bit
// is announced; the network shall say at every step which was the last one, 30 steps later on average. Gradients end where
// a window begins, but the state is carried on, and what the network learns to do for eight steps it goes on doing.
#include <inlay/host.hpp>

#include <array>
#include <cstdio>
#include <iostream>
#include <utility>

using namespace inlay;

constexpr std::size_t steps = 8, streams = 16;
using net_type = network<input<steps, 2>, lstm<8>, dense<2>>;
using inputs = std::array<net_type::input_type, streams>;   // per step: a bit as ±1, whether it is announced
using labels = std::array<std::array<int, steps>, streams>; // per step: the last bit
using states = std::array<net_type::state_type, streams>;   // one per stream

/// Streams that go on from window to window.
struct source {
    random_generator random{seed{4}};
    std::array<int, streams> bit{};

    /// Also which steps belong to a bit of a window before: only memory can tell those.
    void next(inputs& x, labels& t, std::array<std::array<bool, steps>, streams>& old) {
        for (std::size_t n = 0; n < streams; ++n) {
            bool before = true;
            for (std::size_t i = 0; i < steps; ++i) {
                const bool announced = random.below(30) == 0;
                if (announced) bit[n] = static_cast<int>(random.below(2));
                before = before && !announced;
                x[n][2 * i] = announced ? static_cast<float>(2 * bit[n] - 1) : 0.0f;
                x[n][2 * i + 1] = announced ? 1.0f : 0.0f;
                t[n][i] = bit[n];
                old[n][i] = before;
            }
        }
    }
};

/// The share of right answers where only memory can tell, over the last tenth of the training; the loss, a mean over 50
/// windows, goes into `curve`.
double learn(bool carry, plot_series& curve) {
    net_type net;
    initialize(net, seed{1});
    trainer<net_type, cross_entropy, adam, batch<streams>> trainer{net, {.learning_rate = 1e-2}};
    source stream;
    inputs x;
    labels t;
    std::array<std::array<bool, steps>, streams> old;
    states state{};
    std::size_t right = 0, all = 0;
    constexpr int windows = 2000;
    double loss = 0;
    for (int window = 0; window < windows; ++window) {
        stream.next(x, t, old);
        if (!carry) state = {};
        if (window >= windows - windows / 10) {
            states ahead = state; // for an answer before it has learnt from this window
            for (std::size_t n = 0; n < streams; ++n) {
                const auto y = net(x[n], ahead[n]);
                for (std::size_t i = 0; i < steps; ++i)
                    if (old[n][i]) {
                        right += (y[2 * i + 1] > y[2 * i]) == (t[n][i] == 1);
                        ++all;
                    }
            }
        }
        loss += static_cast<double>(trainer.step(x, t, state)) / 50;
        if (window % 50 == 49) curve.x.push_back(window + 1), curve.y.push_back(std::exchange(loss, 0));
    }
    return static_cast<double>(right) / static_cast<double>(all);
}

int main() {
    plot_series with{"state carried on", {}, {}}, without{"not", {}, {}};
    const double carried = learn(true, with), forgotten = learn(false, without);
    std::printf("right about bits of earlier windows: %.2f %% with the state carried on, %.2f %% without\n",
                100 * carried, 100 * forgotten);
    picture_of_series({with, without}, "learning in windows", {.x = "window", .y = "loss"})
        .try_save("11_windows.svg", std::cout, 480, 360);
    return carried > 0.98 && forgotten < 0.65 ? 0 : 1;
}
