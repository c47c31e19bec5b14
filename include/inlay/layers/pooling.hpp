// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What poolings share: their windows, which may reach over the edge, or differ in size.
#pragma once

#include <inlay/layers/layer.hpp>
#include <inlay/layers/window.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

struct needs_a_padding_of_at_most_half_its_kernel {}; ///< or a window may see nothing
struct needs_an_output_no_larger_than_its_input {};
struct has_a_window_that_sees_only_padding {};

/// An option of poolings with a kernel: windows that begin within the input, or the padding before it, count though they end
/// beyond the padding; as torch.nn.MaxPool2d's ceil_mode.
struct ceil_mode {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

/// The windows along one axis.
struct pool_axis {
    size_t in = 1, out = 1, kernel = 1, stride = 1, before = 0, after = 0, dilation = 1;
    bool adaptive = false;

    static constexpr pool_axis evenly(size_t in, size_t out) {
        return {.in = in, .out = out, .kernel = (in + out - 1) / out, .stride = in / out, .adaptive = in % out != 0};
    }
    /// With the number of its windows, which is 0 where none fits.
    static constexpr pool_axis of(pool_axis one, bool ceil) {
        if (one.kernel == 1) one.dilation = 1;
        const size_t full = one.in + one.before + one.after + (ceil ? one.stride - 1 : 0),
                     reach = (one.kernel - 1) * one.dilation + 1;
        one.out = full < reach ? 0 : (full - reach) / one.stride + 1;
        if (one.out > 1 && (one.out - 1) * one.stride >= one.in + one.before) --one.out;
        return one;
    }
    /// How many elements of window i stand in front of the input.
    constexpr size_t missed(size_t i) const {
        return i * stride >= before ? 0 : (before - i * stride + dilation - 1) / dilation;
    }
    /// The elements of the input that window i sees: [first, last), every dilation-th of them.
    constexpr size_t first(size_t i) const {
        if (adaptive) return i * in / out;
        return i * stride + missed(i) * dilation - before;
    }
    constexpr size_t last(size_t i) const {
        if (adaptive) return ((i + 1) * in + out - 1) / out;
        const size_t end = i * stride + (kernel - 1) * dilation + 1 - before;
        return end < in ? end : in;
    }
    /// How many those are.
    constexpr size_t seen(size_t i) const {
        return last(i) <= in && first(i) < last(i) ? (last(i) - first(i) - 1) / dilation + 1 : 0;
    }
    /// How many elements of window i are of the input or its padding, for a dilation of 1.
    constexpr size_t counted(size_t i) const {
        const size_t left = in + before + after - i * stride;
        return kernel < left ? kernel : left;
    }
    constexpr bool all_see() const {
        for (size_t i = 0; i < out; ++i)
            if (seen(i) == 0) return false;
        return true;
    }
    /// Whether windows end beyond the padding.
    constexpr bool overhangs() const { return !adaptive && counted(out - 1) < kernel; }
    /// Whether all windows are whole.
    constexpr bool regular() const {
        for (size_t i = 0; i < out; ++i)
            if (seen(i) != kernel) return false;
        return true;
    }
    /// Whether every element lies in one window.
    constexpr bool tiled() const {
        if (dilation > 1) return false;
        for (size_t i = 0; i + 1 < out; ++i)
            if (last(i) != first(i + 1)) return false;
        return last(out - 1) == in;
    }
    constexpr bool operator==(const pool_axis&) const = default;
};

/// The windows of an image; of a sequence, which is an image of one row.
struct pool_axes {
    pool_axis rows, columns;

    constexpr bool regular() const { return rows.regular() && columns.regular(); }
    constexpr bool tiled() const { return rows.tiled() && columns.tiled(); }
    constexpr bool global() const { return rows.out == 1 && columns.out == 1 && tiled(); }
    constexpr bool operator==(const pool_axes&) const = default;
};

/// A pooling with its arguments.
struct pool_geometry {
    window kernel, stride;
    padding pad;
    window dilation = 1;
    bool ceil = false;

