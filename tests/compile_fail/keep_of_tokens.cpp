// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_real_numbers, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input_of<unsigned char, 5>, inlay::embedding<10, 3>, inlay::keep<"x">, inlay::plus<"x">>;
#else
using net = inlay::network<inlay::input_of<unsigned char, 5>, inlay::keep<"x">, inlay::embedding<10, 3>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
