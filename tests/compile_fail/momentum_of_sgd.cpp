// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this optimizer has no momentum
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
#ifdef FIXED
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd_momentum>;
#else
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd>;
#endif

void slower(training& t) { t.momentum(0.5); }
