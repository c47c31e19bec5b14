// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?branches_with_different_shapes, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<10, 3>, inlay::parallel<inlay::gru<4>, inlay::identity>>;
#else
using net = inlay::network<inlay::input<10, 3>, inlay::parallel<inlay::gru<4>, inlay::flatten>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
