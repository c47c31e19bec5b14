// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/conv_rows.hpp>
#include <inlay/kernels/product.hpp>
#include <inlay/layers/layer.hpp>
#include <inlay/layers/panels.hpp>
#include <inlay/layers/window.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Channels, window Kernel, window Stride, window Padding>
struct conv2d_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// 2-d cross-correlation, as torch.nn.Conv2d:
///
///     y[i, j, o] = b[o] + Σ_{u, v, c} W[o, c, u, v] · x[i·stride + u − padding, j·stride + v − padding, c]
///
/// x is zero outside. Shapes, channels last: x [height, width, channels in], y [⌊(height + 2·padding − kernel)/stride⌋ +
/// 1, …, channels]. The arguments stand in PyTorch's order; each is one number or `window{height, width}`. Tensors
/// `weight` [channels, channels in, kernel height, kernel width] and `bias` [channels], both uniform(±1/√(channels in ·
/// kernel height · kernel width)) at the start.
template <size_t Channels, window Kernel, window Stride = 1, window Padding = 0>
struct conv2d {
    static constexpr auto name = "conv2d";
    using with_scale = conv2d;

    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (In::rank != 3) return refuse<needs_an_image_of_height_width_channels>{};
        else {
            constexpr size_t height = In::extent(0) + 2 * Padding.height, width = In::extent(1) + 2 * Padding.width;
            if constexpr (Channels == 0 || Kernel.height == 0 || Kernel.width == 0 || Stride.height == 0 ||
                          Stride.width == 0)
                return refuse<extent_must_not_be_0>{};
            else if constexpr (Kernel.negative() || Stride.negative() || Padding.negative())
                return refuse<argument_must_not_be_negative>{};
            else if constexpr (Kernel.height > height || Kernel.width > width)
                return refuse<kernel_larger_than_its_input, takes<Kernel.height, Kernel.width>>{};
            else
                return shape<(height - Kernel.height) / Stride.height + 1, (width - Kernel.width) / Stride.width + 1,
                             Channels>{};
        }
    }
    template <class Scalar, class In>
    using on = detail::conv2d_on<Scalar, In, Channels, Kernel, Stride, Padding>;
};

