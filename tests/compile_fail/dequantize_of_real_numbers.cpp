// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_integers_as_quantize_gives_them, (inlay::)?at_layer<1>
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::quantize<>, inlay::dequantize>;
#else
using net = inlay::network<inlay::input<4>, inlay::relu, inlay::dequantize>;
#endif
