// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: has no gradient, so nothing before it can be trained
// expect-error: (inlay::)?bad<(inlay::)?needs_a_gradient, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?step ?>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::sigmoid, inlay::dense<2>>;
#else
using net = inlay::network<inlay::input<4>, inlay::step, inlay::dense<2>>;
#endif

void slopes(inlay::workspace<net, 1>& w, const net& it, const net::input_type& x, inlay::gradients<net>& g, float* dx) {
    w.backward<inlay::kernels::native, true>(it, x.data(), g, dx);
}
