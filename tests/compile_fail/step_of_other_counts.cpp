// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: as many targets as inputs
// expect-error: 100
#include <inlay/inlay.hpp>

#include <array>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd, inlay::batch<100>>;

#ifdef FIXED
float loss(training& t, const std::array<net::input_type, 100>& x, const std::array<int, 100>& y) { return t.step(x, y); }
#else
float loss(training& t, const std::array<net::input_type, 100>& x, const std::array<int, 3>& y) { return t.step(x, y); }
#endif
