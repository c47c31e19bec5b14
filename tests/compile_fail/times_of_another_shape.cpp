// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?branches_with_different_shapes, (inlay::)?at_layer<2>, (inlay::)?which_is<(inlay::)?times<.*>, (inlay::)?takes<3, 4>, (inlay::)?but_gets<12>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<3, 5>, inlay::keep<"x">, inlay::dense<4>, inlay::times<"x", inlay::dense<4>>>;
#else
using net = inlay::network<inlay::input<3, 5>, inlay::keep<"x">, inlay::dense<4>, inlay::times<"x", inlay::dense<4>, inlay::flatten>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
