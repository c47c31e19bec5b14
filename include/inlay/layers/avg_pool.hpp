// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/product.hpp>
#include <inlay/layers/pooling.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, class Out, pool_axes Axes, bool CountPadding>
struct avg_pool_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// An option of average poolings: the sum is divided by the elements that a window sees, without its padding (PyTorch's
/// count_include_pad = False; what TensorFlow does).
struct count_without_padding {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

template <class Option>
struct avg_pool_option : pool_option<Option> {};
template <>
struct avg_pool_option<count_without_padding> {
    static constexpr int kind = 2;
    static constexpr void set(pool_geometry&) {}
};

template <size_t Rank, window Kernel, window Stride, padding Padding, class... Options>
struct avg_pool_rule {
    static constexpr pool_geometry geometry = pool_geometry_of<avg_pool_option, Options...>(Kernel, Stride, Padding);
    static constexpr bool counts_padding = !(std::is_same_v<Options, count_without_padding> || ...);

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (!pool_options_valid<avg_pool_option, Options...>) return refuse<has_an_option_that_is_none>{};
        else if constexpr (In::rank != Rank)
            return refuse<std::conditional_t<Rank == 3, needs_an_image_of_height_width_channels,
                                             needs_a_sequence_of_time_features>>{};
        else return pool_shape<geometry>(in);
    }
    template <class Scalar, class In>
    using on =
        avg_pool_on<Scalar, In, decltype(output_shape(In{})), geometry.on(height_of<In>, width_of<In>), counts_padding>;
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// The mean of each window, as torch.nn.AvgPool2d:
///
///     y[i, j, c] = 1/(kernel height · kernel width) · Σ_{u, v} x[i·stride + u − padding, j·stride + v − padding, c]
///
/// x is zero outside. Shapes, channels last: x [height, width, channels], y [⌊(height + 2·padding − kernel)/stride⌋ + 1, …,
/// channels]. The stride is the kernel unless given. The padding is one of conv2d's, at most half the kernel. Options, in any
/// order: `count_without_padding`; `ceil_mode`, where what lies beyond the padding is not counted.
template <window Kernel, window Stride = Kernel, padding Padding = 0, class... Options>
struct avg_pool2d : detail::avg_pool_rule<3, Kernel, Stride, Padding, Options...> {
    static constexpr auto name = "avg_pool2d";
};

/// The same of a sequence, as torch.nn.AvgPool1d: x [time, channels], y [⌊(time + 2·padding − kernel)/stride⌋ + 1,
/// channels].
template <size_t Kernel, size_t Stride = Kernel, padding Padding = 0, class... Options>
struct avg_pool1d : detail::avg_pool_rule<2, window::row(Kernel), window::row(Stride), Padding.of_row(), Options...> {
    static constexpr auto name = "avg_pool1d";
};

/// The means of Size windows that share an image evenly, as torch.nn.AdaptiveAvgPool2d: window i has the rows from
/// ⌊i·height/size⌋ to ⌈(i + 1)·height/size⌉. Shapes: x [height, width, channels], y [size, size, channels]; Size is a
/// number or `window{height, width}`, no larger than x.
template <window Size>
struct adaptive_avg_pool2d : detail::adaptive_rule<3, Size> {
    static constexpr auto name = "adaptive_avg_pool2d";
    template <class Scalar, class In>
    using on = detail::avg_pool_on<Scalar, In, decltype(adaptive_avg_pool2d::output_shape(In{})),
                                   adaptive_avg_pool2d::template axes<In>, true>;
};

/// The same of a sequence, as torch.nn.AdaptiveAvgPool1d: x [time, channels], y [size, channels].
template <size_t Size>
struct adaptive_avg_pool1d : detail::adaptive_rule<2, window::row(Size)> {
    static constexpr auto name = "adaptive_avg_pool1d";
    template <class Scalar, class In>
    using on = detail::avg_pool_on<Scalar, In, decltype(adaptive_avg_pool1d::output_shape(In{})),
                                   adaptive_avg_pool1d::template axes<In>, true>;
};

/// The mean of each channel, as Keras' GlobalAveragePooling: x [time, channels] or [height, width, channels], y [channels].
struct global_avg_pool : detail::global_rule {
    static constexpr auto name = "global_avg_pool";
    template <class Scalar, class In>
    using on = detail::avg_pool_on<Scalar, In, shape<In::last>, axes<In>, true>;
};

template <class Scalar, class In, class Out, detail::pool_axes Axes, bool CountPadding>
struct detail::avg_pool_on : pool_on<Scalar, In, Out, Axes> {
    using base = pool_on<Scalar, In, Out, Axes>;
    using base::channels, base::row;
    static constexpr layer_traits traits{
        .backward_needs_input = false, .takes_epilogue = true, .needs_whole_sequence = base::sees_later_steps};

