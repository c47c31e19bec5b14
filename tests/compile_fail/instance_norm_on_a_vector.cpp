// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_several_values_per_channel, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?instance_norm<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<2, 3>, inlay::dense<8>, inlay::instance_norm<>>;
#else
using net = inlay::network<inlay::input<3>, inlay::dense<8>, inlay::instance_norm<>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
