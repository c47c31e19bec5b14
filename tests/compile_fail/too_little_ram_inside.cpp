// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network exceeds its budget
// expect-error: (inlay::)?bad<(inlay::)?too_little_ram, (inlay::)?at_layer<1, 2>, (inlay::)?which_is<(inlay::)?dense<64> ?>, (inlay::)?takes_bytes<640>, (inlay::)?but_gets_bytes<600>
#include <inlay/inlay.hpp>

using net =
    inlay::network<inlay::input<16>, inlay::dense<16>,
                   inlay::residual<inlay::dense<64>, inlay::relu, inlay::dense<64>, inlay::dense<16>>, inlay::dense<2>>;

#ifdef FIXED
static_assert(inlay::fits<net, inlay::ram<640>>);
#else
static_assert(inlay::fits<net, inlay::ram<600>>);
#endif
