// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Images and sequences made larger by whole factors.
#pragma once

#include <inlay/layers/pooling.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// One axis of `in` elements that becomes scale times as long. Corners: whether the outermost elements stay in their places.
struct upsample_axis {
    size_t in = 1, scale = 1;
    bool corners = false;

    constexpr size_t out() const { return in * scale; }
    // Where output i lies among the elements of the input: above/below, both whole numbers.
    constexpr size_t below() const {
        if (!corners) return 2 * scale;
        return out() > 1 ? out() - 1 : 1;
    }
    constexpr size_t above(size_t i) const {
        if (corners) return i * (in - 1);
        return 2 * i + 1 > scale ? 2 * i + 1 - scale : 0;
    }
    constexpr size_t first(size_t i) const { return above(i) / below(); }
    constexpr size_t second(size_t i) const { return first(i) + 1 < in ? first(i) + 1 : first(i); }
    /// How far it lies from the first towards the second.
    template <class Scalar>
    constexpr Scalar weight(size_t i) const {
        return static_cast<Scalar>(above(i) % below()) / static_cast<Scalar>(below());
    }
};

template <class Scalar, class In, window Scale>
struct upsample_nearest_on;
template <class Scalar, class In, window Scale, bool Corners>
struct upsample_linear_on;

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// An option of linear upsampling: the outermost elements stay in their places, as with PyTorch's align_corners = True.
struct align_corners {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

template <size_t Rank, window Scale, class... Options>
struct upsample_rule {
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (sizeof...(Options) > 1 || !(std::is_same_v<Options, align_corners> && ...))
            return refuse<has_an_option_that_is_none>{};
        else if constexpr (In::rank != Rank)
            return refuse<std::conditional_t<Rank == 3, needs_an_image_of_height_width_channels,
                                             needs_a_sequence_of_time_features>>{};
        else if constexpr (Scale.height == 0 || Scale.width == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (Scale.negative()) return refuse<argument_must_not_be_negative>{};
        else return pooled<In, height_of<In> * Scale.height, width_of<In> * Scale.width>{};
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// Every pixel Scale times: y[i, j, c] = x[⌊i/scale⌋, ⌊j/scale⌋, c], as torch.nn.Upsample(scale_factor=…), whose mode is
/// 'nearest'. Shapes: x [height, width, channels], y [height·scale, width·scale, channels]; Scale is a number or
/// `window{height, width}`.
template <window Scale>
struct upsample_nearest2d : detail::upsample_rule<3, Scale> {
    static constexpr auto name = "upsample_nearest2d";
    template <class Scalar, class In>
    using on = detail::upsample_nearest_on<Scalar, In, Scale>;
};

/// Every step Scale times: x [time, channels], y [time·scale, channels].
template <size_t Scale>
struct upsample_nearest1d : detail::upsample_rule<2, window::row(Scale)> {
    static constexpr auto name = "upsample_nearest1d";
    template <class Scalar, class In>
    using on = detail::upsample_nearest_on<Scalar, In, window::row(Scale)>;
};

/// Between pixels, as torch.nn.Upsample(scale_factor=…, mode='bilinear'): y[i, j, c] is x at row (i + ½)/scale − ½, not above
/// the first or below the last, and the same column,
///
///     y = (1 − p)·((1 − q)·x₀₀ + q·x₀₁) + p·((1 − q)·x₁₀ + q·x₁₁)
///
/// with p and q how far it lies from one row and column to the next. Shapes as of upsample_nearest2d. Option:
/// `align_corners`, row i·(height − 1)/(height·scale − 1).
template <window Scale, class... Options>
struct upsample_bilinear2d : detail::upsample_rule<3, Scale, Options...> {
    static constexpr auto name = "upsample_bilinear2d";
    template <class Scalar, class In>
    using on = detail::upsample_linear_on<Scalar, In, Scale, (sizeof...(Options) > 0)>;
};

/// The same of a sequence (mode='linear'): x [time, channels], y [time·scale, channels].
template <size_t Scale, class... Options>
struct upsample_linear1d : detail::upsample_rule<2, window::row(Scale), Options...> {
    static constexpr auto name = "upsample_linear1d";
    template <class Scalar, class In>
    using on = detail::upsample_linear_on<Scalar, In, window::row(Scale), (sizeof...(Options) > 0)>;
};

template <class Scalar, class In, window Scale>
struct detail::upsample_nearest_on
    : layer_on<Scalar, In, pooled<In, height_of<In> * Scale.height, width_of<In> * Scale.width>> {
    static constexpr size_t height = height_of<In>, width = width_of<In>, channels = In::last;
    static constexpr size_t row = width * Scale.width * channels; // of y
    static constexpr layer_traits traits{.backward_needs_input = false, .takes_epilogue = true};

    // y = x for all pixels of its window
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        each_pixel<Context::batch>([&](size_t from, size_t to) INLAY_INLINE {
            kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                const auto y = Context::epilogue::apply(part.load(call.input + from));
                for (size_t u = 0; u < Scale.height; ++u)
                    for (size_t v = 0; v < Scale.width; ++v) part.store(call.output + to + u * row + v * channels, y);
            });
        });
    }
    // dx = Σ dy over its window
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient)
            each_pixel<Context::batch>([&](size_t from, size_t to) INLAY_INLINE {
                kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                    const Scalar* const dy = call.output_gradient + to;
                    auto sum = part.load(dy);
                    for (size_t u = 0; u < Scale.height; ++u)
                        for (size_t v = u == 0; v < Scale.width; ++v)
                            sum = sum + part.load(dy + u * row + v * channels);
                    part.store(call.input_gradient + from, sum);
                });
            });
    }

  private:
    /// Calls `body(from, to)` for every pixel of x, `to` where its window in y begins.
    template <size_t Batch, class Body>
    static INLAY_INLINE constexpr void each_pixel(Body&& body) {
        size_t from = 0;
        for (size_t i = 0; i < Batch * height; ++i)
            for (size_t j = 0; j < width; ++j, from += channels)
                body(from, i * Scale.height * row + j * Scale.width * channels);
    }
};

