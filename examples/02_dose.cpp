// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A drug works at a middle dose only: 1 → 2 → 1 with relu, all weights given but the last bias, which gradient descent
// finds. Dose 0, ½ and 1 should have the effect 0, 1 and 0. (The net of StatQuest's videos on backpropagation.)
#include <inlay/inlay.hpp>

#include <array>
#include <cmath>
#include <cstdio>

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

    const std::array<std::array<float, 1>, 3> doses{{{0.0f}, {0.5f}, {1.0f}}}, effects{{{0.0f}, {1.0f}, {0.0f}}};

    // The gradients of all three points are added before each update: the sum of squares, not its mean.
    using summed_squares = inlay::summed<inlay::mean_squared_error>;
    inlay::trainer<dose, summed_squares, inlay::sgd, inlay::batch<3>> trainer{net, {.learning_rate = 0.1}};

    std::printf("summed squared error before each update:\n");
    int updates = 0;
    float loss;
    for (;;) {
        loss = trainer.accumulate(doses, effects);
        std::printf("%11.6f%s", loss, updates % 7 == 6 ? "\n" : "");
        if (loss < 1e-4f || updates >= 1000) break;
        trainer.update();
        ++updates;
    }
    const float bias = net.parameter<"2.bias">()(0);
    std::printf("\n%d updates; final bias %.4f\n\ndose  effect\n", updates, bias);
    for (int i = 0; i <= 10; ++i) {
        const float x = static_cast<float>(i) / 10, y = net({x})[0];
        std::printf("%4.1f  %9.6f  %.*s\n", x, y, static_cast<int>(y * 40 + 0.5f),
                    "########################################");
    }
    return updates == 34 && std::abs(bias + 16.0019f) < 1e-3f && std::abs(net({0.5f})[0] - 1.008118f) < 1e-4f ? 0 : 1;
}
