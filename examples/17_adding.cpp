// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The adding problem (Hochreiter and Schmidhuber 1997): 50 steps of a random number and a mark; two numbers are marked, one in
// each half, and their sum is asked for at the end. Who answers 1 every time has a mean squared error of 1/6; below 1e-3 it
// is solved, and both kinds of memory must have been learnt: to take in where marked, and to keep for dozens of steps.
// Afterwards the same network takes a sequence as it comes, sample by sample, and gives the same answer.
//
// `17_adding STEPS`: 3000 is the whole training, of which the tests run a part. PyTorch's figures: the same nets, settings and
// task in tools/reference/learning.py, PyTorch 1.13, one thread.
#include <inlay/host.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

using namespace inlay;

constexpr std::size_t length = 50, batch_size = 64;
template <class Memory>
using adder = network<input<length, 2>, Memory, last_step, dense<1>>;
using sequences = std::vector<std::array<float, 2 * length>>;
using sums = std::vector<std::array<float, 1>>;

void draw(sequences& x, sums& t, random_generator& random) {
    for (std::size_t n = 0; n < x.size(); ++n) {
        x[n] = {};
        for (std::size_t i = 0; i < length; ++i) x[n][2 * i] = random.uniform(0.0f, 1.0f);
        const std::size_t first = random.below(length / 2), second = length / 2 + random.below(length / 2);
        x[n][2 * first + 1] = x[n][2 * second + 1] = 1;
        t[n] = {x[n][2 * first] + x[n][2 * second]};
    }
}

/// Trains, streams, and returns the error on 2000 new sequences.
template <class Memory>
double learn(const char* name, std::size_t steps, plot_series& curve) {
    const auto net = make_network<adder<Memory>>(seed{1});
    const auto trainer = make_trainer<adder<Memory>, mean_squared_error, adam, batch<batch_size>>(*net);
    trainer->clip({.norm = 1});
    const schedule::cosine rate{.rate = 5e-3, .total = steps};
    random_generator random{seed{2}};
    sequences x(batch_size);
    sums t(batch_size);
    curve.name = name;
    double recent = 0;
    for (std::size_t step = 0; step < steps; ++step) { // every batch is new: no epochs, so a loop of one's own
        draw(x, t, random);
        trainer->learning_rate(rate(step));
        recent += static_cast<double>(trainer->step(x, t)) / 20;
        if (step % 20 == 19) {
            curve.x.push_back(static_cast<double>(step + 1));
            curve.y.push_back(std::exchange(recent, 0));
        }
    }
    sequences test(2000);
    sums answers(2000);
    draw(test, answers, random);
    const regression_report report(answers, predict(*net, test));

    // As it comes: a view of the same parameters that takes one step at a time, and a state that starts as zeros.
    const auto online = net->template as<input<1, 2>>();
    double apart = 0;
    for (std::size_t n = 0; n < 20; ++n) {
        typename adder<Memory>::state_type state{};
        float answer = 0;
        for (std::size_t i = 0; i < length; ++i) answer = online({test[n][2 * i], test[n][2 * i + 1]}, state)[0];
        apart = std::max(apart, static_cast<double>(std::abs(answer - (*net)(test[n])[0])));
    }
    std::printf("%s: mean squared error %.2e after %zu steps; streamed, answers differ by %g at most\n", name,
                report.mse, steps, apart);
    return apart == 0 ? report.mse : 1;
}

int main(int argc, char** argv) {
    const std::size_t steps = argc > 1 ? static_cast<std::size_t>(std::max(20, std::atoi(argv[1]))) : 3000;
    plot_series gru_curve, lstm_curve;
    const double by_gru = learn<gru<32>>("gru", steps, gru_curve), by_lstm = learn<lstm<32>>("lstm", steps, lstm_curve);
    std::printf("PyTorch after 3000 steps: gru 1.3e-4 (3 seeds, 1.1 to 1.6e-4), lstm 3.9e-4 (1 seed)\n");
    picture_of_series({gru_curve, lstm_curve}, "adding two of 50 numbers",
                      {.x = "step", .y = "mean squared error", .log_y = true})
        .try_save("17_adding.svg", std::cout, 480, 360);
    const double solved = steps < 3000 ? 0.05 : 1e-3;
    return by_gru < solved && by_lstm < (steps < 3000 ? 0.25 : solved) ? 0 : 1;
}
