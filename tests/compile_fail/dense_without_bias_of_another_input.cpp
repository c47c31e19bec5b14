// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?input_of_another_size, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?dense_without_bias<3, 2> ?>, (inlay::)?takes<3>, (inlay::)?but_gets<4>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::relu, inlay::dense_without_bias<4, 2>>;
#else
using net = inlay::network<inlay::input<4>, inlay::relu, inlay::dense_without_bias<3, 2>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
