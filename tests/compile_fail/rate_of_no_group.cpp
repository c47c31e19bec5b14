// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the optimizer has no group rate_of<path, …> or decay_of<path, …> with this path
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
using training = inlay::trainer<net, inlay::cross_entropy, inlay::grouped<inlay::adam, inlay::rate_of<"0", 0.1>>>;

#ifdef FIXED
void thaw(training& t) { t.rate_of<"0">(1); }
#else
void thaw(training& t) { t.rate_of<"0.weight">(1); }
#endif