template <class Scalar, class In, window Scale, bool Corners>
struct detail::upsample_linear_on
    : layer_on<Scalar, In, pooled<In, height_of<In> * Scale.height, width_of<In> * Scale.width>> {
    static constexpr upsample_axis rows{height_of<In>, Scale.height, Corners},
        columns{width_of<In>, Scale.width, Corners};
    static constexpr size_t channels = In::last, row = columns.in * channels; // of x
    static constexpr layer_traits traits{
        .backward_needs_input = false, .takes_epilogue = true, .needs_whole_sequence = In::rank == 2};

    // y = (1 − p)·((1 − q)·x₀₀ + q·x₀₁) + p·((1 − q)·x₁₀ + q·x₁₁)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        each_pixel<Context::batch>([&](const std::array<size_t, 4>& from, Scalar p, Scalar q, size_t to) INLAY_INLINE {
            kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                using V = decltype(part.load(call.input));
                const auto between = [&](V first, V second, Scalar weight)
                                         INLAY_INLINE { return fma(second, V(weight), first * V(Scalar(1) - weight)); };
                const V above = between(part.load(call.input + from[0]), part.load(call.input + from[1]), q);
                V y = above;
                if constexpr (rows.out() > 1)
                    y = between(above, between(part.load(call.input + from[2]), part.load(call.input + from[3]), q), p);
                part.store(call.output + to, Context::epilogue::apply(y));
            });
        });
    }
    // dx₀₀ += (1 − p)·(1 − q)·dy and so on
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient) {
            kernels::fill<Context::batch * In::size>(call.input_gradient, Scalar(0));
            each_pixel<Context::batch>([&](const std::array<size_t, 4>& from, Scalar p, Scalar q,
                                           size_t to) INLAY_INLINE {
                const Scalar shares[4] = {math::product(Scalar(1) - p, Scalar(1) - q), math::product(Scalar(1) - p, q),
                                          math::product(p, Scalar(1) - q), math::product(p, q)};
                kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                    using V = decltype(part.load(call.input_gradient));
                    const V dy = part.load(call.output_gradient + to);
                    for (size_t k = 0; k < (rows.out() > 1 ? 4 : 2); ++k) {
                        Scalar* const dx = call.input_gradient + from[k];
                        part.store(dx, fma(dy, V(shares[k]), part.load(dx)));
                    }
                });
            });
        }
    }

  private:
    /// Calls `body(from, p, q, to)` for every pixel of y, `from` being the four of x that it lies between.
    template <size_t Batch, class Body>
    static INLAY_INLINE constexpr void each_pixel(Body&& body) {
        size_t to = 0;
        for (size_t n = 0; n < Batch; ++n)
            for (size_t i = 0; i < rows.out(); ++i) {
                const size_t above = n * In::size + rows.first(i) * row, below = n * In::size + rows.second(i) * row;
                const Scalar p = rows.template weight<Scalar>(i);
                for (size_t j = 0; j < columns.out(); ++j, to += channels) {
                    const size_t left = columns.first(j) * channels, right = columns.second(j) * channels;
                    body(std::array<size_t, 4>{above + left, above + right, below + left, below + right}, p,
                         columns.template weight<Scalar>(j), to);
                }
            }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
