// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_channels_that_are_a_multiple_of_its_groups, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4, 4, 6>, inlay::conv2d<4, 3, 1, 0, inlay::groups<2>>>;
#else
using net = inlay::network<inlay::input<4, 4, 6>, inlay::conv2d<4, 3, 1, 0, inlay::groups<4>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
