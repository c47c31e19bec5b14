// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_real_numbers, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?dense<8> ?>, (inlay::)?takes<>, (inlay::)?but_gets_elements<(unsigned short|short unsigned int|uint16_t)
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input_of<std::uint16_t, 10>, inlay::embedding<100, 4>, inlay::dense<8>>;
#else
using net = inlay::network<inlay::input_of<std::uint16_t, 10>, inlay::dense<8>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
