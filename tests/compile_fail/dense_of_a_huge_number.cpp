// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: (inlay::)?bad<(inlay::)?has_an_output_larger_than_any_memory, (inlay::)?at_layer<1>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::relu, inlay::dense<3>>;
#else
using net = inlay::network<inlay::input<4>, inlay::relu, inlay::dense<std::size_t(-3)>>;
#endif
