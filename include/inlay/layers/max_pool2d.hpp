// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/pooling.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, window Kernel, window Stride>
struct max_pool2d_on;
template <class Scalar, class In, class Out, pool_axes Axes>
struct max_pool_on;

template <class Option>
struct max_pool_option : pool_option<Option> {};
template <window Size>
struct max_pool_option<dilation<Size>> {
    static constexpr int kind = 2;
    static constexpr void set(pool_geometry& all) { all.dilation = Size; }
};
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y[i, j, c] = max over the window x[i·stride + u·dilation − padding, j·stride + v·dilation − padding, c], as
/// torch.nn.MaxPool2d. Padding is never the maximum.
///
/// Shapes, channels last: x [height, width, channels], y [⌊(height + 2·padding − dilation·(kernel − 1) − 1)/stride⌋ + 1, …,
/// channels]. The stride is the kernel unless given. The padding is one of conv2d's, at most half the kernel. Options, in any
/// order: `dilation<2>` (or a `window`), and `ceil_mode`, with which it is ⌈…⌉. Among equal values the first takes the
/// gradient. A NaN in a window is its maximum.
template <window Kernel, window Stride = Kernel, padding Padding = 0, class... Options>
struct max_pool2d {
    static constexpr auto name = "max_pool2d";
    static constexpr detail::pool_geometry geometry =
        detail::pool_geometry_of<detail::max_pool_option, Options...>(Kernel, Stride, Padding);

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (!detail::pool_options_valid<detail::max_pool_option, Options...>)
            return refuse<has_an_option_that_is_none>{};
        else if constexpr (In::rank != 3) return refuse<needs_an_image_of_height_width_channels>{};
        else return detail::pool_shape<geometry>(in);
    }
    template <class Scalar, class In>
    using on = std::conditional_t<
        Padding == padding(0) && sizeof...(Options) == 0, detail::max_pool2d_on<Scalar, In, Kernel, Stride>,
        detail::max_pool_on<Scalar, In, decltype(output_shape(In{})), geometry.on(In::extent(0), In::extent(1))>>;
};

template <class Scalar, class In, window Kernel, window Stride>
struct detail::max_pool2d_on : layer_on<Scalar, In, decltype(max_pool2d<Kernel, Stride>::output_shape(In{}))> {
    using output = decltype(max_pool2d<Kernel, Stride>::output_shape(In{}));
    static constexpr size_t width = In::extent(1), channels = In::extent(2);
    /// Whether no element lies in two windows.
    static constexpr bool apart = Stride.height >= Kernel.height && Stride.width >= Kernel.width;
    /// Whether every element lies in one window.
    static constexpr bool tiled = Stride == Kernel && In::extent(0) % Kernel.height == 0 && width % Kernel.width == 0;
    static constexpr layer_traits traits{.backward_needs_output = true, .takes_slope = tiled};

    /// Calls `body(part)` for the channels of one pixel. With another pixel after it, the last register may reach into
    /// that one: what it leaves there is overwritten next.
    template <class Backend, bool Another, class Body>
    static INLAY_INLINE constexpr void each_channel(Body&& body) {
        using plan = kernels::lane_plan<Backend, Scalar, channels>;
        constexpr bool loose = Another && plan::tail_used > 0 && plan::tail_lanes - plan::tail_used <= channels &&
                               !Backend::template sums_in_strips<Scalar>;
        kernels::each_chunk<Backend, Scalar, loose ? plan::full * plan::lanes + plan::tail_lanes : channels>(body);
    }
    /// Calls `body(another, n, i, j)` for all positions of all outputs in order; `another` says whether one follows in
    /// the row.
    template <size_t Batch, class Body>
    static INLAY_INLINE constexpr void each_output(Body&& body) {
        for (size_t n = 0; n < Batch; ++n)
            for (size_t i = 0; i < output::extent(0); ++i) {
                for (size_t j = 0; j + 1 < output::extent(1); ++j) body(std::true_type{}, n, i, j);
                body(std::false_type{}, n, i, output::extent(1) - 1);
            }
    }
    static constexpr size_t corner_of(size_t n, size_t i, size_t j) {
        return n * In::size + (i * Stride.height * width + j * Stride.width) * channels;
    }

