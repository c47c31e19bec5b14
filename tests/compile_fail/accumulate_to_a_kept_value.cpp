// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?adds_to_a_value_that_is_no_sum, (inlay::)?at_layer<1>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5>, inlay::keep<"x">, inlay::accumulate<"s">, inlay::plus<"x">, inlay::plus<"s">>;
#else
using net = inlay::network<inlay::input<5>, inlay::keep<"x">, inlay::accumulate<"x">, inlay::plus<"x">>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
