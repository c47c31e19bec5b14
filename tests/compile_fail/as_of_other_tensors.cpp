// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: these parameters do not serve a network with that input
// expect-error: (inlay::)?bad<(inlay::)?its_tensors_depend_on_the_input, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?dense<8> ?>, (inlay::)?takes<>, (inlay::)?but_gets<4, 5>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<2>, inlay::relu, inlay::dense<8>>;
#ifdef FIXED
using other = inlay::input<4, 2>;
#else
using other = inlay::input<4, 5>;
#endif

// Using it adds no second error.
float first(const net& it, net::state_type& state) { return it.as<other>()({}, state)[0]; }
