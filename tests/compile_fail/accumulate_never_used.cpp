// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?is_added_up_but_never_used, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?residual<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5>, inlay::relu, inlay::residual<inlay::accumulate<"s", inlay::dense<3>>, inlay::dense<5>>, inlay::take<"s">>;
#else
using net = inlay::network<inlay::input<5>, inlay::relu, inlay::residual<inlay::accumulate<"s", inlay::dense<3>>, inlay::dense<5>>, inlay::dense<3>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
