// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?needs_real_numbers, (inlay::)?at_layer<0, 1, 0>, (inlay::)?which_is<(inlay::)?dense<8> ?>, (inlay::)?takes<>, (inlay::)?but_gets_elements<(unsigned short|short unsigned int|uint16_t)
#include <inlay/inlay.hpp>

using namespace inlay;
#ifdef FIXED
using net = network<input_of<std::uint16_t, 10>, parallel<embedding<9, 4>, sequential<embedding<9, 8>, dense<8>>>>;
#else
using net = network<input_of<std::uint16_t, 10>, parallel<embedding<9, 4>, sequential<dense<8>>>>;
#endif
