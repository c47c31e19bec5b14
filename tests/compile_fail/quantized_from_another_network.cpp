// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the network with stored weights has the tensors of the other one
#include <inlay/inlay.hpp>

using namespace inlay;
#ifdef FIXED
using wide = network<input<6>, dense<3>>;
#else
using wide = network<input<6>, dense<4>>;
#endif
using small = network<input<6>, stored_as<std::int8_t, dense<3>>>;
small rounded(const wide& net) { return quantized<small>(net); }
