// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_stride_of_1_or_tensorflow_same, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4, 4, 6>, inlay::conv2d<4, 3, 2, inlay::padding::tensorflow_same>>;
#else
using net = inlay::network<inlay::input<4, 4, 6>, inlay::conv2d<4, 3, 2, inlay::padding::same>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
