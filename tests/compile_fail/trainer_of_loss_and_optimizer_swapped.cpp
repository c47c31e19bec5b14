// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the type is trainer<network, loss, optimizer, batch<n>>: this is no optimizer
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
#ifdef FIXED
using training = inlay::trainer<net, inlay::cross_entropy, inlay::adam, inlay::batch<2>>;
#else
using training = inlay::trainer<net, inlay::adam, inlay::cross_entropy, inlay::batch<2>>;
#endif

float step(net& n, const net::input_type& x) {
    training t{n};
    t.clip({.norm = 1});
    return t.step(x, 1);
}
