// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// RISC-V, in machine mode.
#include "bare.hpp"

namespace board {

[[gnu::noinline]] void semihost(int operation, const void* argument) {
    register long number asm("a0") = operation;
    register const void* block asm("a1") = argument;
    // A breakpoint between two instructions without effect is a semihosting call: uncompressed, and all on one page.
    asm volatile(".option push\n\t"
                 ".option norvc\n\t"
                 ".balign 16\n\t"
                 "slli x0, x0, 0x1f\n\t"
                 "ebreak\n\t"
                 "srai x0, x0, 7\n\t"
                 ".option pop"
                 : "+r"(number)
                 : "r"(block)
                 : "memory");
}

} // namespace board

extern "C" [[noreturn, gnu::used]] void board_run() { board::run(); }

extern "C" [[noreturn, gnu::used, gnu::aligned(4)]] void board_trap() { board::fault(); }

// At the start of memory, where the emulator begins. Bits 13 and 14 of mstatus switch the FPU on.
extern "C" [[gnu::naked, gnu::section(".reset"), gnu::used]] void reset() {
    asm volatile(".option push\n\t"
                 ".option norelax\n\t"
                 "la gp, __global_pointer$\n\t"
                 ".option pop\n\t"
                 "la sp, __stack_top\n\t"
                 "la t0, board_trap\n\t"
                 "csrw mtvec, t0\n\t"
                 "li t0, 0x6000\n\t"
                 "csrs mstatus, t0\n\t"
                 "csrw fcsr, zero\n\t"
                 "j board_run");
}
