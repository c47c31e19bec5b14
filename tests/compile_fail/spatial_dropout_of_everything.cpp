// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_probability_from_0_to_below_1, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?spatial_dropout<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4, 2>, inlay::dense<3>, inlay::spatial_dropout<0.5>>;
#else
using net = inlay::network<inlay::input<4, 2>, inlay::dense<3>, inlay::spatial_dropout<1>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
