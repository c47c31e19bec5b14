// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Executed instructions, as QEMU's -icount lets a program count them.
#pragma once

#include "bare.hpp"

namespace board::counter {

#if defined(__riscv)

using state = std::uint32_t;
inline std::uintptr_t stack_pointer() {
    std::uintptr_t pointer;
    asm volatile("mv %0, sp" : "=r"(pointer));
    return pointer;
}
/// The counter of retired instructions; QEMU counts them truly at -icount shift=0.
inline state now() {
    std::uintptr_t count;
    asm volatile("rdinstret %0" : "=r"(count)::"memory");
    return static_cast<state>(count);
}
inline std::uint32_t elapsed(state before) { return now() - before; }
inline std::uint32_t instructions(std::uint32_t elapsed) { return elapsed; }

#else

/// The timer of every Cortex-M: 24 bits, counting down. At -icount shift=6 an instruction takes 64 ns of virtual time, and
/// a tick INLAY_BOARD_TICK_PS picoseconds.
struct state {};
inline volatile std::uint32_t* const timer =
    reinterpret_cast<volatile std::uint32_t*>(0xe000e010); // control, reload, value
inline constexpr std::uint32_t running = 5, has_wrapped = 1u << 16, most = 0xffffff;

inline std::uintptr_t stack_pointer() {
    std::uintptr_t pointer;
    asm volatile("mov %0, sp" : "=r"(pointer));
    return pointer;
}
/// Starts anew: the timer reads as full.
inline state now() {
    timer[0] = 0;
    timer[1] = most;
    timer[2] = 0;
    timer[0] = running;
    static_cast<void>(timer[2]); // the first read after a start is not to be trusted
    asm volatile("" ::: "memory");
    return {};
}
/// In ticks. The flag tells of one time round only, so this is right below twice 2²⁴.
inline std::uint32_t elapsed(state) {
    asm volatile("" ::: "memory");
    const std::uint32_t ticks = most - timer[2];
    return timer[0] & has_wrapped ? ticks + most + 1 : ticks;
}
inline std::uint32_t instructions(std::uint32_t elapsed) {
    return static_cast<std::uint32_t>((std::uint64_t{elapsed} * INLAY_BOARD_TICK_PS + 32000) / 64000);
}

#endif

} // namespace board::counter
