// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?lacks_on, (inlay::)?at_layer<1>, (inlay::)?which_is<mine ?>
#ifndef FIXED
#define MINE_ON once
#endif
#include "mine.hpp"

using net = inlay::network<inlay::input<4>, inlay::dense<3>, mine>;

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
