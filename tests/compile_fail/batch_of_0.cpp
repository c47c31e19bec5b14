// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a batch holds at least one sample
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;

#ifdef FIXED
float train(net& it, const net::input_type& x) {
    inlay::trainer<net, inlay::cross_entropy, inlay::adam, inlay::batch<1>> t{it};
    return t.step(x, 1);
}
#else
float train(net& it, const net::input_type& x) {
    inlay::trainer<net, inlay::cross_entropy, inlay::adam, inlay::batch<0>> t{it};
    return t.step(x, 1);
}
#endif
