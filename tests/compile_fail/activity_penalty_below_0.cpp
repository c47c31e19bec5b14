// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?argument_must_not_be_negative, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?activity_penalty<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4, 2>, inlay::dense<3>, inlay::activity_penalty<0.1, 0.2>>;
#else
using net = inlay::network<inlay::input<4, 2>, inlay::dense<3>, inlay::activity_penalty<0.1, -1>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
