// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_features_that_are_a_multiple_of_the_heads, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?self_attention<3> ?>, (inlay::)?takes<3>, (inlay::)?but_gets<5, 8>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5, 9>, inlay::self_attention<3>>;
#else
using net = inlay::network<inlay::input<5, 8>, inlay::self_attention<3>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
