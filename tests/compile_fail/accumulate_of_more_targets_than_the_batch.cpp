// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: more samples than the batch of the trainer holds
#include <inlay/inlay.hpp>

#include <array>
#include <vector>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd, inlay::batch<4>>;

#ifdef FIXED
float loss(training& t, const std::vector<net::input_type>& x, const std::array<int, 4>& y) { return t.accumulate(x, y); }
#else
float loss(training& t, const std::vector<net::input_type>& x, const std::array<int, 5>& y) { return t.accumulate(x, y); }
#endif
