// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?extent_must_not_be_0, (inlay::)?at_layer<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::named_inputs<inlay::in<"a", 5>, inlay::in<"b", 2>>, inlay::concat<"b">, inlay::dense<4>>;
#else
using net = inlay::network<inlay::named_inputs<inlay::in<"a", 5>, inlay::in<"b", 0>>, inlay::concat<"b">, inlay::dense<4>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
