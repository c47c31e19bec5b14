// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_heads_that_are_a_multiple_of_the_key_value_heads, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?self_attention<4, (inlay::)?key_value_heads<3> ?> ?>, (inlay::)?takes<3>, (inlay::)?but_gets<4>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<16, 8>, inlay::self_attention<4, inlay::key_value_heads<2>>>;
#else
using net = inlay::network<inlay::input<16, 8>, inlay::self_attention<4, inlay::key_value_heads<3>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