    // y = max x, channels in lanes
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        Scalar* y = call.output;
        each_output<Context::batch>([&](auto another, size_t n, size_t i, size_t j) INLAY_INLINE {
            const Scalar* const x = call.input + corner_of(n, i, j);
            each_channel<typename Context::backend, another>([&](auto part) INLAY_INLINE {
                using math::max;
                auto most = part.load(x);
                for (size_t u = 0; u < Kernel.height; ++u)
                    for (size_t v = u == 0; v < Kernel.width; ++v) {
                        const auto next = part.load(x + (u * width + v) * channels);
                        most = select(next == next, max(next, most), next); // NaN wins, the first of equals stays
                    }
                part.store(y, Context::epilogue::apply(most));
            });
            y += channels;
        });
    }

    // dx[first place where x = y] += dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient) {
            if constexpr (!tiled) kernels::fill<Context::batch * In::size>(call.input_gradient, Scalar(0));
            size_t at = 0;
            each_output<Context::batch>([&](auto another, size_t n, size_t i, size_t j) INLAY_INLINE {
                const size_t corner = corner_of(n, i, j);
                const Scalar *const x = call.input + corner, *const y = call.output + at,
                                    *const dy = call.output_gradient + at;
                Scalar* const dx = call.input_gradient + corner;
                // A window's places are neighbours too: what a last register leaves there must not meet a first one's.
                constexpr bool loose =
                    another && tiled && kernels::lane_plan<typename Context::backend, Scalar, channels>::full == 0;
                each_channel<typename Context::backend, loose>([&](auto part) INLAY_INLINE {
                    const auto most = part.load(y);
                    auto left = part.load(dy); // what no place has taken yet
                    const decltype(left) zero(Scalar(0));
                    for (size_t u = 0; u < Kernel.height; ++u)
                        for (size_t v = 0; v < Kernel.width; ++v) {
                            const size_t place = (u * width + v) * channels;
                            const auto seen = part.load(x + place);
                            const auto here = kernels::either(seen == most, seen != seen);
                            const auto taken = select(here, left, zero);
                            if constexpr (apart) part.store(dx + place, Context::sloped(taken, seen));
                            else part.store(dx + place, part.load(dx + place) + taken);
                            left = select(here, zero, left);
                        }
                });
                at += channels;
            });
        }
    }
};

/// Windows that reach over the edge, have gaps, or differ in size.
template <class Scalar, class In, class Out, detail::pool_axes Axes>
struct detail::max_pool_on : pool_on<Scalar, In, Out, Axes> {
    using base = pool_on<Scalar, In, Out, Axes>;
    using base::channels;
    /// From an element of a window to the one below and beside it.
    static constexpr size_t down = Axes.rows.dilation * base::row, right = Axes.columns.dilation * channels;
    static constexpr layer_traits traits{
        .backward_needs_output = true, .takes_epilogue = false, .needs_whole_sequence = base::sees_later_steps};

    // y = max x, channels in lanes
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        base::template each_window<Context::batch>([&](size_t corner, auto height, auto width, size_t at) INLAY_INLINE {
            kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                auto most = part.load(call.input + corner);
                for (size_t u = 0; u < height; ++u)
                    for (size_t v = u == 0; v < width; ++v) {
                        const auto next = part.load(call.input + corner + u * down + v * right);
                        most = select(next == next, max(next, most), next); // NaN wins, the first of equals stays
                    }
                part.store(call.output + at, most);
            });
        });
    }

    // dx[first place where x = y] += dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient) {
            kernels::fill<Context::batch * In::size>(call.input_gradient, Scalar(0));
            base::template each_window<Context::batch>(
                [&](size_t corner, auto height, auto width, size_t at) INLAY_INLINE {
                    const Scalar* const x = call.input + corner;
                    Scalar* const dx = call.input_gradient + corner;
                    kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                        const auto most = part.load(call.output + at);
                        auto left = part.load(call.output_gradient + at); // what no place has taken yet
                        const decltype(left) zero(Scalar(0));
                        for (size_t u = 0; u < height; ++u)
                            for (size_t v = 0; v < width; ++v) {
                                const size_t place = u * down + v * right;
                                const auto seen = part.load(x + place);
                                const auto here = kernels::either(seen == most, seen != seen);
                                part.store(dx + place, part.load(dx + place) + select(here, left, zero));
                                left = select(here, zero, left);
                            }
                    });
                });
        }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