template <class Scalar, class In, size_t Channels, window Kernel, window Stride, window Padding>
struct detail::conv2d_on
    : layer_on<Scalar, In, decltype(conv2d<Channels, Kernel, Stride, Padding>::output_shape(In{}))> {
    using output = decltype(conv2d<Channels, Kernel, Stride, Padding>::output_shape(In{}));
    static constexpr size_t height = In::extent(0), width = In::extent(1), channels = In::extent(2);
    static constexpr size_t out_height = output::extent(0), out_width = output::extent(1), filters = Channels;
    static constexpr size_t terms = Kernel.height * Kernel.width * channels; // of each sum
    static constexpr size_t row_terms = Kernel.width * channels;             // neighbours in memory
    static constexpr size_t macs = out_height * out_width * filters * terms;
    static constexpr layer_traits traits{.takes_epilogue = true};

    static constexpr std::array tensors{
        tensor_spec::of("weight", filters, channels, Kernel.height, Kernel.width)
            .with_fans(terms, filters* Kernel.height* Kernel.width, terms),
        tensor_spec::of("bias", filters).with_fans(terms, filters* Kernel.height* Kernel.width, terms)};

    // Weights are stored as [kernel height][kernel width][channels in] × panels of filters; files see [out][in][height][width].
    template <size_t, size_t Panel>
    struct strips {
        static constexpr size_t width = kernels::strip_width<Scalar>(1, Panel);
    };
    using layout = panels<terms, filters, strips>;
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        if (tensor == 1) return index;
        const size_t v = index % Kernel.width, u = index / Kernel.width % Kernel.height;
        const size_t c = index / (Kernel.width * Kernel.height) % channels, o = index / terms;
        return layout::offset((u * Kernel.width + v) * channels + c, o);
    }

    static constexpr void scale_outputs(const std::array<Scalar*, 2>& to, const double* scale, const double* shift) {
        scale_rows<conv2d_on>(to, scale, shift);
    }

    // The input with its border of zeros; without padding it is the input itself.
    static constexpr bool padded = Padding.height > 0 || Padding.width > 0;
    static constexpr size_t full_height = height + 2 * Padding.height, full_width = width + 2 * Padding.width;
    static constexpr size_t full_size = padded ? full_height * full_width * channels : 0;
    static constexpr size_t aligned_terms = round_up(terms * filters, 16);

    static constexpr size_t forward_scratch(size_t, bool) { return full_size; }
    static constexpr size_t backward_scratch(size_t) { return aligned_terms + full_size; }

    static constexpr const Scalar* pad(const Scalar* x, Scalar* to) {
        if constexpr (!padded) return x;
        else {
            kernels::fill<full_size>(to, Scalar(0));
            for (size_t i = 0; i < height; ++i)
                kernels::copy<width * channels>(to + ((i + Padding.height) * full_width + Padding.width) * channels,
                                                x + i * width * channels);
            return to;
        }
    }

    // Where one channel and few filters leave lanes empty, neighbouring positions fill them.
    static constexpr kernels::correlation row{.positions = out_width,
                                              .filters = filters,
                                              .height = Kernel.height,
                                              .width = Kernel.width,
                                              .x_row = full_width};
    template <class Backend>
    static constexpr bool
        positions_in_lanes = channels == 1 && Stride.width == 1 &&
                             filters < layout::width&& kernels::prefers_positions_in_lanes<Backend, Scalar>(row);

    // y = b + W ∗ x, one row of outputs at a time: its positions are the rows of a product
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        for (size_t n = 0; n < Context::batch; ++n) {
            const Scalar* const x = pad(call.input + n * In::size, call.scratch);
            if constexpr (positions_in_lanes<backend>) {
                for (size_t i = 0; i < out_height; ++i)
                    kernels::conv_rows<backend, row, typename Context::epilogue>(
                        x + i * Stride.height * full_width, call.parameters[0], call.parameters[1],
                        call.output + n * output::size + i * out_width * filters);
                continue;
            }
            layout::each([&](auto block) INLAY_INLINE {
                for (size_t i = 0; i < out_height; ++i)
                    kernels::product<backend,
                                     kernels::product_shape{.rows = out_width,
                                                            .columns = block.width,
                                                            .outer = Kernel.height,
                                                            .inner = row_terms,
                                                            .a_row = Stride.width * channels,
                                                            .a_outer = full_width * channels,
                                                            .a_inner = 1,
                                                            .b_row = block.width,
                                                            .c_row = filters},
                                     kernels::start::bias>(
                        x + i * Stride.height * full_width * channels, call.parameters[0] + block.offset(),
                        call.parameters[1] + block.first,
                        call.output + n * output::size + i * out_width * filters + block.first,
                        kernels::store_with<typename Context::epilogue>{});
            });
        }
    }

    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        // dW[u, v, c, o] += Σ_{i, j} x[i·stride + u, j·stride + v, c] · dy[i, j, o]
        if constexpr (Context::gradients::trainable(0))
            for (size_t n = 0; n < Context::batch; ++n) {
                const Scalar* const x = pad(call.input + n * In::size, call.scratch);
                const Scalar* const dy = call.output_gradient + n * output::size;
                layout::each([&](auto block) INLAY_INLINE {
                    // A short row of the window fills no tile: then all its rows go together.
                    if constexpr (row_terms < 12 && terms <= 64)
                        kernels::product<backend,
                                         kernels::product_shape{.rows = terms,
                                                                .columns = block.width,
                                                                .outer = out_height,
                                                                .inner = out_width,
                                                                .a_row = 1,
                                                                .a_outer = Stride.height * full_width * channels,
                                                                .a_inner = Stride.width * channels,
                                                                .b_row = filters,
                                                                .c_row = block.width,
                                                                .block = row_terms,
                                                                .a_block = full_width * channels},
                                         start::accumulate>(x, dy + block.first, dy,
                                                            call.gradients[0] + block.offset());
                    else
                        for (size_t u = 0; u < Kernel.height; ++u)
                            kernels::product<backend,
                                             kernels::product_shape{.rows = row_terms,
                                                                    .columns = block.width,
                                                                    .outer = out_height,
                                                                    .inner = out_width,
                                                                    .a_row = 1,
                                                                    .a_outer = Stride.height * full_width * channels,
                                                                    .a_inner = Stride.width * channels,
                                                                    .b_row = filters,
                                                                    .c_row = block.width},
                                             start::accumulate>(x + u * full_width * channels, dy + block.first, dy,
                                                                call.gradients[0] + block.offset() +
                                                                    u * row_terms * block.width);
                });
            }
        // db[o] += Σ_{i, j} dy[i, j, o]
        if constexpr (Context::gradients::trainable(1))
            kernels::column_sums<backend, Context::batch * out_height * out_width, filters, start::accumulate>(
                call.output_gradient, call.gradients[1]);
        // dx[i·stride + u, j·stride + v, c] += Σ_o dy[i, j, o] · W[u, v, c, o]
        if constexpr (Context::input_gradient) {
            Scalar* const across = call.scratch; // W as [filters][terms]
            layout::template transpose<backend>(call.parameters[0], across);
            Scalar* const border = across + aligned_terms;
            for (size_t n = 0; n < Context::batch; ++n) {
                Scalar* const x = call.input_gradient + n * In::size;
                Scalar* const into = padded ? border : x;
                kernels::fill<padded ? full_size : In::size>(into, Scalar(0));
                // Windows overlap, but not those of one u and j in different rows: these go together.
                for (size_t u = 0; u < Kernel.height; ++u)
                    for (size_t j = 0; j < out_width; ++j) {
                        kernels::product<backend,
                                         kernels::product_shape{.rows = out_height,
                                                                .columns = row_terms,
                                                                .outer = 1,
                                                                .inner = filters,
                                                                .a_row = out_width * filters,
                                                                .a_outer = 0,
                                                                .a_inner = 1,
                                                                .b_row = terms,
                                                                .c_row = Stride.height * full_width * channels},
                                         start::accumulate>(call.output_gradient + n * output::size + j * filters,
                                                            across + u * row_terms, across,
                                                            into + (u * full_width + j * Stride.width) * channels);
                        if (!std::is_constant_evaluated()) kernels::compiler_barrier();
                    }
                if constexpr (padded)
                    for (size_t i = 0; i < height; ++i)
                        kernels::copy<width * channels>(x + i * width * channels,
                                                        border + ((i + Padding.height) * full_width + Padding.width) *
                                                                     channels);
            }
        }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
