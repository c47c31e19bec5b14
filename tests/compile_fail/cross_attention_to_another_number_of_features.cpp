// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_kept_sequence_of_as_many_features, (inlay::)?at_layer<2>, (inlay::)?which_is<(inlay::)?cross_attention<
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<5, 6>, inlay::keep<"m">, inlay::dense<6>, inlay::cross_attention<"m", 2>>;
#else
using net = inlay::network<inlay::input<5, 6>, inlay::keep<"m">, inlay::dense<8>, inlay::cross_attention<"m", 2>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