    static constexpr bool evenly = Axes.rows.adaptive || Axes.columns.adaptive,
                          overhangs = Axes.rows.overhangs() || Axes.columns.overhangs();
    /// 1/(elements of a window), which gives the channels of y from `at` on.
    static INLAY_INLINE constexpr Scalar weight(size_t height, size_t width, [[maybe_unused]] size_t at) {
        if constexpr (base::regular || (CountPadding && !evenly && !overhangs))
            return Scalar(1) / static_cast<Scalar>(Axes.rows.kernel * Axes.columns.kernel);
        else if constexpr (CountPadding && !evenly) {
            const size_t position = at / channels, j = position % Axes.columns.out,
                         i = position / Axes.columns.out % Axes.rows.out;
            return Scalar(1) / static_cast<Scalar>(Axes.rows.counted(i) * Axes.columns.counted(j));
        } else return Scalar(1) / static_cast<Scalar>(height * width);
    }
    /// Puts sums times a weight.
    template <class Epilogue>
    struct store_mean {
        Scalar weight;
        template <size_t Used, class V>
        INLAY_INLINE constexpr void put(V sums, Scalar* to) const {
            const auto all = kernels::packed(sums);
            Epilogue::apply(all * decltype(kernels::packed(sums))(weight)).template store_first<Used>(to);
        }
    };

    // y = Σ x / count, channels in lanes
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        using epilogue = typename Context::epilogue;
        if constexpr (Axes.global()) {
            constexpr size_t pixels = In::size / channels;
            for (size_t n = 0; n < Context::batch; ++n)
                kernels::column_sums<backend, pixels, channels, kernels::start::zero>(
                    call.input + n * In::size, call.output + n * channels,
                    store_mean<epilogue>{Scalar(1) / static_cast<Scalar>(pixels)});
        } else
            base::template each_window<Context::batch>(
                [&](size_t corner, auto height, auto width, size_t at) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                        using V = decltype(part.load(call.input));
                        V sum = part.load(call.input + corner);
                        for (size_t u = 0; u < height; ++u)
                            for (size_t v = u == 0; v < width; ++v)
                                sum = sum + part.load(call.input + corner + u * row + v * channels);
                        part.store(call.output + at, epilogue::apply(sum * V(weight(height, width, at))));
                    });
                });
    }

    // dx += dy / count
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient) {
            if constexpr (!base::tiled) kernels::fill<Context::batch * In::size>(call.input_gradient, Scalar(0));
            base::template each_window<Context::batch>(
                [&](size_t corner, auto height, auto width, size_t at) INLAY_INLINE {
                    Scalar* const dx = call.input_gradient + corner;
                    kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                        using V = decltype(part.load(dx));
                        const V share = part.load(call.output_gradient + at) * V(weight(height, width, at));
                        for (size_t u = 0; u < height; ++u)
                            for (size_t v = 0; v < width; ++v) {
                                const size_t place = u * row + v * channels;
                                if constexpr (base::tiled) part.store(dx + place, share);
                                else part.store(dx + place, part.load(dx + place) + share);
                            }
                    });
                });
        }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
