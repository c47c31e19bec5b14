// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the target does not fit the loss
// expect-error: bad_target<.*no_loss, .*takes_gradients_through_backward
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<2>>;
#ifdef FIXED
using loss = inlay::mean_squared_error;
#else
using loss = inlay::no_loss;
#endif

float step(inlay::trainer<net, loss, inlay::adam>& training, const net::input_type& x) {
    return training.step(x, net::output_type{1, 2});
}
