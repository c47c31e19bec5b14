// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/conv_rows.hpp>
#include <inlay/kernels/product.hpp>
#include <inlay/layers/layer.hpp>
#include <inlay/layers/panels.hpp>
#include <inlay/layers/window.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

// Options of convolutions, beside dilation.

template <size_t Count>
struct groups {};    ///< filters see only the channels of their group, as torch.nn.Conv2d's groups
struct reflect {};   ///< padding mirrors the input at its outermost elements: c b | a b c d | c b
struct replicate {}; ///< padding repeats the outermost elements: a a | a b c d | d d
struct circular {};  ///< padding goes on at the other end: c d | a b c d | a b

struct needs_channels_that_are_a_multiple_of_its_groups {}; ///< those in and those out
struct needs_a_padding_smaller_than_its_input {};           ///< `reflect`; `circular` takes one as large

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

/// A convolution with all its options, but for its channels; `pad` is counted in elements.
struct conv_geometry {
    window kernel, stride, dilation;
    padding pad;
    border outside = border::zeros;
    size_t groups = 1;
    bool bias = true;

    constexpr bool has_zero() const {
        return kernel.height == 0 || kernel.width == 0 || stride.height == 0 || stride.width == 0 ||
               dilation.height == 0 || dilation.width == 0 || groups == 0;
    }
    constexpr bool negative() const {
        return kernel.negative() || stride.negative() || dilation.negative() || pad.negative();
    }
    /// What an output sees, from its first element to its last.
    constexpr size_t reach_height() const { return (kernel.height - 1) * dilation.height + 1; }
    constexpr size_t reach_width() const { return (kernel.width - 1) * dilation.width + 1; }
    /// The same with `same` counted out for an input.
    constexpr conv_geometry on(size_t height, size_t width) const {
        conv_geometry all = *this;
        all.pad = pad.on(height, reach_height(), stride.height, width, reach_width(), stride.width);
        return all;
    }
    constexpr bool fits_border(size_t height, size_t width) const {
        const size_t first = pad.top > pad.bottom ? pad.top : pad.bottom,
                     second = pad.left > pad.right ? pad.left : pad.right;
        if (outside == border::reflect) return first < height && second < width;
        return outside != border::circular || (first <= height && second <= width);
    }
    constexpr bool operator==(const conv_geometry&) const = default;
};

template <class Option>
struct conv_option {
    static constexpr int kind = 0; // none
    static constexpr void set(conv_geometry&) {}
};
template <window Size>
struct conv_option<dilation<Size>> {
    static constexpr int kind = 1;
    static constexpr void set(conv_geometry& all) { all.dilation = Size; }
};
template <size_t Count>
struct conv_option<groups<Count>> {
    static constexpr int kind = 2;
    static constexpr void set(conv_geometry& all) { all.groups = Count; }
};
template <>
struct conv_option<without_bias> {
    static constexpr int kind = 4;
    static constexpr void set(conv_geometry& all) { all.bias = false; }
};
template <border Outside>
struct conv_border {
    static constexpr int kind = 8;
    static constexpr void set(conv_geometry& all) { all.outside = Outside; }
};
template <>
struct conv_option<reflect> : conv_border<border::reflect> {};
template <>
struct conv_option<replicate> : conv_border<border::replicate> {};
template <>
struct conv_option<circular> : conv_border<border::circular> {};

/// Whether each option is one, and at most one of each kind.
template <class... Options>
inline constexpr bool conv_options_valid = [] {
    [[maybe_unused]] int seen = 0;
    bool good = true;
    ((good = good && conv_option<Options>::kind > 0 && (seen & conv_option<Options>::kind) == 0,
      seen |= conv_option<Options>::kind),
     ...);
    return good;
}();

template <class... Options>
constexpr conv_geometry conv_geometry_of(window kernel, window stride, padding pad) {
    conv_geometry all{.kernel = kernel, .stride = stride, .dilation = window(1), .pad = pad};
    (conv_option<Options>::set(all), ...);
    return all;
}

