// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: array<float, 5
// expect-error: a network takes a std::array<Scalar, input_size>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::frozen<inlay::dense<2>>>;

#ifdef FIXED
auto answer(const net& it, const std::array<float, 4>& x) { return it(x); }
#else
auto answer(const net& it, const std::array<float, 5>& x) { return it(x); }
#endif
