// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?input_of_another_size, (inlay::)?at_layer<2>, (inlay::)?which_is<(inlay::)?dense<32, 16> ?>, (inlay::)?takes<32>, (inlay::)?but_gets<64>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<8>, inlay::dense<64>, inlay::relu, inlay::dense<64, 16>>;
#else
using net = inlay::network<inlay::input<8>, inlay::dense<64>, inlay::relu, inlay::dense<32, 16>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
