// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: cannot be trained on so few samples at a time: one value per channel has no variance
// expect-error: (inlay::)?bad<(inlay::)?needs_a_larger_batch, (inlay::)?at_layer<1>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::batch_norm<>>;

auto gradients(const net& it, const net::input_type& x, int label) {
#ifdef FIXED
    return differentiate(it, inlay::cross_entropy{}, x, label, inlay::in_evaluation);
#else
    return differentiate(it, inlay::cross_entropy{}, x, label);
#endif
}
