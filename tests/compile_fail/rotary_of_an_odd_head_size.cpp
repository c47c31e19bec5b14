// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_heads_of_an_even_size, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?causal_self_attention<2, 16, .*(inlay::)?takes<2>, (inlay::)?but_gets<3>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<16, 8>, inlay::causal_self_attention<2, 16, inlay::rotary<>>>;
#else
using net = inlay::network<inlay::input<16, 6>, inlay::causal_self_attention<2, 16, inlay::rotary<>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
