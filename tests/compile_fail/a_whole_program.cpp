// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?input_of_another_size, (inlay::)?at_layer<2>, (inlay::)?which_is<(inlay::)?dense<16, 10> ?>, (inlay::)?takes<16>, (inlay::)?but_gets<32>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<64>, inlay::dense<32>, inlay::relu, inlay::dense<32, 10>>;
#else
using net = inlay::network<inlay::input<64>, inlay::dense<32>, inlay::relu, inlay::dense<16, 10>>;
#endif

// A whole program on the wrong network adds no second error.
float program(const std::array<float, 64>& x, const std::array<std::array<float, 64>, 32>& xs, const std::array<int, 32>& y) {
    net it;
    inlay::initialize(it, inlay::seed{1});
    inlay::trainer<net, inlay::cross_entropy, inlay::adam, inlay::batch<32>> t{it, {.learning_rate = 1e-3}};
    t.step(xs, y);
    const std::array<float, 10> logits = it(x);
    return logits[0] + static_cast<float>(inlay::memory<net>.inference_bytes);
}
