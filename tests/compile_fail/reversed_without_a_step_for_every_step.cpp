// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_layers_that_give_a_step_for_every_step, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?reversed<(inlay::)?gru<3>, (inlay::)?last_step ?>>?
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5, 2>, inlay::reversed<inlay::gru<3>>, inlay::last_step>;
#else
using net = inlay::network<inlay::input<5, 2>, inlay::reversed<inlay::gru<3>, inlay::last_step>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
