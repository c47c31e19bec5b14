// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/conv1d.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Channels, conv_geometry G, window OutputPadding>
struct conv_transpose2d_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_a_padding_in_numbers {};                                  ///< `same` has no meaning here
struct needs_an_output_padding_smaller_than_its_stride_or_dilation {}; ///< as in PyTorch
struct padding_larger_than_its_output {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

/// Whether each option is one of a transposed convolution: it has no border to choose.
template <class... Options>
inline constexpr bool conv_transpose_options_valid = conv_options_valid<Options...> &&
                                                     ((conv_option<Options>::kind != 8) && ...);

/// The shape rule of conv_transpose2d, for an image [Height, Width, channels].
template <size_t Channels, conv_geometry G, window OutputPadding, size_t Height, size_t Width, size_t In>
constexpr auto conv_transpose2d_shape() {
    if constexpr (Channels == 0 || G.has_zero()) return refuse<extent_must_not_be_0>{};
    else if constexpr (G.negative() || OutputPadding.negative()) return refuse<argument_must_not_be_negative>{};
    else if constexpr (In % G.groups != 0 || Channels % G.groups != 0)
        return refuse<needs_channels_that_are_a_multiple_of_its_groups, takes<G.groups>>{};
    else if constexpr (G.pad.how != padding::rule::given) return refuse<needs_a_padding_in_numbers>{};
    else if constexpr ((OutputPadding.height > 0 && OutputPadding.height >= G.stride.height &&
                        OutputPadding.height >= G.dilation.height) ||
                       (OutputPadding.width > 0 && OutputPadding.width >= G.stride.width &&
                        OutputPadding.width >= G.dilation.width))
        return refuse<needs_an_output_padding_smaller_than_its_stride_or_dilation>{};
    else {
        constexpr size_t height = (Height - 1) * G.stride.height + G.reach_height() + OutputPadding.height,
                         width = (Width - 1) * G.stride.width + G.reach_width() + OutputPadding.width;
        if constexpr (G.pad.top + G.pad.bottom >= height || G.pad.left + G.pad.right >= width)
            return refuse<padding_larger_than_its_output>{};
        else return shape<height - G.pad.top - G.pad.bottom, width - G.pad.left - G.pad.right, Channels>{};
    }
}

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// The transposed 2-d convolution, the gradient of conv2d as a layer, as torch.nn.ConvTranspose2d: every input pixel adds
/// its window to the output,
///
///     y[i·stride + u·dilation − padding, j·stride + v·dilation − padding, o] += Σ_c x[i, j, c] · W[c, o, u, v]
///
/// and then b[o] is added. Shapes, channels last: x [height, width, channels in], y [(height − 1)·stride − 2·padding +
/// dilation·(kernel − 1) + output padding + 1, …, channels]. The arguments stand in PyTorch's order; each is one number or
/// `window{height, width}`, the padding also `padding{left, right, top, bottom}`. Options, in any order: `dilation<2>`,
/// `groups<4>`, `without_bias`. Tensors `weight` [channels in, channels/groups, kernel height, kernel width] and `bias`
/// [channels], both uniform(±1/√(channels/groups · kernel height · kernel width)) at the start.
template <size_t Channels, window Kernel, window Stride = 1, padding Padding = 0, window OutputPadding = 0,
          class... Options>
struct conv_transpose2d {
    static constexpr auto name = "conv_transpose2d";
    static constexpr detail::conv_geometry geometry = detail::conv_geometry_of<Options...>(Kernel, Stride, Padding);
    template <class... Kept>
    using with_options = conv_transpose2d<Channels, Kernel, Stride, Padding, OutputPadding, Kept...>;
    using with_scale = typename detail::conv_options<Options...>::template with_bias<with_options>;

    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (!detail::conv_transpose_options_valid<Options...>) return refuse<has_an_option_that_is_none>{};
        else if constexpr (In::rank != 3) return refuse<needs_an_image_of_height_width_channels>{};
        else
            return detail::conv_transpose2d_shape<Channels, geometry, OutputPadding, In::extent(0), In::extent(1),
                                                  In::last>();
    }
    template <class Scalar, class In>
    using on = detail::conv_transpose2d_on<Scalar, In, Channels, geometry, OutputPadding>;
};

