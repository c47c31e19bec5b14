// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a frozen parameter has no gradient
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::frozen<inlay::dense<2>>>;

#ifdef FIXED
auto slope(const inlay::gradients<net>& all) { return all.parameter<"0.bias">()(1); }
#else
auto slope(const inlay::gradients<net>& all) { return all.parameter<"2.bias">()(1); }
#endif
