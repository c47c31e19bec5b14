// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?extent_must_not_be_0, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?lstm<8, .*projection<0
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<10, 3>, inlay::lstm<8, inlay::projection<1>>>;
#else
using net = inlay::network<inlay::input<10, 3>, inlay::lstm<8, inlay::projection<0>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