/// The shape rule of conv2d, for an image [Height, Width, channels].
template <size_t Channels, conv_geometry G, size_t Height, size_t Width, size_t In>
constexpr auto conv2d_shape() {
    if constexpr (Channels == 0 || G.has_zero()) return refuse<extent_must_not_be_0>{};
    else if constexpr (G.negative()) return refuse<argument_must_not_be_negative>{};
    else if constexpr (In % G.groups != 0 || Channels % G.groups != 0)
        return refuse<needs_channels_that_are_a_multiple_of_its_groups, takes<G.groups>>{};
    else if constexpr (G.pad.how == padding::rule::same && !(G.stride == window(1)))
        return refuse<needs_a_stride_of_1_or_tensorflow_same>{};
    else {
        constexpr conv_geometry g = G.on(Height, Width);
        constexpr size_t height = Height + g.pad.top + g.pad.bottom, width = Width + g.pad.left + g.pad.right;
        if constexpr (g.reach_height() > height || g.reach_width() > width)
            return refuse<kernel_larger_than_its_input, takes<g.reach_height(), g.reach_width()>>{};
        else if constexpr (!g.fits_border(Height, Width)) return refuse<needs_a_padding_smaller_than_its_input>{};
        else
            return shape<(height - g.reach_height()) / g.stride.height + 1,
                         (width - g.reach_width()) / g.stride.width + 1, Channels>{};
    }
}

/// The options but for without_bias: the form of a convolution that can shift its outputs.
template <class... Options>
struct conv_options {
    template <class... Kept>
    struct keep {
        template <class Option>
        using next = std::conditional_t<std::is_same_v<Option, without_bias>, keep, keep<Kept..., Option>>;
        template <template <class...> class To>
        using into = To<Kept...>;
    };
    template <class Kept, class... Rest>
    struct after {
        using type = Kept;
    };
    template <class Kept, class First, class... Rest>
    struct after<Kept, First, Rest...> : after<typename Kept::template next<First>, Rest...> {};
    template <template <class...> class To>
    using with_bias = typename after<keep<>, Options...>::type::template into<To>;
};

template <class Scalar, class In, size_t Channels, conv_geometry G>
struct conv2d_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// 2-d cross-correlation, as torch.nn.Conv2d:
///
///     y[i, j, o] = b[o] + Σ_{u, v, c} W[o, c, u, v] · x[i·stride + u·dilation − padding, j·stride + v·dilation − padding, c]
///
/// x is zero outside. Shapes, channels last: x [height, width, channels in], y [⌊(height + 2·padding −
/// dilation·(kernel − 1) − 1)/stride⌋ + 1, …, channels]. The arguments stand in PyTorch's order; each is one number or
/// `window{height, width}`. The padding may also be `padding::same`, `padding::tensorflow_same`, or `padding{left, right, top, bottom}`.
/// Tensors `weight` [channels, channels in/groups, kernel height, kernel width] and `bias` [channels], both
/// uniform(±1/√(channels in/groups · kernel height · kernel width)) at the start.
///
/// Options, in any order: `dilation<2>`, `groups<4>` (as many as there are channels: depthwise), `without_bias`, and what
/// stands outside in place of zeros: `reflect`, `replicate` or `circular`.
template <size_t Channels, window Kernel, window Stride = 1, padding Padding = 0, class... Options>
struct conv2d {
    static constexpr auto name = "conv2d";
    static constexpr detail::conv_geometry geometry = detail::conv_geometry_of<Options...>(Kernel, Stride, Padding);
    template <class... Kept>
    using with_options = conv2d<Channels, Kernel, Stride, Padding, Kept...>;
    using with_scale = typename detail::conv_options<Options...>::template with_bias<with_options>;

    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (!detail::conv_options_valid<Options...>) return refuse<has_an_option_that_is_none>{};
        else if constexpr (In::rank != 3) return refuse<needs_an_image_of_height_width_channels>{};
        else return detail::conv2d_shape<Channels, geometry, In::extent(0), In::extent(1), In::extent(2)>();
    }
    template <class Scalar, class In>
    using on = detail::conv2d_on<Scalar, In, Channels, geometry.on(In::extent(0), In::extent(1))>;
};

