// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Cortex-M0 to M55.
#include "bare.hpp"

namespace board {

void semihost(int operation, const void* argument) {
    register int number asm("r0") = operation;
    register const void* block asm("r1") = argument;
    asm volatile("bkpt 0xab" : "+r"(number) : "r"(block) : "memory");
}

} // namespace board

extern "C" [[noreturn]] void reset() {
#if defined(__ARM_FP) && !defined(__SOFTFP__)
    // Full access to coprocessors 10 and 11: the FPU, and the vectors of an M55.
    *reinterpret_cast<volatile std::uint32_t*>(0xe000ed88) = 0xfu << 20;
    asm volatile("dsb\n\tisb" ::: "memory");
#endif
    board::run();
}

extern "C" [[noreturn]] void trap() { board::fault(); }

namespace {

struct vector_table {
    const void* stack;
    void (*handlers[15])();
};
// The first is reset, the others are faults; nothing interrupts.
[[gnu::section(".reset"), gnu::used]] const vector_table vectors = {
    __stack_top, {reset, trap, trap, trap, trap, trap, trap, trap, trap, trap, trap, trap, trap, trap, trap}};

} // namespace
