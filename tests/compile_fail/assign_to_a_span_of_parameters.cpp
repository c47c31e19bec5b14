// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: parameters|span
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::dense<2>>;

void copy(net& to, net& from) {
#ifdef FIXED
    to = from;
#else
    to.parameters() = from.parameters(); // would copy nothing
#endif
}
