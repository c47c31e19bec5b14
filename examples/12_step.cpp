// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The first artificial neurons answered yes or no: y = step(w·x + b), 1 above 0, else 0. Such a neuron computes AND, but
// gradient descent cannot find its weights: the loss is a staircase, flat wherever it has a slope at all.
//
//     d step(z)/dz = 0        d σ(z)/dz = σ(z)·(1 − σ(z)) > 0
//
// A sigmoid has the same shape and a slope everywhere. So one learns with the sigmoid, and may answer with the step.
#include <inlay/host.hpp>

#include <cstdio>
#include <iostream>

using namespace inlay;

using yes_or_no = network<input<2>, dense<1>, step>; // trainer<yes_or_no, …> does not compile: "step has no gradient"
using soft = network<input<2>, dense<1>, sigmoid>;

int main() {
    const std::vector<std::array<float, 2>> x{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    const std::vector<std::array<float, 1>> both{{0}, {0}, {0}, {1}};

    // The loss over the bias, weights being 1: how the landscape looks that descent should walk down.
    yes_or_no hard;
    soft net;
    hard.parameter<"0.weight">() = {1.0f, 1.0f};
    net.parameter<"0.weight">() = {1.0f, 1.0f};
    plot_series staircase{"step", {}, {}}, slope{"sigmoid", {}, {}};
    std::size_t flat = 0;
    for (int i = 0; i <= 300; ++i) {
        const float bias = -3.0f + static_cast<float>(i) / 75;
        hard.parameter<"0.bias">() = {bias};
        net.parameter<"0.bias">() = {bias};
        const std::span<const std::array<float, 2>> samples(x);
        staircase.x.push_back(static_cast<double>(bias));
        slope.x.push_back(static_cast<double>(bias));
        staircase.y.push_back(evaluate(hard, mean_squared_error{}, samples, both));
        slope.y.push_back(evaluate(net, mean_squared_error{}, samples, both));
        if (i > 0) flat += staircase.y[static_cast<std::size_t>(i)] == staircase.y[static_cast<std::size_t>(i) - 1];
    }
    std::printf("of 300 small steps of the bias %zu do not change the step neuron's loss at all\n", flat);
    picture_of_series({staircase, slope}, "loss over the bias", {.x = "bias", .y = "mean squared error"})
        .try_save("12_step.svg", std::cout, 480, 360);

    // The sigmoid learns, and the step takes its weights over.
    initialize(net, seed{1});
    trainer<soft, mean_squared_error, sgd, batch<4>> trainer{net, {.learning_rate = 2}};
    random_generator random{seed{2}};
    const auto seen = fit(trainer, x, both, {.epochs = 500}, random);
    hard.assign(net.canonical());
    std::printf("sigmoid: loss %.4f after %zu steps\n\n x1 x2  sigmoid  step\n", seen.loss.back(), seen.epochs());
    bool right = true;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const float answer = hard(x[i])[0];
        std::printf("%3g%3g  %7.3f  %4g\n", static_cast<double>(x[i][0]), static_cast<double>(x[i][1]),
                    static_cast<double>(net(x[i])[0]), static_cast<double>(answer));
        right = right && answer == both[i][0];
    }
    return right && flat > 290 ? 0 : 1;
}
