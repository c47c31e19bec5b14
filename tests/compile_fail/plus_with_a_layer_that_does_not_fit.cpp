// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?input_of_another_size, (inlay::)?at_layer<2, 0>, (inlay::)?which_is<(inlay::)?dense<3, 4> ?>, (inlay::)?takes<3>, (inlay::)?but_gets<5>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5>, inlay::keep<"x">, inlay::dense<4>, inlay::plus<"x", inlay::dense<5, 4>>>;
#else
using net = inlay::network<inlay::input<5>, inlay::keep<"x">, inlay::dense<4>, inlay::plus<"x", inlay::dense<3, 4>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
