// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Nothing but one inference, to be weighed and timed: size_net.cpp in a program of its own. sizes.py takes off what the
// same program needs without a network (CHIP_NET undefined).
#include "size.hpp"

#include <board.hpp>

namespace {
float input[chip::most_inputs], output[chip::most_outputs];
}

int main() {
    for (float& value : input) value = 0.5f;
    const board::cost cost = board::measure([] { chip_infer(board::unknown(input), board::unknown(output)); });
    board::print("instructions ", cost.instructions, " stack ", cost.stack, " first ", output[0], "\n");
    return 0; // a freestanding main may not leave it out
}
