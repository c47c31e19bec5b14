// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the type is trainer<network, loss, optimizer, batch<n>>: this is no loss
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
#ifdef FIXED
using training = inlay::trainer<net, inlay::cross_entropy, inlay::adam>;
#else
using training = inlay::trainer<net, inlay::softmax, inlay::adam>;
#endif

float step(net& n, const net::input_type& x) {
    training t{n};
    return t.step(x, 1);
}
