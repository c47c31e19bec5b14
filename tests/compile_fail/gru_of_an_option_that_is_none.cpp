// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?has_an_option_that_is_none, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?gru<8, .*gelu>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::gru<8, inlay::reset_before_product, inlay::relu>>;
#else
using net = inlay::network<inlay::input<4>, inlay::gru<8, inlay::gelu>>; // its slope does not follow from its output
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
