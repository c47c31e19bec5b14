// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a layer of this network needs the whole sequence at once
// expect-error: bad<inlay::needs_the_whole_sequence, inlay::at_layer<0>, inlay::which_is<inlay::reversed<inlay::gru<3>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5, 2>, inlay::gru<3>>;
#else
using net = inlay::network<inlay::input<5, 2>, inlay::reversed<inlay::gru<3>>>;
#endif
using training = inlay::trainer<net, inlay::mean_squared_error, inlay::adam, inlay::batch<4>>;

float step(training& t, const std::array<net::input_type, 4>& x, const std::array<net::output_type, 4>& y,
           std::array<net::state_type, 4>& states) {
    return t.step(x, y, states);
}
