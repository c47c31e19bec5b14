// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?input_of_another_size, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?dense<7, 8> ?>, (inlay::)?takes<7>, (inlay::)?but_gets<8>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<8>, inlay::dense<8>, inlay::dense<8, 8>, inlay::dense<8, 9>, inlay::dense<9>>;
#else
using net = inlay::network<inlay::input<8>, inlay::dense<8>, inlay::dense<7, 8>, inlay::dense<7, 9>, inlay::dense<9>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
