// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: any_of holds networks that take and give the same
// expect-error: (inlay::)?bad<(inlay::)?another_scalar_type, (inlay::)?at_network<1>, .*(inlay::)?has<double>, (inlay::)?but_the_first_has<float>
#include <inlay/inlay.hpp>

using one = inlay::network<inlay::input<4>, inlay::dense<2>>;
#ifdef FIXED
using two = one;
#else
using two = one::with_scalar<double>;
#endif

inlay::any_of<one, two> either;
