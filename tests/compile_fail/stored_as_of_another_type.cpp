// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?weights_are_stored_as_int8_or_not_at_all, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?stored_as<short
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<6>, inlay::stored_as<std::int8_t, inlay::dense<3>>>;
#else
using net = inlay::network<inlay::input<6>, inlay::stored_as<short, inlay::dense<3>>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
