// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: inputs are a contiguous range of std::array<Scalar, input_size>
// expect-error: array<float, 5
#include <inlay/inlay.hpp>

#include <array>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
using inputs = std::array<std::array<float, 4>, 8>;
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd, inlay::batch<8>>;

#ifdef FIXED
float loss(training& t, const inputs& x, const std::array<int, 8>& y) { return t.step(x, y); }
#else
float loss(training& t, const std::array<std::array<float, 5>, 8>& x, const std::array<int, 8>& y) { return t.step(x, y); }
#endif
