// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A drug works at a middle dose only: 1 → 2 → 1 with relu, all weights given but the last bias, which gradient descent
// finds. Dose 0, ½ and 1 should have the effect 0, 1 and 0. (The net of StatQuest's videos on backpropagation.)
//
//     ∂E/∂b = Σ 2·(y − t)      b ← b − η·∂E/∂b
#include <inlay/host.hpp>

#include <cmath>
#include <cstdio>
#include <iostream>

using dose =
    inlay::network<inlay::input<1>, inlay::frozen<inlay::dense<2>>, inlay::relu, // two bent lines
                   inlay::frozen<inlay::dense<1>, "weight">, inlay::relu>;       // their weighted sum: its bias is free

static_assert(dose::parameter_count == 7 && dose::trainable_count == 1);

int main() {
    dose net;
    net.parameter<"0.weight">() = {1.7f, 12.6f};
    net.parameter<"0.bias">() = {-0.85f, 0.0f};
    net.parameter<"2.weight">() = {-40.8f, 2.7f};
    net.parameter<"2.bias">() = {0.0f};

    const std::vector<dose::input_type> doses{{0.0f}, {0.5f}, {1.0f}};
    const std::vector<std::array<float, 1>> effects{{0.0f}, {1.0f}, {0.0f}};

    // The gradients of all three points are added: the sum of squares, not its mean.
    using summed_squares = inlay::summed<inlay::mean_squared_error>;
    inlay::trainer<dose, summed_squares, inlay::sgd, inlay::batch<3>> trainer{net, {.learning_rate = 0.1}};
    inlay::random_generator random{inlay::seed{1}};
    const auto history = fit(trainer, doses, effects,
                             {.epochs = 34,
                              .after_epoch =
                                  [](const inlay::history& seen) {
                                      std::printf("step %2zu  error %9.6f\n", seen.epochs(), 3 * seen.loss.back());
                                      return seen.loss.back() < 1e-6;
                                  }},
                             random);

    const float bias = net.parameter<"2.bias">()(0);
    std::printf("bias %.4f after %zu steps; a dose of ½ has the effect %.4f\n", static_cast<double>(bias),
                history.epochs(), static_cast<double>(net({0.5f})[0]));
    inlay::picture_of_curve(net, doses, effects, "effect over dose").try_save("02_dose.svg", std::cout, 480, 360);
    return std::abs(bias + 16.0019f) < 1e-3f && std::abs(net({0.5f})[0] - 1.008118f) < 1e-4f ? 0 : 1;
}
