// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Which class would that be? The outputs are those of six steps.
// expect-error: a network with outputs at several positions has no single class
#include <inlay/host.hpp>

#if defined(FIXED)
using net = inlay::network<inlay::input<6, 3>, inlay::gru<4>, inlay::last_step>;
#else
using net = inlay::network<inlay::input<6, 3>, inlay::gru<4>>;
#endif

double measure(const net& n, const inlay::data_set<18>& data) { return accuracy(n, data); }
