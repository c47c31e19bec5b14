// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?not_a_layer, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?cross_entropy ?>, (inlay::)?takes<>, (inlay::)?but_gets<3>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::softmax>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::cross_entropy>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
