// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#include "board.hpp"

namespace board {

void print(std::uint32_t value) {
    char digits[11];
    char* at = digits + sizeof digits;
    *--at = 0;
    do {
        *--at = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value);
    print(at);
}

void print(float value) {
    char digits[9];
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned i = 0; i < 8; ++i) digits[i] = "0123456789abcdef"[bits >> (28 - 4 * i) & 15];
    digits[8] = 0;
    print(digits);
}

} // namespace board
