// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: cannot be trained on so few samples at a time: one value per channel has no variance
// expect-error: (inlay::)?bad<(inlay::)?needs_a_larger_batch, (inlay::)?at_layer<1>
// expect-error: batch_norm<
// expect-error: (inlay::)?takes<2>, (inlay::)?but_gets<1>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::batch_norm<>, inlay::dense<2>>;
#ifdef FIXED
using samples = inlay::batch<2>;
#else
using samples = inlay::batch<1>;
#endif

float learn(net& it, const net::input_type& x, int label) {
    inlay::trainer<net, inlay::cross_entropy, inlay::sgd, samples> trainer{it};
    return trainer.step(x, label);
}
