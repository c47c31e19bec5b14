// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?branches_with_different_shapes, (inlay::)?at_layer<2>, (inlay::)?which_is<(inlay::)?concat<.*>, (inlay::)?takes<5, 3>, (inlay::)?but_gets<10>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5, 2>, inlay::keep<"x">, inlay::dense<3>, inlay::concat<"x">>;
#else
using net = inlay::network<inlay::input<5, 2>, inlay::keep<"x">, inlay::dense<3>, inlay::concat<"x", inlay::flatten>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
