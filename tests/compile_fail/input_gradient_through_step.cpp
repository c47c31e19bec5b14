// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: has no gradient, so nothing before it can be trained
// expect-error: bad<inlay::needs_a_gradient, inlay::at_layer<0>, inlay::which_is<inlay::(\w+::)?step>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::step, inlay::dense<2>>;
using training = inlay::trainer<net, inlay::cross_entropy, inlay::adam, inlay::batch<2>>;

float pull(training& t, const std::array<net::input_type, 2>& x, const std::array<int, 2>& labels,
           [[maybe_unused]] std::array<net::input_type, 2>& dx) {
#ifdef FIXED
    return t.step(x, labels);
#else
    return t.input_gradient(x, labels, dx);
#endif
}
