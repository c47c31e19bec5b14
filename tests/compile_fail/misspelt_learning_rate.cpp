// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: \blr\b
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
using training = inlay::trainer<net, inlay::cross_entropy, inlay::adam>;

float step(net& n, const net::input_type& x) {
#ifdef FIXED
    training t{n, {.learning_rate = 0.1}};
#else
    training t{n, {.lr = 0.1}};
#endif
    return t.step(x, 1);
}
