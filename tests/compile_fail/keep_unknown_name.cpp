// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?no_value_is_called<.*>, (inlay::)?at_layer<4>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5>, inlay::dense<4>, inlay::keep<"x">, inlay::relu, inlay::plus<"x">, inlay::plus<"x">>;
#else
using net = inlay::network<inlay::input<5>, inlay::dense<4>, inlay::keep<"x">, inlay::relu, inlay::plus<"x">, inlay::plus<"y">>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
