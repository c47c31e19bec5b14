// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the target does not fit the loss and the network.s outputs
// expect-error: takes_outputs<4>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
#ifdef FIXED
using loss = inlay::weighted_cross_entropy<3>;
#else
using loss = inlay::weighted_cross_entropy<4>;
#endif

float step(inlay::trainer<net, loss, inlay::sgd>& t, const net::input_type& x) { return t.step(x, 1); }
