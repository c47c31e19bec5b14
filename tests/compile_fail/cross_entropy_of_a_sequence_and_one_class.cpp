// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the target does not fit the loss and the network.s outputs
// expect-error: but_gets_target<int
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5, 4>, inlay::last_step, inlay::dense<3>>;
#else
using net = inlay::network<inlay::input<5, 4>, inlay::dense<3>>;
#endif
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd>;

float loss(training& t, const net::input_type& x, int y) { return t.step(x, y); }
