// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

/// Height and width of a kernel, a stride or a padding, as a template argument. One number means a square:
/// `conv2d<16, 3>` or `conv2d<16, window{3, 5}>`.
struct window {
    size_t height, width;
    consteval window(int both) : height(static_cast<size_t>(both)), width(static_cast<size_t>(both)) {}
    consteval window(int height_, int width_)
        : height(static_cast<size_t>(height_)), width(static_cast<size_t>(width_)) {}
    /// Whether an argument was negative, which no layer takes.
    constexpr bool negative() const { return height > ~size_t{0} / 2 || width > ~size_t{0} / 2; }
    friend constexpr bool operator==(const window&, const window&) = default;
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
