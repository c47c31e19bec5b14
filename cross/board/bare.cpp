// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#include "counter.hpp"

namespace board {

namespace {

constexpr std::uint32_t paint = 0x5eed5eed;

[[gnu::noinline]] void nothing(void*) { asm volatile(""); }

struct observed {
    std::uint32_t elapsed, stack;
};

/// Paints what lies below the stack pointer, calls, and looks how far down the paint is gone. One text for every call, so
/// that its own instructions are the same in number and can be taken off.
[[gnu::noinline]] observed observe(void (*call)(void*), void* argument) {
    auto* const top = reinterpret_cast<volatile std::uint32_t*>(counter::stack_pointer());
    for (volatile std::uint32_t* at = __stack_bottom; at < top; ++at) *at = paint;
    const counter::state before = counter::now();
    call(argument);
    const std::uint32_t elapsed = counter::elapsed(before);
    const volatile std::uint32_t* at = __stack_bottom;
    while (at < top && *at == paint) ++at;
    return {elapsed,
            static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(top) - reinterpret_cast<std::uintptr_t>(at))};
}

} // namespace

void print(const char* text) { semihost(write_text, text); }

cost measure(void (*call)(void*), void* argument) {
    const observed own = observe(nothing, argument), all = observe(call, argument);
    return {.instructions = counter::instructions(all.elapsed - own.elapsed), .stack = all.stack};
}

} // namespace board
