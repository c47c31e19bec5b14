// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the target does not fit the loss and the network.s outputs
#include <inlay/inlay.hpp>

#include <array>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
using inputs = std::array<std::array<float, 4>, 8>;
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd, inlay::batch<8>>;

#ifdef FIXED
float loss(training& t, const inputs& x, const std::array<int, 8>& y) { return t.step(x, y); }
#else
float loss(training& t, const inputs& x, const std::array<float, 8>& y) { return t.step(x, y); }
#endif
