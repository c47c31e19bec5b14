// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_outputs_or_inputs_and_outputs, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?dense<> ?>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<1>>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
