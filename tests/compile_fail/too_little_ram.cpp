// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network exceeds its budget
// expect-error: (inlay::)?bad<(inlay::)?too_little_ram, (inlay::)?at_layer<2>, (inlay::)?which_is<(inlay::)?dense<64> ?>, (inlay::)?takes_bytes<512>, (inlay::)?but_gets_bytes<500>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<16>, inlay::dense<64>, inlay::relu, inlay::dense<64>, inlay::dense<2>>;

#ifdef FIXED
static_assert(inlay::fits<net, inlay::ram<512>, inlay::flash<22000>>);
#else
static_assert(inlay::fits<net, inlay::ram<500>, inlay::flash<22000>>);
#endif

// Using the network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
