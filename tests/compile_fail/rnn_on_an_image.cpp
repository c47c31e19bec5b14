// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_vector_or_a_sequence, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?rnn<8
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<8, 24>, inlay::rnn<8>>;
#else
using net = inlay::network<inlay::input<8, 8, 3>, inlay::rnn<8>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
