// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?has_the_name_of_a_layer_before_it, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::named<"a_b", inlay::dense<4>>>;
#else
using net = inlay::network<inlay::input<4>, inlay::named<"", inlay::dense<4>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
