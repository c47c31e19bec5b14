// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: more samples than the batch of the trainer holds
#include <inlay/inlay.hpp>

#include <array>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
using inputs = std::array<net::input_type, 100>;
using labels = std::array<int, 100>;

#ifdef FIXED
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd, inlay::batch<100>>;
#else
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd, inlay::batch<32>>;
#endif
float loss(training& t, const inputs& x, const labels& y) { return t.step(x, y); }
