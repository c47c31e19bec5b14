// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?extent_must_not_be_0, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?causal_self_attention<2, 0> ?>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<16, 8>, inlay::causal_self_attention<2, 16>>;
#else
using net = inlay::network<inlay::input<16, 8>, inlay::causal_self_attention<2, 0>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
