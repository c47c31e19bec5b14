// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: see bad_input<> below
// expect-error: bad_input<(inlay::)?takes_numbers<4, float>, (inlay::)?but_gets_a_size_known_at_run_time_only
#include <inlay/inlay.hpp>

#include <vector>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::dense<2>>;

#ifdef FIXED
auto answer(const net& it, const std::vector<float>& x) { return it(std::span<const float, 4>(x.data(), 4)); }
#else
auto answer(const net& it, const std::vector<float>& x) { return it(x); }
#endif
