// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: narrow
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<-3>>;
#endif
