// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the network has no parameter of that name
// expect-error: no.such
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::frozen<inlay::dense<2>>>;

#ifdef FIXED
auto bias(const net& it) { return it.parameter<"0.bias">()(1); }
#else
auto bias(const net& it) { return it.parameter<"no.such">()(1); }
#endif