/// The same of a sequence, as torch.nn.ConvTranspose1d: x [time, channels in], y [(time − 1)·stride − 2·padding +
/// dilation·(kernel − 1) + output padding + 1, channels]; `weight` is [channels in, channels/groups, kernel].
template <size_t Channels, size_t Kernel, size_t Stride = 1, padding Padding = 0, size_t OutputPadding = 0,
          class... Options>
struct conv_transpose1d {
    static constexpr auto name = "conv_transpose1d";
    static constexpr detail::conv_geometry geometry =
        detail::conv_geometry_of_row<Options...>(window::row(Kernel), window::row(Stride), Padding);
    static constexpr window output_padding = [] {
        window all = window::row(OutputPadding);
        all.height = 0;
        return all;
    }();
    template <class... Kept>
    using with_options = conv_transpose1d<Channels, Kernel, Stride, Padding, OutputPadding, Kept...>;
    using with_scale = typename detail::conv_options<Options...>::template with_bias<with_options>;

    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (!detail::conv_transpose_options_valid<Options...>) return refuse<has_an_option_that_is_none>{};
        else if constexpr (In::rank != 2) return refuse<needs_a_sequence_of_time_features>{};
        else if constexpr (geometry.pad.top > 0 || geometry.pad.bottom > 0)
            return refuse<needs_a_padding_of_one_number_or_left_and_right>{};
        else
            return detail::without_rows(
                detail::conv_transpose2d_shape<Channels, geometry, output_padding, 1, In::extent(0), In::last>());
    }
    template <class Scalar, class In>
    using on = detail::on_one_row<
        detail::conv_transpose2d_on<Scalar, shape<1, In::extent(0), In::last>, Channels, geometry, output_padding>, In>;
};

