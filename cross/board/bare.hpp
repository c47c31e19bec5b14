// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the boards without an operating system share. Each gives `semihost`, `stack_pointer`, `now` and `elapsed`, and
// calls `run` from its reset code.
#pragma once

#include "board.hpp"

extern "C" {
// From cross/sections.ld.
extern std::uint32_t __stack_bottom[], __stack_top[], __bss_start[], __bss_end[], __data_start[], __data_end[],
    __data_load[];
extern void (*__init_array_start[])();
extern void (*__init_array_end[])();
}

int main();

namespace board {

// Operations of the semihosting interface, which Arm defined and RISC-V took over.
inline constexpr int write_text = 0x04, exit_with_status = 0x20;
void semihost(int operation, const void* argument);

[[noreturn]] inline void leave(int status) {
    const std::uintptr_t block[] = {0x20026, static_cast<std::uintptr_t>(status)}; // the application has ended, status
    semihost(exit_with_status, block);
    for (;;) {}
}

[[noreturn]] inline void fault() {
    print("fault\n");
    leave(99);
}

/// From reset to exit. Everything that C++ expects of memory before `main` is done here; the stack is ready.
[[noreturn]] inline void run() {
    const std::uint32_t* from = __data_load;
    for (volatile std::uint32_t* to = __data_start; to < __data_end;) *to++ = *from++;
    for (volatile std::uint32_t* to = __bss_start; to < __bss_end;) *to++ = 0;
    for (auto constructor = __init_array_start; constructor != __init_array_end; ++constructor) (*constructor)();
    leave(main());
}

} // namespace board
