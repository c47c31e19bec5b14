// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: needs the whole sequence at once
// expect-error: (inlay::)?bad<(inlay::)?needs_the_whole_sequence, (inlay::)?at_layer<1>, (inlay::)?which_is<mine>
#ifndef FIXED
#define MINE_MEMBER static constexpr inlay::layer_traits traits{.needs_whole_sequence = true};
#endif
#include "mine.hpp"

using net = inlay::network<inlay::input<4, 2>, inlay::gru<3>, mine>;

float first(const net& it, const net::input_type& x, net::state_type& state) { return it(x, state)[0]; }
