// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: cannot be trained on so few samples at a time: one value per channel has no variance
// expect-error: (inlay::)?bad<(inlay::)?needs_a_larger_batch, (inlay::)?at_layer<1>
// expect-error: (inlay::)?takes<2>, (inlay::)?but_gets<1>
#include <inlay/inlay.hpp>

#ifdef FIXED
using norm = inlay::frozen<inlay::batch_norm<>>;
#else
using norm = inlay::batch_norm<>;
#endif
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::residual<norm, inlay::relu>, inlay::dense<2>>;

float learn(net& it, const net::input_type& x, int label) {
    inlay::online_trainer<net, inlay::cross_entropy> trainer{it};
    return trainer.step(x, label);
}
