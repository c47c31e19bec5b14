// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?input_of_another_size, (inlay::)?at_layer<1>
// expect-error: named<
// expect-error: takes<5>
// expect-error: but_gets<6>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<8>, inlay::dense<6>, inlay::named<"hidden", inlay::dense<6, 4>>>;
#else
using net = inlay::network<inlay::input<8>, inlay::dense<6>, inlay::named<"hidden", inlay::dense<5, 4>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
