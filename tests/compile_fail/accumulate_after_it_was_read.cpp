// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?adds_to_a_sum_that_has_been_read, (inlay::)?at_layer<2, 0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5>, inlay::accumulate<"s">, inlay::residual<inlay::accumulate<"s">>, inlay::plus<"s">>;
#else
using net = inlay::network<inlay::input<5>, inlay::accumulate<"s">, inlay::plus<"s">, inlay::residual<inlay::accumulate<"s">>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
