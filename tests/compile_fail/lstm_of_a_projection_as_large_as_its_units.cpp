// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_projection_smaller_than_its_units, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?lstm<8, .*projection<8
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<10, 3>, inlay::lstm<8, inlay::projection<7>>>;
#else
using net = inlay::network<inlay::input<10, 3>, inlay::lstm<8, inlay::projection<8>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
