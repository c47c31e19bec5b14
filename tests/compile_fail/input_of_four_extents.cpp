// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?an_input_has_one_to_three_extents, (inlay::)?at_layer<>, (inlay::)?which_is<(inlay::)?input<2, 2, 2, 2> ?>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4, 2, 2>, inlay::flatten, inlay::dense<3>>;
#else
using net = inlay::network<inlay::input<2, 2, 2, 2>, inlay::flatten, inlay::dense<3>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
