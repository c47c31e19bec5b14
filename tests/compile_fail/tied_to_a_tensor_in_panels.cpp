// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?is_tied_to_a_tensor_that_does_not_lie_row_by_row, (inlay::)?at_layer<3>
#include <inlay/inlay.hpp>

using namespace inlay;
#ifdef FIXED
using net = network<input_of<std::uint16_t, 4>, named<"tokens", embedding<9, 6>>, dense<6>, tied<"tokens.weight", 9>>;
#else
using net = network<input_of<std::uint16_t, 4>, named<"tokens", embedding<9, 6>>, named<"h", dense<16>>, dense<6>, tied<"h.weight", 16>>;
#endif

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
