// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: net\(inputs, outputs\), with ranges of input_type and
#include <inlay/inlay.hpp>

#include <vector>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::dense<2>>;

#ifdef FIXED
auto answer(const net& it, const std::vector<net::input_type>& x, std::vector<net::output_type>& y) { return it(x, y); }
#else
auto answer(const net& it, const std::vector<float>& x, std::vector<float>& y) { return it(x, y); }
#endif
