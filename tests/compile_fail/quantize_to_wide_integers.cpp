// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?gives_integers_of_8_or_16_bits, (inlay::)?at_layer<0>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::quantize<std::int16_t>>;
#else
using net = inlay::network<inlay::input<4>, inlay::quantize<std::int32_t>>;
#endif
