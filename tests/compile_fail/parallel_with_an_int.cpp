// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?not_a_layer, (inlay::)?at_layer<0, 1>, (inlay::)?which_is<int ?>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<8>, inlay::parallel<inlay::dense<3>, inlay::relu>>;
#else
using net = inlay::network<inlay::input<8>, inlay::parallel<inlay::dense<3>, int>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
