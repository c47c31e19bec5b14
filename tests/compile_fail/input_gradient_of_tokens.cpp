// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: an input of integers has no gradient
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input_of<std::uint16_t, 2>, inlay::embedding<5, 3>, inlay::flatten, inlay::dense<2>>;

#ifdef FIXED
void pull(inlay::trainer<net, inlay::no_loss, inlay::adam>& training) { training.backward({1, 2}); }
#else
auto pull(inlay::trainer<net, inlay::no_loss, inlay::adam>& training) { return training.input_gradient({1, 2}); }
#endif
