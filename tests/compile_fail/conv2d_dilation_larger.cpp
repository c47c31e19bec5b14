// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?kernel_larger_than_its_input, (inlay::)?at_layer<0>
// expect-error: takes<5, 3>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4, 4, 6>, inlay::conv2d<4, inlay::window{2, 3}, 1, 0>>;
#else
using net = inlay::network<inlay::input<4, 4, 6>, inlay::conv2d<4, inlay::window{3, 3}, 1, 0, inlay::dilation<inlay::window{2, 1}>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
