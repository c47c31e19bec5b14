// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_position_for_every_step, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?positional_embedding<7> ?>, (inlay::)?takes<7>, (inlay::)?but_gets<8, 4>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<8, 3>, inlay::dense<4>, inlay::positional_embedding<8>>;
#else
using net = inlay::network<inlay::input<8, 3>, inlay::dense<4>, inlay::positional_embedding<7>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
