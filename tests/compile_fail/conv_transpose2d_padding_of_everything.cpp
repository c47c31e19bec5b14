// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?padding_larger_than_its_output, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<3, 3, 4>, inlay::conv_transpose2d<3, 3, 1, 2>>;
#else
using net = inlay::network<inlay::input<3, 3, 4>, inlay::conv_transpose2d<3, 3, 1, 3>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
