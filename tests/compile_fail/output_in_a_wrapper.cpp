// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?is_an_output_where_none_can_be, (inlay::)?at_layer<0, 0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<3, 5>, inlay::reversed<inlay::relu>, inlay::output<"a">, inlay::relu>;
#else
using net = inlay::network<inlay::input<3, 5>, inlay::reversed<inlay::output<"a">, inlay::relu>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
