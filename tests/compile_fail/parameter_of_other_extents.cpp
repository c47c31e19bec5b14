// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: takes the values of one with the same extents
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::dense<2>>;

void copy(net& to, const net& from) {
#ifdef FIXED
    to.parameter<"0.weight">() = from.parameter<"0.weight">();
#else
    to.parameter<"0.weight">() = from.parameter<"2.weight">();
#endif
}
