// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a network takes a std::array<Scalar, input_size> or a span of one
// expect-error: (inlay::)?takes_numbers<3, (unsigned short|short unsigned int|.*uint16_t)>, (inlay::)?but_gets_numbers_of<int>
#include <inlay/inlay.hpp>

#include <array>

using net_type = inlay::network<inlay::input_of<std::uint16_t, 3>, inlay::embedding<5, 2>>;
float first(const net_type& net) {
#ifdef FIXED
    return net(std::array<std::uint16_t, 3>{1, 2, 3})[0];
#else
    return net(std::array<int, 3>{1, 2, 3})[0];
#endif
}
