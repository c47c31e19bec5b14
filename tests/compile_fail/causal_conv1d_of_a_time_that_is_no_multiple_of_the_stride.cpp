// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_time_that_is_a_multiple_of_the_stride, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?causal_conv1d_without_bias<2, 3, 3.*>, (inlay::)?takes<3, 8>, (inlay::)?but_gets<10, 8>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<12, 4>, inlay::causal_conv1d<8, 3>, inlay::causal_conv1d_without_bias<2, 3, 3>>;
#else
using net = inlay::network<inlay::input<10, 4>, inlay::causal_conv1d<8, 3>, inlay::causal_conv1d_without_bias<2, 3, 3>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
