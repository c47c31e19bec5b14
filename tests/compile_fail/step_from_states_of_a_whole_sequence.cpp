// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a layer of this network needs the whole sequence at once, so no call can go on
// expect-error: bad<inlay::needs_the_whole_sequence, inlay::at_layer<1>, inlay::which_is<inlay::reversed<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5, 2>, inlay::gru<6>, inlay::last_step, inlay::dense<3>>;
#else
using net = inlay::network<inlay::input<5, 2>, inlay::gru<6>, inlay::reversed<inlay::dense<4>>, inlay::last_step, inlay::dense<3>>;
#endif

float step(inlay::trainer<net, inlay::cross_entropy, inlay::adam, inlay::batch<8>>& training,
           const std::array<net::input_type, 8>& x, const std::array<int, 8>& t, std::array<net::state_type, 8>& states) {
    return training.step(x, t, states);
}
