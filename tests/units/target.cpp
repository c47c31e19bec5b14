// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Compiled several times, each time for other instructions and with another name for UNIT: see targets.cpp and symbols.py.
#include <inlay/inlay.hpp>

#include "target.hpp"

using net_type = inlay::network<inlay::input<4>, inlay::dense<10>, inlay::tanh, inlay::dense<3>>;

answer UNIT(const std::array<float, 4>& x) {
    net_type net;
    std::array<float, net_type::parameter_count> weights{};
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 13) / 16 - 0.375f;
    net.assign(weights);
    answer result{sizeof net, {}, 0};
    const auto y = net(x);
    for (std::size_t i = 0; i < 3; ++i) result.outputs[i] = y[i];
    inlay::trainer<net_type, inlay::cross_entropy, inlay::sgd, inlay::batch<2>> trainer{net, {.learning_rate = 0.1}};
    const std::array<std::array<float, 4>, 2> inputs{x, {1, 0, -1, 0}};
    const std::array<int, 2> labels{1, 2};
    for (int step = 0; step < 5; ++step) result.loss = static_cast<float>(trainer.step(inputs, labels));
    return result;
}
