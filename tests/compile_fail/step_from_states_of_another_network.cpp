// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: every sample of a batch has a Network::state_type
// expect-error: bad_states<.*takes_range_of<std::array<float, 6
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<5, 2>, inlay::gru<6>, inlay::last_step, inlay::dense<3>>;
#ifdef FIXED
using states = std::array<net::state_type, 8>;
#else
using states = net::state_type;
#endif

float step(inlay::trainer<net, inlay::cross_entropy, inlay::adam, inlay::batch<8>>& training,
           const std::array<net::input_type, 8>& x, const std::array<int, 8>& t, states& state) {
    return training.step(x, t, state);
}
