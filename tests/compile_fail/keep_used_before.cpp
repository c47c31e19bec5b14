// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?is_used_before_it_is_kept<.*>, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5>, inlay::keep<"x">, inlay::plus<"x", inlay::dense<5>>, inlay::dense<4>>;
#else
using net = inlay::network<inlay::input<5>, inlay::plus<"x", inlay::dense<5>>, inlay::keep<"x">, inlay::dense<4>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
