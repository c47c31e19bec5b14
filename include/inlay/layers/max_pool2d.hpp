// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/layer.hpp>
#include <inlay/layers/window.hpp>

namespace inlay {

namespace detail {
template <class Scalar, class In, window Kernel, window Stride>
struct max_pool2d_on;
} // namespace detail

/// y[i, j, c] = max over the window x[i·stride + u, j·stride + v, c], as torch.nn.MaxPool2d without padding.
///
/// Shapes, channels last: x [height, width, channels], y [⌊(height − kernel)/stride⌋ + 1, …, channels]. The stride is the
/// kernel unless given. Among equal values the first takes the gradient. A NaN in a window is its maximum.
template <window Kernel, window Stride = Kernel>
struct max_pool2d {
    static constexpr auto name = "max_pool2d";

    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (In::rank != 3) return refuse<needs_an_image_of_height_width_channels>{};
        else if constexpr (Kernel.height == 0 || Kernel.width == 0 || Stride.height == 0 || Stride.width == 0)
            return refuse<extent_must_not_be_0>{};
        else if constexpr (Kernel.height > In::extent(0) || Kernel.width > In::extent(1))
            return refuse<kernel_larger_than_its_input, takes<Kernel.height, Kernel.width>>{};
        else
            return shape<(In::extent(0) - Kernel.height) / Stride.height + 1,
                         (In::extent(1) - Kernel.width) / Stride.width + 1, In::extent(2)>{};
    }
    template <class Scalar, class In>
    using on = detail::max_pool2d_on<Scalar, In, Kernel, Stride>;
};

template <class Scalar, class In, window Kernel, window Stride>
struct detail::max_pool2d_on : layer_on<Scalar, In, decltype(max_pool2d<Kernel, Stride>::output_shape(In{}))> {
    using output = decltype(max_pool2d<Kernel, Stride>::output_shape(In{}));
    static constexpr size_t width = In::extent(1), channels = In::extent(2);
    static constexpr bool backward_needs_output = true;
    /// Whether no element lies in two windows.
    static constexpr bool apart = Stride.height >= Kernel.height && Stride.width >= Kernel.width;

    // y = max x, channels in lanes
    template <class Context, class Epilogue, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        Scalar* y = call.output;
        for (size_t n = 0; n < Context::batch; ++n)
            for (size_t i = 0; i < output::extent(0); ++i)
                for (size_t j = 0; j < output::extent(1); ++j, y += channels) {
                    const Scalar* const x =
                        call.input + n * In::size + (i * Stride.height * width + j * Stride.width) * channels;
                    kernels::each_stretch<typename Context::target, Scalar, channels>([&](auto part) INLAY_INLINE {
                        auto most = part.load(x);
                        for (size_t u = 0; u < Kernel.height; ++u)
                            for (size_t v = 0; v < Kernel.width; ++v) {
                                const auto next = part.load(x + (u * width + v) * channels);
                                most = select(most >= next, most, select(most != most, most, next));
                            }
                        part.store(y, Epilogue::apply(most));
                    });
                }
    }

    // dx[first place where x = y] += dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient) {
            kernels::fill<Context::batch * In::size>(call.input_gradient, Scalar(0));
            size_t at = 0;
            for (size_t n = 0; n < Context::batch; ++n)
                for (size_t i = 0; i < output::extent(0); ++i)
                    for (size_t j = 0; j < output::extent(1); ++j, at += channels) {
                        const size_t corner = n * In::size + (i * Stride.height * width + j * Stride.width) * channels;
                        const Scalar *const x = call.input + corner, *const y = call.output + at,
                                            *const dy = call.output_gradient + at;
                        Scalar* const dx = call.input_gradient + corner;
                        kernels::each_stretch<typename Context::target, Scalar, channels>([&](auto part) INLAY_INLINE {
                            const auto most = part.load(y);
                            auto left = part.load(dy); // what no place has taken yet
                            const decltype(left) zero(Scalar(0));
                            for (size_t u = 0; u < Kernel.height; ++u)
                                for (size_t v = 0; v < Kernel.width; ++v) {
                                    const size_t place = (u * width + v) * channels;
                                    const auto seen = part.load(x + place);
                                    const auto taken = select(seen == most, left, select(seen != seen, left, zero));
                                    if constexpr (apart) part.store(dx + place, taken);
                                    else part.store(dx + place, part.load(dx + place) + taken);
                                    left = select(seen == most, zero, select(seen != seen, zero, left));
                                }
                        });
                    }
        }
    }
};

} // namespace inlay
