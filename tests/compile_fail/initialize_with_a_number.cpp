// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a seed is spelled out: initialize\(net, inlay::seed
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::dense<2>>;

#ifdef FIXED
void start(net& it) { initialize(it, inlay::seed{42}); }
#else
void start(net& it) { initialize(it, 42); }
#endif