    constexpr pool_axes on(size_t height, size_t width) const {
        const padding p = pad.on(height, (kernel.height - 1) * dilation.height + 1, stride.height, width,
                                 (kernel.width - 1) * dilation.width + 1, stride.width);
        return {pool_axis::of({.in = height,
                               .kernel = kernel.height,
                               .stride = stride.height,
                               .before = p.top,
                               .after = p.bottom,
                               .dilation = dilation.height},
                              ceil),
                pool_axis::of({.in = width,
                               .kernel = kernel.width,
                               .stride = stride.width,
                               .before = p.left,
                               .after = p.right,
                               .dilation = dilation.width},
                              ceil)};
    }
    constexpr bool pads_too_much() const {
        return pad.top > kernel.height / 2 || pad.bottom > kernel.height / 2 || pad.left > kernel.width / 2 ||
               pad.right > kernel.width / 2;
    }
};

template <class Option>
struct pool_option {
    static constexpr int kind = 0; // none
    static constexpr void set(pool_geometry&) {}
};
template <>
struct pool_option<ceil_mode> {
    static constexpr int kind = 1;
    static constexpr void set(pool_geometry& all) { all.ceil = true; }
};

/// Whether each option is one of these, and at most one of each kind.
template <template <class> class Of, class... Options>
inline constexpr bool pool_options_valid = [] {
    [[maybe_unused]] int seen = 0;
    bool good = true;
    ((good = good && Of<Options>::kind > 0 && (seen & Of<Options>::kind) == 0, seen |= Of<Options>::kind), ...);
    return good;
}();
template <template <class> class Of, class... Options>
constexpr pool_geometry pool_geometry_of(window kernel, window stride, padding pad) {
    pool_geometry all{kernel, stride, pad};
    (Of<Options>::set(all), ...);
    return all;
}

/// The extents of an image, or of a sequence as one row.
template <class In>
inline constexpr size_t height_of = In::rank == 3 ? In::extent(0) : 1;
template <class In>
inline constexpr size_t width_of = In::extent(In::rank == 3 ? 1 : 0);

/// [Height, Width, channels], without the height where In has none.
template <class In, size_t Height, size_t Width>
using pooled = std::conditional_t<In::rank == 3, shape<Height, Width, In::last>, shape<Width, In::last>>;

/// The shape rule of poolings with a kernel, of In::rank 3 or 2.
template <pool_geometry G, class In>
constexpr auto pool_shape(In) {
    if constexpr (G.kernel.height == 0 || G.kernel.width == 0 || G.stride.height == 0 || G.stride.width == 0 ||
                  G.dilation.height == 0 || G.dilation.width == 0)
        return refuse<extent_must_not_be_0>{};
    else if constexpr (G.kernel.negative() || G.stride.negative() || G.pad.negative() || G.dilation.negative())
        return refuse<argument_must_not_be_negative>{};
    else if constexpr (In::rank == 2 && (G.pad.top > 0 || G.pad.bottom > 0))
        return refuse<needs_a_padding_of_one_number_or_left_and_right>{};
    else if constexpr (G.pad.how == padding::rule::same && !(G.stride == window(1)))
        return refuse<needs_a_stride_of_1_or_tensorflow_same>{};
    else if constexpr (G.pads_too_much()) return refuse<needs_a_padding_of_at_most_half_its_kernel>{};
    else {
        constexpr pool_axes axes = G.on(height_of<In>, width_of<In>);
        if constexpr (!axes.rows.all_see() || !axes.columns.all_see())
            return refuse<has_a_window_that_sees_only_padding>{};
        else if constexpr (axes.rows.out > 0 && axes.columns.out > 0)
            return pooled<In, axes.rows.out, axes.columns.out>{};
        else if constexpr (In::rank == 2) return refuse<kernel_larger_than_its_input, takes<G.kernel.width>>{};
        else return refuse<kernel_larger_than_its_input, takes<G.kernel.height, G.kernel.width>>{};
    }
}

/// The shape rule of poolings whose output has a given size.
template <size_t Rank, window Size>
struct adaptive_rule {
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (In::rank != Rank)
            return refuse<std::conditional_t<Rank == 3, needs_an_image_of_height_width_channels,
                                             needs_a_sequence_of_time_features>>{};
        else if constexpr (Size.height == 0 || Size.width == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (Size.negative()) return refuse<argument_must_not_be_negative>{};
        else if constexpr (Size.height > height_of<In> || Size.width > width_of<In>)
            return refuse<needs_an_output_no_larger_than_its_input, takes<Size.height, Size.width>>{};
        else return pooled<In, Size.height, Size.width>{};
    }
    template <class In>
    static constexpr pool_axes axes{pool_axis::evenly(height_of<In>, Size.height),
                                    pool_axis::evenly(width_of<In>, Size.width)};
};

/// One window that sees everything.
struct global_rule {
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (In::rank == 1) return refuse<needs_a_sequence_or_an_image>{};
        else return shape<In::last>{};
    }
    template <class In>
    static constexpr pool_axes axes{pool_axis::evenly(height_of<In>, 1), pool_axis::evenly(width_of<In>, 1)};
};

/// What poolings share once their input is known.
template <class Scalar, class In, class Out, pool_axes Axes>
struct pool_on : layer_on<Scalar, In, Out> {
    static constexpr pool_axis rows = Axes.rows, columns = Axes.columns;
    static constexpr size_t channels = In::last, row = columns.in * channels;
    static constexpr bool regular = Axes.regular(), tiled = Axes.tiled();
    /// Where windows go over the end of a block, blocks are not the sequence.
    static constexpr bool sees_later_steps =
        In::rank == 2 && !(tiled && regular && columns.stride == columns.kernel && columns.out > 1);

    /// Calls `body(corner, height, width, at)` for all windows in order: they see height × width pixels from number
    /// `corner` of x on, and give the channels of y from `at` on.
    template <size_t Batch, class Body>
    static INLAY_INLINE constexpr void each_window(Body&& body) {
        size_t at = 0;
        for (size_t n = 0; n < Batch; ++n)
            for (size_t i = 0; i < rows.out; ++i)
                for (size_t j = 0; j < columns.out; ++j, at += channels) {
                    const size_t top = rows.first(i), left = columns.first(j);
                    const size_t corner = n * In::size + top * row + left * channels;
                    if constexpr (regular)
                        body(corner, std::integral_constant<size_t, rows.kernel>{},
                             std::integral_constant<size_t, columns.kernel>{}, at);
                    else body(corner, rows.seen(i), columns.seen(j), at);
                }
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
