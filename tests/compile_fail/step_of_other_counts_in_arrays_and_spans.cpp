// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: as many targets as inputs
#include <inlay/inlay.hpp>

#include <span>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
using training = inlay::online_trainer<net, inlay::cross_entropy, inlay::batch<8>>;

#ifdef FIXED
float loss(training& t, std::span<const net::input_type, 4> x, const int (&y)[4]) { return t.step(x, y); }
#else
float loss(training& t, std::span<const net::input_type, 4> x, const int (&y)[5]) { return t.step(x, y); }
#endif
