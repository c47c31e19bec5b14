// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_one_slope_or_one_per_channel, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?prelu<4> ?>, (inlay::)?takes<4>, (inlay::)?but_gets<8>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<3>, inlay::dense<8>, inlay::prelu<8>>;
#else
using net = inlay::network<inlay::input<3>, inlay::dense<8>, inlay::prelu<4>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
