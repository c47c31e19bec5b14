// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_a_vector_or_a_sequence, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?gru<8> ?>, (inlay::)?takes<>, (inlay::)?but_gets<4, 2, 2>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<2>, inlay::gru<8>>;
#ifdef FIXED
using other = inlay::input<4, 2>;
#else
using other = inlay::input<4, 2, 2>;
#endif

// Using it adds no second error.
float first(const net& it) { return it.as<other>()({})[0]; }
