// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: inlay: adapt: the network has no normalization layer there
#include <inlay/host/scaling.hpp>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<3>, inlay::normalization, inlay::dense<2>>;
#else
using net = inlay::network<inlay::input<3>, inlay::dense<2>>;
#endif

void measure(net& it, const std::vector<net::input_type>& inputs) { adapt(it, inputs); }
