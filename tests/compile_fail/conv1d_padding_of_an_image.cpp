// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_padding_of_one_number_or_left_and_right, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<6, 4>, inlay::conv1d<4, 3, 1, inlay::padding{1, 2}>>;
#else
using net = inlay::network<inlay::input<6, 4>, inlay::conv1d<4, 3, 1, inlay::window{1, 2}>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
