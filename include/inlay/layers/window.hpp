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
    /// Of a sequence, which is an image of one row.
    static constexpr window row(size_t width) {
        window one = 1;
        one.width = width;
        return one;
    }
    /// Whether an argument was negative, which no layer takes.
    constexpr bool negative() const { return height > ~size_t{0} / 2 || width > ~size_t{0} / 2; }
    friend constexpr bool operator==(const window&, const window&) = default;
};

/// An option of convolutions and maximum poolings: windows of every Size-th element, as torch.nn.Conv2d's dilation.
template <window Size>
struct dilation {};

/// What stands around an input, as a template argument: one number for all sides, `window{height, width}` for both sides of
/// each, or `padding{left, right, top, bottom}` as in torch.nn.functional.pad; a sequence has left and right only.
struct padding {
    /// Numbers, or as many as an output of ⌈input/stride⌉ takes: `padding::same` and `padding::tensorflow_same`.
    enum rule {
        given,
        /// As PyTorch's padding='same': an output as large as the input, for a stride of 1. Where the padding is odd, the
        /// right and the bottom have one more.
        same,
        /// As TensorFlow's and Keras' padding='same' (ONNX's SAME_UPPER): an output of ⌈input/stride⌉. With a stride above 1
        /// it is not that of PyTorch's padding=kernel/2, but as little as needed, and what is odd of it right and at the
        /// bottom.
        tensorflow_same
    };

    size_t left = 0, right = 0, top = 0, bottom = 0;
    rule how = rule::given;

    consteval padding(int all) : padding(all, all, all, all) {}
    consteval padding(window both) : left(both.width), right(both.width), top(both.height), bottom(both.height) {}
    consteval padding(int left_, int right_, int top_ = 0, int bottom_ = 0)
        : left(static_cast<size_t>(left_)), right(static_cast<size_t>(right_)), top(static_cast<size_t>(top_)),
          bottom(static_cast<size_t>(bottom_)) {}
    consteval padding(rule how_) : how(how_) {}

    /// Of a sequence, which is an image of one row: one number for all sides is one for left and right.
    constexpr padding of_row() const {
        padding all = *this;
        if (left == right && left == top && left == bottom) all.top = all.bottom = 0;
        return all;
    }
    /// Whether an argument was negative, which no layer takes.
    constexpr bool negative() const {
        constexpr size_t most = ~size_t{0} / 2;
        return left > most || right > most || top > most || bottom > most;
    }
    constexpr bool none() const { return left == 0 && right == 0 && top == 0 && bottom == 0; }
    /// In numbers, for a window of reach_height × reach_width and an input of height × width.
    constexpr padding on(size_t height, size_t reach_height, size_t stride_height, size_t width, size_t reach_width,
                         size_t stride_width) const {
        if (how == rule::given) return *this;
        padding all = *this;
        const size_t rows = total(height, reach_height, stride_height),
                     columns = total(width, reach_width, stride_width);
        all.how = rule::given;
        all.top = rows / 2;
        all.bottom = rows - rows / 2;
        all.left = columns / 2;
        all.right = columns - columns / 2;
        return all;
    }
    friend constexpr bool operator==(const padding&, const padding&) = default;

  private:
    static constexpr size_t total(size_t extent, size_t reach, size_t stride) {
        const size_t last = (extent + stride - 1) / stride * stride - stride + reach; // what the last output sees
        return last > extent ? last - extent : 0;
    }
};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

/// What lies outside an input.
enum class border { zeros, reflect, replicate, circular };

/// Which element stands at `at` of an input of `extent` elements with `before` in front of it; `extent` for a zero.
constexpr size_t element_at(border outside, size_t at, size_t before, size_t extent) {
    if (at >= before && at < before + extent) return at - before;
    if (outside == border::zeros) return extent;
    if (outside == border::replicate) return at < before ? 0 : extent - 1;
    if (outside == border::circular) return at < before ? extent + at - before : at - before - extent;
    return at < before ? before - at : 2 * (extent - 1) - (at - before);
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
