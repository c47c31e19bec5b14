// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a batch holds at least one sample
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;

#ifdef FIXED
inlay::workspace<net, 1> w;
#else
inlay::workspace<net, 0> w;
#endif
