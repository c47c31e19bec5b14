// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a group of parameters does not fit
// expect-error: bad_group<.*l1_of<.*has_a_negative_factor>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
#ifdef FIXED
constexpr double factor = 0.5;
#else
constexpr double factor = -0.5;
#endif

inlay::optimizer_state<net, inlay::grouped<inlay::adam, inlay::l1_of<"0.bias", factor>>> state;
