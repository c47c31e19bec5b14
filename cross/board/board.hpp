// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What a program on an emulated chip needs besides its own code: text to the host, an exit status (what `main` returns),
// and what a call costs. cortex_m.cpp and riscv.cpp do it by semihosting, linux.cpp with an operating system.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace board {

void print(const char* text);

/// A number in decimal.
void print(std::uint32_t value);

/// A float as the 8 hexadecimal digits of its bits: what can be compared.
void print(float value);

template <class First, class Second, class... Rest>
void print(First first, Second second, Rest... rest) {
    print(first);
    print(second);
    if constexpr (sizeof...(Rest) > 0) print(rest...);
}

struct cost {
    std::uint32_t instructions; ///< executed by the call, the call itself left out; at most 16 million on Cortex-M
    std::uint32_t stack;        ///< bytes below the caller's stack pointer that the call has written to
};

/// Whether `measure` measures. A Linux program only makes the call.
#ifdef INLAY_BOARD_LINUX
inline constexpr bool measures = false;
#else
inline constexpr bool measures = true;
#endif

cost measure(void (*call)(void*), void* argument);

/// What `body()` costs. The same call costs the same every time.
template <class Body>
cost measure(Body&& body) {
    return measure([](void* at) { (*static_cast<std::remove_reference_t<Body>*>(at))(); }, &body);
}

/// The compiler can tell neither what the pointer points to nor whether that is read or written later.
template <class T>
[[gnu::always_inline]] inline T* unknown(T* pointer) {
    asm volatile("" : "+r"(pointer)::"memory");
    return pointer;
}

} // namespace board
