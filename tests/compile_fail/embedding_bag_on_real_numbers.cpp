// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_tokens_so_start_with_an_input_of_integers, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input_of<unsigned char, 8>, inlay::embedding_bag<3, 5>>;
#else
using net = inlay::network<inlay::input<8>, inlay::embedding_bag<3, 5>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
