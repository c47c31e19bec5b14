// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?a_network_starts_with_an_input, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
#else
using net = inlay::network<>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
