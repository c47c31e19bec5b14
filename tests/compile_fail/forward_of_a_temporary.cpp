// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: backward needs the input of forward, and this one is a temporary: give it a name
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<2>, inlay::dense<3>>;

float first(inlay::trainer<net, inlay::no_loss, inlay::adam>& training) {
#ifdef FIXED
    const net::input_type x{1, 2};
    return training.forward(x)[0];
#else
    return training.forward({1, 2})[0];
#endif
}
