// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the type is trainer<network, loss, optimizer, batch<n>>: this is no optimizer
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;

float step(net& n, const net::input_type& x) {
#ifdef FIXED
    inlay::trainer t{n, inlay::adam{.learning_rate = 0.1}, inlay::cross_entropy{}};
#else
    inlay::trainer t{n, inlay::cross_entropy{}, inlay::adam{.learning_rate = 0.1}};
#endif
    return t.step(x, 1);
}
