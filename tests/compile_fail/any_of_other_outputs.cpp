// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: any_of holds networks that take and give the same
// expect-error: (inlay::)?bad<(inlay::)?another_output_shape, (inlay::)?at_network<1>, .*(inlay::)?has<(inlay::)?shape<3> ?>, (inlay::)?but_the_first_has<(inlay::)?shape<2>
#include <inlay/inlay.hpp>

using one = inlay::network<inlay::input<4>, inlay::dense<2>>;
#ifdef FIXED
using two = inlay::network<inlay::input<4>, inlay::gru<2>>;
#else
using two = inlay::network<inlay::input<4>, inlay::gru<3>>;
#endif

inlay::any_of<one, two> either;
