// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_padding_in_numbers, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<3, 3, 4>, inlay::conv_transpose2d<3, 3, 2, inlay::padding{0, 1, 0, 1}>>;
#else
using net = inlay::network<inlay::input<3, 3, 4>, inlay::conv_transpose2d<3, 3, 2, inlay::padding::same>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