template <class Scalar, class In, size_t Channels, detail::conv_geometry G, window OutputPadding>
struct detail::conv_transpose2d_on
    : layer_on<Scalar, In,
               decltype(conv_transpose2d_shape<Channels, G, OutputPadding, In::extent(0), In::extent(1), In::last>())> {
    using output =
        decltype(conv_transpose2d_shape<Channels, G, OutputPadding, In::extent(0), In::extent(1), In::last>());
    static constexpr window kernel = G.kernel, stride = G.stride;
    static constexpr size_t height = In::extent(0), width = In::extent(1), channels = In::last;
    static constexpr size_t out_height = output::extent(0), out_width = output::extent(1), filters = Channels;
    static constexpr size_t groups = G.groups, group_channels = channels / groups, group_filters = filters / groups;
    static constexpr size_t terms = kernel.height * kernel.width * group_filters; // of what one input value adds to
    static constexpr size_t macs = height * width * channels * terms;
    static constexpr layer_traits traits{.takes_epilogue = true};
    /// Whether a row of the window lies in neighbours of memory, and a product can take it at once.
    static constexpr bool neighbours = groups == 1 && (G.dilation.width == 1 || kernel.width == 1);
    static constexpr size_t taps = neighbours ? 1 : kernel.width; // products per row of the window
    static constexpr size_t tap = kernel.width / taps * group_filters;

    static constexpr auto tensors = [] {
        constexpr size_t pixels = kernel.height * kernel.width;
        constexpr auto weight = tensor_spec::of("weight", channels, group_filters, kernel.height, kernel.width)
                                    .with_fans(terms, channels * pixels, terms);
        if constexpr (G.bias)
            return std::array{weight, tensor_spec::of("bias", filters).with_fans(terms, channels * pixels, terms)};
        else return std::array{weight};
    }();
    // Weights lie as [channels in][kernel height][kernel width][filters of the group].
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        if (tensor == 1) return index;
        const size_t pixels = kernel.height * kernel.width, pixel = index % pixels;
        return index / terms * terms + pixel * group_filters + index / pixels % group_filters;
    }
    static constexpr void scale_outputs(const std::array<Scalar*, 2>& to, const double* scale, const double* shift) {
        for (size_t i = 0; i < channels * terms; ++i) {
            const size_t o = i / terms / group_channels * group_filters + i % group_filters;
            to[0][i] = static_cast<Scalar>(math::product(static_cast<double>(to[0][i]), scale[o]));
        }
        for (size_t o = 0; o < filters; ++o)
            to[1][o] = static_cast<Scalar>(math::fma(static_cast<double>(to[1][o]), scale[o], shift[o]));
    }

    // The output before padding is cut off and output padding put on, which is zero: in a frame that holds both.
    static constexpr size_t larger(size_t a, size_t b) { return a > b ? a : b; }
    static constexpr size_t full_height =
        larger((height - 1) * stride.height + G.reach_height(), G.pad.top + out_height);
    static constexpr size_t full_width = larger((width - 1) * stride.width + G.reach_width(), G.pad.left + out_width);
    static constexpr size_t full_row = full_width * filters, full_size = full_height * full_row;
    static constexpr bool framed = full_height != out_height || full_width != out_width;
    static constexpr size_t inside = (G.pad.top * full_width + G.pad.left) * filters; // where the output starts
    static constexpr size_t frame = framed ? round_up(full_size, 16) : 0;

    static constexpr size_t forward_scratch(size_t, bool) { return frame; }
    static constexpr size_t backward_scratch(size_t) { return frame + channels * terms; }

    // y += x·W for every u, those of one u and j in different rows going together, for they do not overlap; then y + b
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        for (size_t n = 0; n < Context::batch; ++n) {
            const Scalar* const x = call.input + n * In::size;
            Scalar* const y = call.output + n * output::size;
            Scalar* const full = framed ? call.scratch : y;
            kernels::fill<full_size>(full, Scalar(0));
            if constexpr (neighbours && (height > 1 || filters < 8)) {
                for (size_t u = 0; u < kernel.height; ++u)
                    for (size_t j = 0; j < width; ++j) {
                        kernels::product<backend,
                                         kernels::product_shape{.rows = height,
                                                                .columns = tap,
                                                                .outer = 1,
                                                                .inner = channels,
                                                                .a_row = width * channels,
                                                                .a_outer = 0,
                                                                .a_inner = 1,
                                                                .b_row = terms,
                                                                .c_row = stride.height * full_row},
                                         start::accumulate>(
                            x + j * channels, call.parameters[0] + u * tap, call.parameters[0],
                            full + u * G.dilation.height * full_row + j * stride.width * filters);
                        if (!std::is_constant_evaluated()) kernels::compiler_barrier();
                    }
            } else
                for (size_t g = 0; g < groups; ++g)
                    for (size_t u = 0; u < kernel.height; ++u)
                        for (size_t v = 0; v < kernel.width; ++v)
                            for (size_t i = 0; i < height; ++i)
                                kernels::product<backend,
                                                 kernels::product_shape{.rows = width,
                                                                        .columns = group_filters,
                                                                        .outer = 1,
                                                                        .inner = group_channels,
                                                                        .a_row = channels,
                                                                        .a_outer = 0,
                                                                        .a_inner = 1,
                                                                        .b_row = terms,
                                                                        .c_row = stride.width * filters},
                                                 start::accumulate>(
                                    x + i * width * channels + g * group_channels,
                                    call.parameters[0] + g * group_channels * terms +
                                        (u * kernel.width + v) * group_filters,
                                    call.parameters[0], full + i * stride.height * full_row + pixel(g, u, v));
            kernels::each_chunk<backend, Scalar, filters>([&](auto part) INLAY_INLINE {
                decltype(part.load(y)) b(Scalar(0));
                if constexpr (G.bias) b = part.load(call.parameters[1]);
                for (size_t i = 0; i < out_height; ++i)
                    for (size_t j = 0; j < out_width; ++j) {
                        const auto sum = part.load(full + (framed ? inside : 0) + i * full_row + j * filters);
                        part.store(y + (i * out_width + j) * filters, Context::epilogue::apply(G.bias ? sum + b : sum));
                    }
            });
        }
    }

    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        Scalar* const across = call.scratch + frame; // W of each group as [terms][channels of the group]
        if constexpr (Context::input_gradient)
            for (size_t g = 0; g < groups; ++g)
                kernels::transpose<backend, group_channels, terms, terms, group_channels>(
                    call.parameters[0] + g * group_channels * terms, across + g * group_channels * terms);
        for (size_t n = 0; n < Context::batch; ++n) {
            const Scalar* const x = call.input + n * In::size;
            const Scalar* const dy = whole(call.output_gradient + n * output::size, call.scratch);
            // dW[c, o, u, v] += Σ_{i, j} x[i, j, c] · dy[i·stride + u·dilation, j·stride + v·dilation, o]
            if constexpr (Context::gradients::trainable(0))
                each_tap([&](size_t g, size_t u, size_t v) INLAY_INLINE {
                    for (size_t i = 0; i < height; ++i)
                        kernels::product<backend,
                                         kernels::product_shape{.rows = group_channels,
                                                                .columns = tap,
                                                                .outer = 1,
                                                                .inner = width,
                                                                .a_row = 1,
                                                                .a_outer = 0,
                                                                .a_inner = channels,
                                                                .b_row = stride.width * filters,
                                                                .c_row = terms},
                                         start::accumulate>(x + i * width * channels + g * group_channels,
                                                            dy + i * stride.height * full_row + pixel(g, u, v), dy,
                                                            call.gradients[0] + g * group_channels * terms +
                                                                (u * kernel.width + v) * group_filters);
                });
            // dx[i, j, c] = Σ_{u, v, o} dy[i·stride + u·dilation, j·stride + v·dilation, o] · W[c, o, u, v]
            if constexpr (Context::input_gradient) {
                Scalar* const dx = call.input_gradient + n * In::size;
                kernels::fill<In::size>(dx, Scalar(0));
                each_tap([&](size_t g, size_t u, size_t v) INLAY_INLINE {
                    for (size_t i = 0; i < height; ++i)
                        kernels::product<backend,
                                         kernels::product_shape{.rows = width,
                                                                .columns = group_channels,
                                                                .outer = 1,
                                                                .inner = tap,
                                                                .a_row = stride.width * filters,
                                                                .a_outer = 0,
                                                                .a_inner = 1,
                                                                .b_row = group_channels,
                                                                .c_row = channels},
                                         start::accumulate>(
                            dy + i * stride.height * full_row + pixel(g, u, v),
                            across + (g * terms + (u * kernel.width + v) * group_filters) * group_channels, across,
                            dx + i * width * channels + g * group_channels);
                });
            }
        }
        // db[o] += Σ_{i, j} dy[i, j, o]
        if constexpr (G.bias) {
            if constexpr (Context::gradients::trainable(1))
                kernels::column_sums<backend, Context::batch * out_height * out_width, filters, start::accumulate>(
                    call.output_gradient, call.gradients[1]);
        }
    }

  private:
    /// Where pixel u, v of the window of the first input pixel lies, filters of group g.
    static constexpr size_t pixel(size_t g, size_t u, size_t v) {
        return u * G.dilation.height * full_row + v * G.dilation.width * filters + g * group_filters;
    }
    /// Calls `body(g, u, v)` for every part of the window that a product takes at once.
    template <class Body>
    static INLAY_INLINE constexpr void each_tap(Body&& body) {
        for (size_t g = 0; g < groups; ++g)
            for (size_t u = 0; u < kernel.height; ++u)
                for (size_t v = 0; v < taps; ++v) body(g, u, v);
    }
    /// The gradient of the output in its frame.
    static constexpr const Scalar* whole(const Scalar* dy, Scalar* to) {
        if constexpr (!framed) return dy;
        else {
            kernels::fill<full_size>(to, Scalar(0));
            for (size_t i = 0; i < out_height; ++i)
                kernels::copy<out_width * filters>(to + inside + i * full_row, dy + i * out_width * filters);
            return to;
        }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
