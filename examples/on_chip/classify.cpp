// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// All that a product needs: the exported network, and a call.
#include "classify.hpp"

#include <digits.hpp>

std::size_t classify(const unsigned char (&pixels)[64]) {
    digits::network_type::input_type x;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(pixels[i]) / 16;
    return inlay::argmax(digits::net(x));
}
