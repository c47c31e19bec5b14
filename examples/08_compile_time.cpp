// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The compiler trains a network. If this file compiles, XOR was learnt; the program only prints what is already in it.
#include <inlay/host.hpp>

#include <array>
#include <cstdio>
#include <iostream>

using exclusive_or = inlay::network<inlay::input<2>, inlay::dense<4>, inlay::tanh, inlay::dense<1>>;

constexpr std::array<std::array<float, 2>, 4> questions{{{0, 0}, {0, 1}, {1, 0}, {1, 1}}};
constexpr std::array<std::array<float, 1>, 4> answers{{{0}, {1}, {1}, {0}}};

struct result {
    exclusive_or net;
    float loss;
};

constexpr result learn(int steps) {
    result r{};
    initialize(r.net, inlay::seed{29});
    inlay::trainer<exclusive_or, inlay::mean_squared_error, inlay::sgd_momentum, inlay::batch<4>> trainer{
        r.net, {.learning_rate = 0.1, .momentum = 0.9}};
    for (int i = 0; i < steps; ++i) r.loss = trainer.step(questions, answers);
    return r;
}

constexpr int steps = 40;
constexpr result trained = learn(steps);

static_assert(trained.loss < 0.01f, "the compiler did not learn XOR");
static_assert(trained.net(questions[0])[0] < 0.5f && trained.net(questions[1])[0] > 0.5f);
static_assert(trained.net(questions[2])[0] > 0.5f && trained.net(questions[3])[0] < 0.5f);

int main() {
    std::printf("XOR, learnt by the compiler in %d steps to a mean squared error of %g:\n\n", steps, trained.loss);
    for (const auto& q : questions) std::printf("  %g xor %g = %9.6f\n", q[0], q[1], trained.net(q)[0]);

    // The same training at run time, with vector instructions, gives the same bits.
    const result again = learn(steps);
    bool same = again.loss == trained.loss;
    for (std::size_t i = 0; i < exclusive_or::parameter_extent; ++i)
        same = same && again.net.parameters()[i] == trained.net.parameters()[i];
    std::printf("\ntraining again at run time gives %s bits\n", same ? "the same" : "OTHER");

    exclusive_or above = trained.net; // a half is the limit here, and 0 the one of what follows
    above.parameter<"2.bias">()[0] -= 0.5f;
    const inlay::data_set<2> corners{{questions.begin(), questions.end()}, {0, 1, 1, 0}};
    picture_of_boundary(above, corners, "exclusive or").try_save("08_compile_time.svg", std::cout, 480, 480);
    return same ? 0 : 1;
}
