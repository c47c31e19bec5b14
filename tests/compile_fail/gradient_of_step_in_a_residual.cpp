// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: has no gradient, so nothing before it can be trained
// expect-error: (inlay::)?bad<(inlay::)?needs_a_gradient, (inlay::)?at_layer<1>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<4>, inlay::residual<inlay::dense<4>, inlay::relu>>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<4>, inlay::residual<inlay::dense<4>, inlay::step>>;
#endif

float train(net& it, const net::input_type& x) {
    inlay::trainer<net, inlay::cross_entropy, inlay::adam> t{it};
    return t.step(x, 1);
}
