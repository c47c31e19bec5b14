// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?a_network_starts_with_an_input, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?dense<3> ?>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu>;
#else
using net = inlay::network<inlay::dense<3>, inlay::relu>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
