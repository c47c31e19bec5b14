// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the target does not fit the loss and the network.s outputs
// expect-error: takes_two_outputs_or_more
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<2>>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<1>>;
#endif
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd>;

float loss(training& t, const net::input_type& x) { return t.step(x, 1); }
