// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_positive_argument, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?layer_norm<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::layer_norm<1e-9>>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::layer_norm<0>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
