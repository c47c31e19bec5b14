// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a layer of this network needs the whole sequence at once
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5, 2>, inlay::gru<3>>;
#else
using net = inlay::network<inlay::input<5, 2>, inlay::parallel<inlay::gru<3>, inlay::reversed<inlay::gru<3>>>>;
#endif

float first(const net& it, const net::input_type& x, net::state_type& state) { return it(x, state)[0]; }