template <class Scalar, class In, size_t Channels, detail::conv_geometry G>
struct detail::conv2d_on
    : layer_on<Scalar, In, decltype(conv2d_shape<Channels, G, In::extent(0), In::extent(1), In::extent(2)>())> {
    using output = decltype(conv2d_shape<Channels, G, In::extent(0), In::extent(1), In::extent(2)>());
    static constexpr window kernel = G.kernel, stride = G.stride;
    static constexpr size_t height = In::extent(0), width = In::extent(1), channels = In::extent(2);
    static constexpr size_t out_height = output::extent(0), out_width = output::extent(1), filters = Channels;
    static constexpr size_t groups = G.groups, group_channels = channels / groups, group_filters = filters / groups;
    static constexpr size_t terms = kernel.height * kernel.width * group_channels; // of each sum
    static constexpr size_t row_terms = kernel.width * group_channels;
    static constexpr size_t macs = out_height * out_width * filters * terms;
    static constexpr layer_traits traits{.takes_epilogue = true};
    /// Whether a row of the window lies in neighbours of memory, so that the window is one sum; else it is one of rows.
    static constexpr bool neighbours = groups == 1 && (G.dilation.width == 1 || kernel.width == 1);
    /// Whether each filter sees a channel of its own.
    static constexpr bool depthwise = groups > 1 && group_channels == 1 && group_filters == 1;

    static constexpr auto tensors = [] {
        constexpr size_t fan_out = filters * kernel.height * kernel.width;
        constexpr auto weight = tensor_spec::of("weight", filters, group_channels, kernel.height, kernel.width)
                                    .with_fans(terms, fan_out, terms);
        if constexpr (G.bias)
            return std::array{weight, tensor_spec::of("bias", filters).with_fans(terms, fan_out, terms)};
        else return std::array{weight};
    }();

    // Weights are stored as [kernel height][kernel width][channels in] × panels of filters, one group after the other; those of a
    // depthwise convolution as [kernel height][kernel width][channels]. Files see [out][in][height][width].
    template <size_t, size_t Panel>
    struct strips {
        static constexpr size_t width = kernels::strip_width<Scalar>(1, Panel);
    };
    using layout = panels<terms, group_filters, strips>;
    static constexpr size_t group_weights = terms * group_filters;
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        if (tensor == 1) return index;
        const size_t v = index % kernel.width, u = index / kernel.width % kernel.height;
        const size_t c = index / (kernel.width * kernel.height) % group_channels, o = index / terms;
        if constexpr (depthwise) return (u * kernel.width + v) * channels + o;
        else
            return o / group_filters * group_weights +
                   layout::offset((u * kernel.width + v) * group_channels + c, o % group_filters);
    }

    static constexpr void scale_outputs(const std::array<Scalar*, 2>& to, const double* scale, const double* shift) {
        scale_rows<conv2d_on>(to, scale, shift);
    }

    // The input with what stands around it; without padding it is the input itself.
    static constexpr bool padded = !G.pad.none();
    static constexpr size_t full_height = height + G.pad.top + G.pad.bottom;
    static constexpr size_t full_width = width + G.pad.left + G.pad.right, full_row = full_width * channels;
    static constexpr size_t full_size = padded ? full_height * full_row : 0;
    static constexpr size_t aligned_terms = depthwise ? 0 : round_up(terms * filters, 16);
    static constexpr size_t inside = (G.pad.top * full_width + G.pad.left) * channels; // where the input starts

    static constexpr size_t forward_scratch(size_t, bool) {
        return depthwise && row_by_row ? kept_rows * kept_row + zero_row : full_size;
    }
    static constexpr size_t backward_scratch(size_t) { return aligned_terms + full_size; }

    static constexpr const Scalar* pad(const Scalar* x, Scalar* to) {
        if constexpr (!padded) return x;
        else if constexpr (G.outside == border::zeros) {
            // What stands right of a row and left of the next one is one piece.
            constexpr size_t between = (G.pad.left + G.pad.right) * channels, in_row = width * channels;
            kernels::fill<inside>(to, Scalar(0));
            for (size_t i = 0; i + 1 < height; ++i) {
                kernels::copy<in_row>(to + inside + i * full_row, x + i * in_row);
                kernels::fill<between>(to + inside + i * full_row + in_row, Scalar(0));
            }
            constexpr size_t last = inside + (height - 1) * full_row;
            kernels::copy<in_row>(to + last, x + (height - 1) * in_row);
            kernels::fill<full_size - last - in_row>(to + last + in_row, Scalar(0));
            return to;
        } else {
            each_padded([&](size_t at, size_t from) { kernels::copy<channels>(to + at, x + from); });
            return to;
        }
    }
    /// The gradient of x from that of its padded form.
    static constexpr void unpad(const Scalar* full, Scalar* dx) {
        if constexpr (G.outside == border::zeros)
            for (size_t i = 0; i < height; ++i)
                kernels::copy<width * channels>(dx + i * width * channels, full + inside + i * full_row);
        else {
            kernels::fill<In::size>(dx, Scalar(0));
            each_padded([&](size_t at, size_t from) {
                for (size_t c = 0; c < channels; ++c) dx[from + c] += full[at + c];
            });
        }
    }
    /// Calls `body(at, from)` for every pixel of the padded input and the one of the input that stands there.
    template <class Body>
    static constexpr void each_padded(Body&& body) {
        for (size_t i = 0; i < full_height; ++i)
            for (size_t j = 0; j < full_width; ++j)
                body(i * full_row + j * channels, (element_at(G.outside, i, G.pad.top, height) * width +
                                                   element_at(G.outside, j, G.pad.left, width)) *
                                                      channels);
    }

    // Where one channel and few filters leave lanes empty, neighbouring positions fill them.
    static constexpr kernels::correlation row{.positions = out_width,
                                              .filters = filters,
                                              .height = kernel.height,
                                              .width = kernel.width,
                                              .x_row = full_width};
    template <class Backend>
    static constexpr bool
        positions_in_lanes = channels == 1 && stride.width == 1 && G.bias&& G.dilation == window(1) &&
                             filters < layout::width&& kernels::prefers_positions_in_lanes<Backend, Scalar>(row);

    /// The bias, or where there is none anything.
    template <class Call>
    static INLAY_INLINE constexpr const Scalar* bias_of(const Call& call) {
        return call.parameters[G.bias ? 1 : 0];
    }
    static constexpr kernels::start begin = G.bias ? kernels::start::bias : kernels::start::zero;

    // y = b + W ∗ x, one row of outputs at a time: its positions are the rows of a product
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        for (size_t n = 0; n < Context::batch; ++n) {
            Scalar* const y = call.output + n * output::size;
            const Scalar* x = call.input + n * In::size;
            if constexpr (!depthwise) x = pad(x, call.scratch);
            if constexpr (depthwise) depthwise_forward<backend, typename Context::epilogue>(call, x, y);
            else if constexpr (!neighbours) forward_by_rows<backend, typename Context::epilogue>(call, x, y);
            else if constexpr (positions_in_lanes<backend>) {
                for (size_t i = 0; i < out_height; ++i)
                    kernels::conv_rows<backend, row, typename Context::epilogue>(x + i * stride.height * full_width,
                                                                                 call.parameters[0], call.parameters[1],
                                                                                 y + i * out_width * filters);
            } else
                layout::each([&](auto block) INLAY_INLINE {
                    for (size_t i = 0; i < out_height / rows_together; ++i)
                        kernels::product<backend,
                                         kernels::product_shape{.rows = out_width * rows_together,
                                                                .columns = block.width,
                                                                .outer = kernel.height,
                                                                .inner = row_terms,
                                                                .a_row = stride.width * channels,
                                                                .a_outer = G.dilation.height * full_row,
                                                                .a_inner = 1,
                                                                .b_row = block.width,
                                                                .c_row = filters},
                                         begin>(x + i * stride.height * full_row, call.parameters[0] + block.offset(),
                                                bias_of(call) + block.first, y + i * out_width * filters + block.first,
                                                kernels::store_with<typename Context::epilogue>{});
                });
        }
    }

    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        // dW[u, v, c, o] += Σ_{i, j} x[i·stride + u·dilation, j·stride + v·dilation, c] · dy[i, j, o]
        if constexpr (Context::gradients::trainable(0))
            for (size_t n = 0; n < Context::batch; ++n) {
                const Scalar* const x = pad(call.input + n * In::size, call.scratch);
                const Scalar* const dy = call.output_gradient + n * output::size;
                if constexpr (depthwise) depthwise_weight_gradient<backend>(x, dy, call.gradients[0]);
                else if constexpr (!neighbours) weight_gradient_by_pixels<backend>(x, dy, call.gradients[0]);
                else
                    layout::each([&](auto block) INLAY_INLINE {
                        // A short row of the window fills no tile: then all its rows go together.
                        if constexpr (row_terms < 12 && terms <= 64)
                            kernels::product<backend,
                                             kernels::product_shape{.rows = terms,
                                                                    .columns = block.width,
                                                                    .outer = out_height,
                                                                    .inner = out_width,
                                                                    .a_row = 1,
                                                                    .a_outer = stride.height * full_row,
                                                                    .a_inner = stride.width * channels,
                                                                    .b_row = filters,
                                                                    .c_row = block.width,
                                                                    .block = row_terms,
                                                                    .a_block = G.dilation.height * full_row},
                                             start::accumulate>(x, dy + block.first, dy,
                                                                call.gradients[0] + block.offset());
                        else
                            for (size_t u = 0; u < kernel.height; ++u)
                                kernels::product<backend,
                                                 kernels::product_shape{.rows = row_terms,
                                                                        .columns = block.width,
                                                                        .outer = out_height,
                                                                        .inner = out_width,
                                                                        .a_row = 1,
                                                                        .a_outer = stride.height * full_row,
                                                                        .a_inner = stride.width * channels,
                                                                        .b_row = filters,
                                                                        .c_row = block.width},
                                                 start::accumulate>(
                                    x + u * G.dilation.height * full_row, dy + block.first, dy,
                                    call.gradients[0] + block.offset() + u * row_terms * block.width);
                    });
            }
        // db[o] += Σ_{i, j} dy[i, j, o]
        if constexpr (G.bias) {
            if constexpr (Context::gradients::trainable(1))
                kernels::column_sums<backend, Context::batch * out_height * out_width, filters, start::accumulate>(
                    call.output_gradient, call.gradients[1]);
        }
        // dx[i·stride + u·dilation, j·stride + v·dilation, c] += Σ_o dy[i, j, o] · W[u, v, c, o]
        if constexpr (Context::input_gradient) {
            Scalar* const across = call.scratch; // W as [filters][terms]
            if constexpr (!depthwise)
                for (size_t g = 0; g < groups; ++g)
                    layout::template transpose<backend>(call.parameters[0] + g * group_weights,
                                                        across + g * group_weights);
            Scalar* const full = across + aligned_terms;
            for (size_t n = 0; n < Context::batch; ++n) {
                Scalar* const x = call.input_gradient + n * In::size;
                const Scalar* const dy = call.output_gradient + n * output::size;
                Scalar* const into = padded ? full : x;
                kernels::fill<padded ? full_size : In::size>(into, Scalar(0));
                if constexpr (depthwise) depthwise_input_gradient<backend>(dy, call.parameters[0], into);
                else if constexpr (!neighbours) input_gradient_by_pixels<backend>(dy, across, into);
                else
                    // Windows overlap, but not those of one u and j in different rows: these go together.
                    for (size_t u = 0; u < kernel.height; ++u)
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
                                                                    .c_row = stride.height * full_row},
                                             start::accumulate>(dy + j * filters, across + u * row_terms, across,
                                                                into + u * G.dilation.height * full_row +
                                                                    j * stride.width * channels);
                            if (!std::is_constant_evaluated()) kernels::compiler_barrier();
                        }
                if constexpr (padded) unpad(full, x);
            }
        }
    }

  private:
    /// Rows of the output that one product takes: all, where its positions lie in neighbours of memory as a 1 × 1
    /// convolution's do.
    static constexpr size_t rows_together =
        kernel == window(1) && stride == window(1) && !padded && channels > 1 ? out_height : 1;

    // ---- Groups, and windows with gaps: sums go on in memory from row to row of the window, in the same order --------------

    template <class Backend, class Epilogue, class Call>
    static INLAY_INLINE constexpr void forward_by_rows(const Call& call, const Scalar* x, Scalar* y) {
        using kernels::start;
        for (size_t g = 0; g < groups; ++g)
            layout::each([&](auto block) INLAY_INLINE {
                const Scalar* const w = call.parameters[0] + g * group_weights + block.offset();
                const size_t first = g * group_filters + block.first;
                constexpr kernels::product_shape one_row{.rows = out_width,
                                                         .columns = block.width,
                                                         .outer = kernel.width,
                                                         .inner = group_channels,
                                                         .a_row = stride.width * channels,
                                                         .a_outer = G.dilation.width * channels,
                                                         .a_inner = 1,
                                                         .b_row = block.width,
                                                         .c_row = filters};
                const auto step = [&]<start Start>(size_t i, size_t u, auto sink) INLAY_INLINE {
                    kernels::product<Backend, one_row, Start>(
                        x + (i * stride.height + u * G.dilation.height) * full_row + g * group_channels,
                        w + u * row_terms * block.width, bias_of(call) + first, y + i * out_width * filters + first,
                        sink);
                };
                constexpr kernels::store_with<Epilogue> finish{};
                constexpr kernels::store_with<kernels::identity> go_on{};
                for (size_t i = 0; i < out_height; ++i) {
                    if constexpr (kernel.height == 1) step.template operator()<begin>(i, 0, finish);
                    else {
                        step.template operator()<begin>(i, 0, go_on);
                        for (size_t u = 1; u + 1 < kernel.height; ++u)
                            step.template operator()<start::accumulate>(i, u, go_on);
                        step.template operator()<start::accumulate>(i, kernel.height - 1, finish);
                    }
                }
            });
    }
    /// Where pixel u, v of the window of the first output lies, channels of group g.
    static constexpr size_t pixel(size_t g, size_t u, size_t v) {
        return u * G.dilation.height * full_row + v * G.dilation.width * channels + g * group_channels;
    }
    template <class Backend>
    static constexpr void weight_gradient_by_pixels(const Scalar* x, const Scalar* dy, Scalar* dw) {
        for (size_t g = 0; g < groups; ++g)
            layout::each([&](auto block) INLAY_INLINE {
                for (size_t u = 0; u < kernel.height; ++u)
                    for (size_t v = 0; v < kernel.width; ++v)
                        kernels::product<Backend,
                                         kernels::product_shape{.rows = group_channels,
                                                                .columns = block.width,
                                                                .outer = out_height,
                                                                .inner = out_width,
                                                                .a_row = 1,
                                                                .a_outer = stride.height * full_row,
                                                                .a_inner = stride.width * channels,
                                                                .b_row = filters,
                                                                .c_row = block.width},
                                         kernels::start::accumulate>(
                            x + pixel(g, u, v), dy + g * group_filters + block.first, dy,
                            dw + g * group_weights + block.offset() +
                                (u * kernel.width + v) * group_channels * block.width);
            });
    }
    // The pixels of different outputs under one u and v do not overlap.
    template <class Backend>
    static constexpr void input_gradient_by_pixels(const Scalar* dy, const Scalar* across, Scalar* into) {
        for (size_t g = 0; g < groups; ++g)
            for (size_t u = 0; u < kernel.height; ++u)
                for (size_t v = 0; v < kernel.width; ++v)
                    for (size_t i = 0; i < out_height; ++i)
                        kernels::product<Backend,
                                         kernels::product_shape{.rows = out_width,
                                                                .columns = group_channels,
                                                                .outer = 1,
                                                                .inner = group_filters,
                                                                .a_row = filters,
                                                                .a_outer = 0,
                                                                .a_inner = 1,
                                                                .b_row = terms,
                                                                .c_row = stride.width * channels},
                                         kernels::start::accumulate>(
                            dy + i * out_width * filters + g * group_filters,
                            across + g * group_weights + (u * kernel.width + v) * group_channels, across,
                            into + i * stride.height * full_row + pixel(g, u, v));
    }

    // ---- Depthwise: channels in lanes, as many outputs at a time as hide the latency of a sum ------------------------------

    template <class Backend>
    static constexpr size_t together = Backend::template sums_in_strips<Scalar> ? 1
                                       : out_width < 8                          ? out_width
                                                                                : 8;

    // Small images are padded as a whole. Others go from row to row of outputs, and keep no more padded rows than a window
    // has; if that saves more than it costs, only the columns of those windows that look over the edge: outputs [within,
    // beyond) of a row see columns of the input only and are read where they are, and a row of zeros stands for rows outside.
    static constexpr bool row_by_row = padded && G.reach_height() < full_height && out_height * out_width > 36;
    static constexpr size_t first_within = (G.pad.left + stride.width - 1) / stride.width,
                            first_beyond = width + G.pad.left < G.reach_width()
                                               ? 0
                                               : (width + G.pad.left - G.reach_width()) / stride.width + 1;
    static constexpr bool reads_input = first_beyond >= first_within + 4 && stride.height * width >= 16;
    static constexpr size_t within = reads_input ? first_within : out_width,
                            beyond = !reads_input || first_beyond > out_width ? out_width : first_beyond;
    static constexpr size_t columns_of(size_t outputs) {
        return outputs == 0 ? 0 : (outputs - 1) * stride.width + G.reach_width();
    }
    static constexpr size_t kept_left = columns_of(within), kept_right = columns_of(out_width - beyond);
    static constexpr size_t kept_row = (kept_left + kept_right) * channels, kept_rows = G.reach_height(),
                            zero_row = reads_input && G.outside == border::zeros && G.pad.top + G.pad.bottom > 0
                                           ? width *channels
                                           : 0;

    /// Columns [First, First + Count) of the padded input, and which of them are the input's.
    template <size_t First, size_t Count>
    struct kept_part {
        static constexpr size_t begin = First > G.pad.left ? First : G.pad.left,
                                most = G.pad.left + width < First + Count ? G.pad.left + width : First + Count,
                                end = most > begin ? most : begin;
        static constexpr size_t before = begin < First + Count ? begin - First : Count,
                                after = end < First + Count ? First + Count - end : 0, size = end - begin;

        static constexpr void clear(Scalar* to) {
            kernels::fill<before * channels>(to, Scalar(0));
            if constexpr (size > 0) kernels::fill<after * channels>(to + (before + size) * channels, Scalar(0));
        }
        /// Puts what row `i` of the padded input has there; zeros are there already.
        static constexpr void put(const Scalar* x, size_t i, Scalar* to) {
            const size_t from = element_at(G.outside, i, G.pad.top, height);
            if constexpr (G.outside != border::zeros)
                for (size_t j = 0; j < Count; ++j)
                    kernels::copy<channels>(to + j * channels,
                                            x + (from * width + element_at(G.outside, First + j, G.pad.left, width)) *
                                                    channels);
            else if constexpr (size > 0) {
                if (from == height) kernels::fill<size * channels>(to + before * channels, Scalar(0));
                else
                    kernels::copy<size * channels>(to + before * channels,
                                                   x + (from * width + begin - G.pad.left) * channels);
            }
        }
    };
    using left_part = kept_part<0, kept_left>;
    using right_part = kept_part<beyond * stride.width, kept_right>;

    /// The rows of the input that the windows of a row of outputs see.
    struct window_rows {
        const Scalar* at[kernel.height];
    };

    // y[i, j, c] = b[c] + Σ_{u, v} W[c, u, v] · x[i·stride + u·dilation, j·stride + v·dilation, c]
    template <class Backend, class Epilogue, class Call>
    static INLAY_INLINE constexpr void depthwise_forward(const Call& call, const Scalar* input, Scalar* y) {
        if constexpr (row_by_row) depthwise_by_rows<Backend, Epilogue>(call, input, y);
        else {
            const Scalar* const x = pad(input, call.scratch);
            each_depthwise_chunk<Backend>([&](auto part) INLAY_INLINE {
                for (size_t i = 0; i < out_height; ++i) {
                    window_rows rows{};
                    for (size_t u = 0; u < kernel.height; ++u)
                        rows.at[u] = x + (i * stride.height + u * G.dilation.height) * full_row;
                    depthwise_row<Backend, Epilogue, 0, out_width, 0>(part, call, rows, 0,
                                                                      y + i * out_width * channels);
                }
            });
        }
    }
    template <class Backend, class Epilogue, class Call>
    static INLAY_INLINE constexpr void depthwise_by_rows(const Call& call, const Scalar* x, Scalar* y) {
        Scalar *const kept = call.scratch, *const zeros = kept + kept_rows * kept_row;
        if constexpr (G.outside == border::zeros) {
            for (size_t i = 0; i < kept_rows; ++i) {
                left_part::clear(kept + i * kept_row);
                right_part::clear(kept + i * kept_row + kept_left * channels);
            }
            kernels::fill<zero_row>(zeros, Scalar(0));
        }
        for (size_t i = 0, next = 0; i < out_height; ++i) {
            const size_t top = i * stride.height;
            if (next < top) next = top; // rows between windows are passed over
            for (; next < top + G.reach_height(); ++next) {
                Scalar* const to = kept + next % kept_rows * kept_row;
                left_part::put(x, next, to);
                right_part::put(x, next, to + kept_left * channels);
            }
            window_rows within_input{}, at_sides{};
            for (size_t u = 0; u < kernel.height; ++u) {
                const size_t seen = top + u * G.dilation.height, from = element_at(G.outside, seen, G.pad.top, height);
                if constexpr (reads_input)
                    within_input.at[u] = zero_row > 0 && from == height ? zeros : x + from * width * channels;
                at_sides.at[u] = kept + seen % kept_rows * kept_row;
            }
            Scalar* const to = y + i * out_width * channels;
            each_depthwise_chunk<Backend>([&](auto part) INLAY_INLINE {
                if constexpr (within > 0) depthwise_row<Backend, Epilogue, 0, within, 0>(part, call, at_sides, 0, to);
                if constexpr (reads_input)
                    depthwise_row<Backend, Epilogue, within, beyond, G.pad.left>(part, call, within_input, 0, to);
                if constexpr (beyond < out_width)
                    depthwise_row<Backend, Epilogue, beyond, out_width, beyond * stride.width>(part, call, at_sides,
                                                                                               kept_left, to);
            });
        }
    }
    /// each_chunk of channels, whose bodies do not follow one after the other in code: they are long.
    template <class Backend, class Body>
    static INLAY_INLINE constexpr void each_depthwise_chunk(Body body) {
        using plan = kernels::lane_plan<Backend, Scalar, channels>;
        if constexpr (plan::full > 1) {
            for (size_t c = 0; c < plan::full * plan::lanes; c += plan::lanes)
                body(kernels::chunk<Scalar, plan::lanes, plan::lanes>{c});
            if constexpr (plan::tail_used > 0)
                body(kernels::chunk<Scalar, plan::tail_lanes, plan::tail_used>{plan::full * plan::lanes});
        } else kernels::each_chunk<Backend, Scalar, channels>(body);
    }
    /// Some channels of outputs [First, Last) of a row. Column `Origin` of the padded input is column `shift` of `rows`.
    template <class Backend, class Epilogue, size_t First, size_t Last, size_t Origin, class Part, class Call>
    static INLAY_INLINE constexpr void depthwise_row(Part part, const Call& call, const window_rows& rows, size_t shift,
                                                     Scalar* y) {
        using V = decltype(part.load(y));
        V first(Scalar(0));
        if constexpr (G.bias) first = part.load(call.parameters[1]);
        const auto outputs = [&]<size_t Count>(size_t j) INLAY_INLINE {
            V sums[Count];
            for (V& sum : sums) sum = first;
            const auto add = [&](size_t u, size_t v) INLAY_INLINE {
                const V weight = part.load(call.parameters[0] + (u * kernel.width + v) * channels);
                const Scalar* const at =
                    rows.at[u] + (j * stride.width - Origin + shift + v * G.dilation.width) * channels;
                kernels::unroll<Count>([&](auto k) INLAY_INLINE {
                    sums[k] = fma(part.load(at + k * stride.width * channels), weight, sums[k]);
                });
            };
            if constexpr (together<Backend> == 1 || kernel.height * kernel.width > 25) {
                for (size_t u = 0; u < kernel.height; ++u)
                    for (size_t v = 0; v < kernel.width; ++v) add(u, v);
            } else
                kernels::unroll<kernel.height * kernel.width>(
                    [&](auto uv) INLAY_INLINE { add(uv / kernel.width, uv % kernel.width); });
            kernels::unroll<Count>([&](auto k)
                                       INLAY_INLINE { part.store(y + (j + k) * channels, Epilogue::apply(sums[k])); });
        };
        constexpr size_t count = Last - First, most = together<Backend> < count ? together<Backend> : count,
                         rest = count % most;
        for (size_t j = First; j + most <= Last; j += most) outputs.template operator()<most>(j);
        if constexpr (rest > 0) outputs.template operator()<rest>(Last - rest);
    }
    // dW[u, v, c] += Σ_{i, j} x[i·stride + u·dilation, j·stride + v·dilation, c] · dy[i, j, c], up to 8 v together
    template <class Backend>
    static constexpr void depthwise_weight_gradient(const Scalar* x, const Scalar* dy, Scalar* dw) {
        kernels::each_chunk<Backend, Scalar, channels>([&](auto part) INLAY_INLINE {
            using V = decltype(part.load(x));
            const auto weights = [&]<size_t Count>(size_t u, size_t v) INLAY_INLINE {
                Scalar* const to = dw + (u * kernel.width + v) * channels;
                V sums[Count];
                kernels::unroll<Count>([&](auto k) INLAY_INLINE { sums[k] = part.load(to + k * channels); });
                for (size_t i = 0; i < out_height; ++i)
                    for (size_t j = 0; j < out_width; ++j) {
                        const Scalar* const at =
                            x + (i * stride.height * full_row + j * stride.width * channels) + pixel(0, u, v);
                        const V slope = part.load(dy + (i * out_width + j) * channels);
                        kernels::unroll<Count>([&](auto k) INLAY_INLINE {
                            sums[k] = fma(part.load(at + k * G.dilation.width * channels), slope, sums[k]);
                        });
                    }
                kernels::unroll<Count>([&](auto k) INLAY_INLINE { part.store(to + k * channels, sums[k]); });
            };
            constexpr size_t most = kernel.width < 8 ? kernel.width : 8, rest = kernel.width % most;
            for (size_t u = 0; u < kernel.height; ++u) {
                for (size_t v = 0; v + most <= kernel.width; v += most) weights.template operator()<most>(u, v);
                if constexpr (rest > 0) weights.template operator()<rest>(u, kernel.width - rest);
            }
        });
    }
    // dx[i·stride + u·dilation, j·stride + v·dilation, c] += dy[i, j, c] · W[c, u, v]
    template <class Backend>
    static constexpr void depthwise_input_gradient(const Scalar* dy, const Scalar* w, Scalar* into) {
        kernels::each_chunk<Backend, Scalar, channels>([&](auto part) INLAY_INLINE {
            for (size_t u = 0; u < kernel.height; ++u)
                for (size_t v = 0; v < kernel.width; ++v) {
                    const auto weight = part.load(w + (u * kernel.width + v) * channels);
                    for (size_t i = 0; i < out_height; ++i)
                        for (size_t j = 0; j < out_width; ++j) {
                            Scalar* const to =
                                into + (i * stride.height * full_row + j * stride.width * channels) + pixel(0, u, v);
                            part.store(to, fma(part.load(dy + (i * out_width + j) * channels), weight, part.load(to)));
                        }
                }
        });
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
