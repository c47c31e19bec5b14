// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Says what `memory` predicts and what one inference then takes of the stack; budget.py compares both with the linked
// program.
#include "nets.hpp"

#include <board.hpp>

using namespace chip;

namespace {

template <class Net>
[[gnu::noinline]] void report(const char* name) {
    const auto x = drawn_input<Net>(0);
    typename Net::output_type y;
    const Net* const net = board::unknown(&in_flash<Net>);
    const board::cost cost = board::measure([&, net] { y = (*net)(x); });
    board::unknown(&y);
    board::print("net ", name);
    const auto figure = [](const char* label, size_t value) { board::print(label, static_cast<std::uint32_t>(value)); };
    figure(" parameter_bytes ", memory<Net>.parameter_bytes);
    figure(" inference_bytes ", memory<Net>.inference_bytes);
    figure(" output_bytes ", sizeof(y));
    figure(" multiply_accumulates ", memory<Net>.multiply_accumulates);
    if (board::measures) {
        figure(" stack ", cost.stack);
        figure(" instructions ", cost.instructions);
    }
    board::print("\n");
}

} // namespace

int main() {
#define CHIP_REPORT(net) report<net>(#net);
    CHIP_EACH_NET(CHIP_REPORT)
    return 0; // a freestanding main may not leave it out
}
