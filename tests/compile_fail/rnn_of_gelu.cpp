// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_an_activation_whose_slope_follows_from_its_output, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?rnn<8
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::rnn<8, inlay::relu>>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::rnn<8, inlay::gelu>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
