// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?input_of_another_size, (inlay::)?at_layer<0>, (inlay::)?which_is<(inlay::)?dense<5, 3> ?>, (inlay::)?takes<5>, (inlay::)?but_gets<4>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::basic_network<double, inlay::input<4>, inlay::dense<4, 3>>;
#else
using net = inlay::basic_network<double, inlay::input<4>, inlay::dense<5, 3>>;
#endif

auto answer(const net& it, const net::input_type& x) { return it(x); }
