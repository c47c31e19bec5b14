// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?has_an_option_that_is_none, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<6, 5, 4>, inlay::max_pool2d<3, 3, 1, inlay::ceil_mode, inlay::dilation<1>>>;
#else
using net = inlay::network<inlay::input<6, 5, 4>, inlay::max_pool2d<3, 3, 1, inlay::ceil_mode, inlay::ceil_mode>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
