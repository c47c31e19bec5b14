// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the target does not fit the loss and the network.s outputs
// expect-error: takes_one_of<std::array<[\w:]*class_index_below<3>, 5> ?, std::array<std::array<float, 3> ?, 5> ?>
// expect-error: but_gets_target<std::array<int, 4>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<5, 4>, inlay::dense<3>>;
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd>;

#ifdef FIXED
float loss(training& t, const net::input_type& x, const std::array<int, 5>& y) { return t.step(x, y); }
#else
float loss(training& t, const net::input_type& x, const std::array<int, 4>& y) { return t.step(x, y); }
#endif
