// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?kernel_larger_than_its_input, (inlay::)?at_layer<1>
// expect-error: takes<3, 3>
// expect-error: but_gets<2, 2, 4>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4, 4, 1>, inlay::conv2d<4, 3>, inlay::max_pool2d<2>>;
#else
using net = inlay::network<inlay::input<4, 4, 1>, inlay::conv2d<4, 3>, inlay::max_pool2d<3>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
