// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The chip's part: does it compute what the host computed?
#include "classify.hpp"

#include <board.hpp>
#include <digits.hpp>
#include <images.hpp>

int main() {
    const auto tested = digits::self_test();
    board::print("outputs ", static_cast<std::uint32_t>(tested.compared), " other_bits ",
                 static_cast<std::uint32_t>(tested.different), "\n");

    std::uint32_t count = 0, right = 0, as_host = 0;
    for (const image& one : images) {
        const std::size_t digit = classify(one.pixels);
        ++count;
        right += digit == one.label;
        as_host += digit == one.host;
    }
    const board::cost cost = board::measure([] { classify(images[0].pixels); });
    board::print("images ", count, " right ", right, " as_host ", as_host, "\n");
    board::print("measured ", std::uint32_t{board::measures}, " stack ", cost.stack, " instructions ",
                 cost.instructions, "\n");
    return tested.ok() && as_host == count ? 0 : 1;
}
