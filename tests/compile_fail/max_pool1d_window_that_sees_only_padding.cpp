// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?has_a_window_that_sees_only_padding, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<2, 4>, inlay::max_pool1d<2, 1, 1, inlay::dilation<2>>>;
#else
using net = inlay::network<inlay::input<1, 4>, inlay::max_pool1d<2, 1, 1, inlay::dilation<2>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
