// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_real_numbers, (inlay::)?at_layer<0>.*but_gets_elements<(signed char|std::int8_t|int8_t)
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::parallel<inlay::dense<2>, inlay::sequential<inlay::quantize<>, inlay::dequantize>>>;
#else
using net = inlay::network<inlay::input<4>, inlay::parallel<inlay::dense<2>, inlay::quantize<>>>;
#endif
