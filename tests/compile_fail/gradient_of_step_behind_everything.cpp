// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: has no gradient, so nothing before it can be trained
// expect-error: (inlay::)?bad<(inlay::)?needs_a_gradient, (inlay::)?at_layer<2>, (inlay::)?which_is<(inlay::)?step ?>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::step, inlay::frozen<inlay::dense<3>>, inlay::step, inlay::dense<2>>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::sigmoid, inlay::step>;
#endif

float train(net& it, const net::input_type& x) {
    inlay::trainer<net, inlay::cross_entropy, inlay::adam> t{it};
    return t.step(x, 1);
}
