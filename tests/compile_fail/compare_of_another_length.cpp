// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the target does not fit the loss and the network.s outputs
#include <inlay/inlay.hpp>

#include <array>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;

#ifdef FIXED
float loss(inlay::workspace<net, 1>& w, const std::array<float, 3>& y) { return w.compare(inlay::mean_squared_error{}, &y); }
#else
float loss(inlay::workspace<net, 1>& w, const std::array<float, 2>& y) { return w.compare(inlay::mean_squared_error{}, &y); }
#endif
