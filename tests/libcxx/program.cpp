// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Built with another standard library, whose from_chars may lack floating-point numbers: see run.py.
#include <inlay/host.hpp>

#include <iostream>

int main() {
    const auto table = inlay::parse_csv<2>("0.1, +2.5e1, 1\n1e-50,-3,0\n", "table", 2);
    using net = inlay::network<inlay::input<2>, inlay::dense<3>, inlay::tanh, inlay::dense<2>>;
    net it;
    initialize(it, inlay::seed{1});
    inlay::trainer<net, inlay::cross_entropy, inlay::adam, inlay::batch<2>> trainer{it, {.learning_rate = 0.05}};
    inlay::random_generator random{inlay::seed{2}};
    fit(trainer, table.inputs, table.labels, 200, random);
    const bool read = table.inputs[0][0] == 0.1f && table.inputs[0][1] == 25.0f && table.inputs[1][0] == 0.0f;
    std::cout << inlay::summary<net>{} << "accuracy " << accuracy(it, table) << '\n';
    return read && accuracy(it, table) == 1 ? 0 : 1;
}
