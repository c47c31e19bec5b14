// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?extent_must_not_be_0, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?dense<0> ?>, (inlay::)?takes<>, (inlay::)?but_gets<4>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::relu, inlay::dense<1>>;
#else
using net = inlay::network<inlay::input<4>, inlay::relu, inlay::dense<0>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
