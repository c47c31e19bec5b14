// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?has_an_option_that_is_none, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?lstm<8, .*projection<3
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<10, 3>, inlay::lstm<8, inlay::projection<3>>>;
#else
using net = inlay::network<inlay::input<10, 3>, inlay::lstm<8, inlay::projection<3>, inlay::projection<3>>>; // two of one kind
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
