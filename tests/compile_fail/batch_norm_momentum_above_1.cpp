// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_momentum_from_0_to_1, (inlay::)?at_layer<1>
// expect-error: batch_norm<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::batch_norm<1e-5, 1>>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::batch_norm<1e-5, 1.5>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
