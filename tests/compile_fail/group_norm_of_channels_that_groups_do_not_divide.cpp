// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_channels_that_are_a_multiple_of_the_groups, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?group_norm<3.*(inlay::)?takes<3>, (inlay::)?but_gets<2, 8>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<2, 3>, inlay::dense<8>, inlay::group_norm<4>>;
#else
using net = inlay::network<inlay::input<2, 3>, inlay::dense<8>, inlay::group_norm<3>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
