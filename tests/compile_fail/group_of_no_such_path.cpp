// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a group of parameters does not fit
// expect-error: bad_group<.*rate_of<.*has_no_parameters_under_its_path>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::dense<2>>;
#ifdef FIXED
using optimizer = inlay::grouped<inlay::adam, inlay::rate_of<"2", 0.1>>;
#else
using optimizer = inlay::grouped<inlay::adam, inlay::rate_of<"1", 0.1>>;
#endif

float step(net& n, const net::input_type& x) {
    inlay::trainer<net, inlay::cross_entropy, optimizer> training{n, {.learning_rate = 1e-3}};
    return training.step(x, 1);
}
