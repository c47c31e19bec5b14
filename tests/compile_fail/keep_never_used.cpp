// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?is_kept_but_never_used, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?keep<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5>, inlay::dense<4>, inlay::keep<"x">, inlay::relu, inlay::plus<"x">>;
#else
using net = inlay::network<inlay::input<5>, inlay::dense<4>, inlay::keep<"x">, inlay::relu>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
