// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the target does not fit the loss and the network.s outputs
// expect-error: bad_target<[\w:]*cross_entropy, [\w:]*takes_one_of<[\w:]*class_index_below<3>, std::array<float, 3> ?>, [\w:]*but_gets_target<char
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd>;

#ifdef FIXED
float loss(training& t, const net::input_type& x, signed char y) { return t.step(x, y); }
#else
float loss(training& t, const net::input_type& x, char y) { return t.step(x, y); }
#endif
