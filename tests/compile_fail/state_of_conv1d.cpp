// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a layer of this network needs the whole sequence at once
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5, 8>, inlay::gru<8>, inlay::causal_conv1d<8, 3>>;
#else
using net = inlay::network<inlay::input<5, 8>, inlay::gru<8>, inlay::conv1d<8, 3>>;
#endif

float first(const net& it, const net::input_type& x, net::state_type& state) { return it(x, state)[0]; }
