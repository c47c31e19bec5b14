// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#include "board.hpp"

#include <cstdio>

namespace board {

void print(const char* text) { std::fputs(text, stdout); }

cost measure(void (*call)(void*), void* argument) {
    call(argument);
    return {};
}

} // namespace board
