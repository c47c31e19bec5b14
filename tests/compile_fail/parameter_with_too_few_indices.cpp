// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: one index per extent of the tensor
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::frozen<inlay::dense<2>>>;

#ifdef FIXED
auto weight(const net& it) { return it.parameter<"0.weight">()(1, 2); }
#else
auto weight(const net& it) { return it.parameter<"0.weight">()(1); }
#endif
