// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?branches_with_different_shapes, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?accumulate<.*>, (inlay::)?takes<3>, (inlay::)?but_gets<4>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5>, inlay::accumulate<"s", inlay::dense<3>>, inlay::accumulate<"s", inlay::dense<3>>, inlay::take<"s">>;
#else
using net = inlay::network<inlay::input<5>, inlay::accumulate<"s", inlay::dense<3>>, inlay::accumulate<"s", inlay::dense<4>>, inlay::take<"s">>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
