// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?has_the_name_of_a_value_before_it, (inlay::)?at_layer<3>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5>, inlay::dense<4>, inlay::keep<"x">, inlay::relu, inlay::keep<"y">, inlay::plus<"x">, inlay::plus<"y">>;
#else
using net = inlay::network<inlay::input<5>, inlay::dense<4>, inlay::keep<"x">, inlay::relu, inlay::keep<"x">, inlay::plus<"x">>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
