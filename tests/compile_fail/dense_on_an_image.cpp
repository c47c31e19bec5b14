// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_vector_so_put_flatten_before_it, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?dense<10> ?>, (inlay::)?takes<>, (inlay::)?but_gets<28, 28, 1>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<28, 28, 1>, inlay::flatten, inlay::dense<10>>;
#else
using net = inlay::network<inlay::input<28, 28, 1>, inlay::dense<10>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
