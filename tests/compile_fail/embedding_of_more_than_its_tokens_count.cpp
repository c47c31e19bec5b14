// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?has_a_vocabulary_larger_than_its_tokens_count, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?embedding<257, 4> ?>, (inlay::)?takes<257>, (inlay::)?but_gets<256>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input_of<std::uint8_t, 10>, inlay::embedding<256, 4>>;
#else
using net = inlay::network<inlay::input_of<std::uint8_t, 10>, inlay::embedding<257, 4>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
