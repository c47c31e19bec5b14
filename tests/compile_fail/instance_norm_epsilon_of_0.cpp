// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_positive_argument, (inlay::)?at_layer<0>
// expect-error: instance_norm<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4, 3>, inlay::instance_norm<1e-9>>;
#else
using net = inlay::network<inlay::input<4, 3>, inlay::instance_norm<0>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
