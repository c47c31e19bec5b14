// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?has_no_parameter_of_that_name, (inlay::)?at_layer<0>
// expect-error: weights
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::frozen<inlay::dense<3>, "weight">>;
#else
using net = inlay::network<inlay::input<4>, inlay::frozen<inlay::dense<3>, "weights">>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
