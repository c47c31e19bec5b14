// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?not_a_layer, (inlay::)?at_layer<0>, (inlay::)?which_is<mine ?>
#include <inlay/inlay.hpp>

struct mine {
    static constexpr auto name = "mine";
};
struct fixed_mine : inlay::identity {};

#ifdef FIXED
using net = inlay::network<inlay::input<4>, fixed_mine>;
#else
using net = inlay::network<inlay::input<4>, mine>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
