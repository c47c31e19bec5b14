// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The maximum of windows of sequences, of windows that share the input evenly, and of everything.
#pragma once

#include <inlay/layers/max_pool2d.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

/// y[t, c] = max over the window x[t·stride + k·dilation − padding, c], as torch.nn.MaxPool1d: max_pool2d of a sequence.
///
/// Shapes: x [time, channels], y [⌊(time + 2·padding − dilation·(kernel − 1) − 1)/stride⌋ + 1, channels]. The padding is a
/// number, `padding{left, right}`, `same` or `tensorflow_same`, at most half the kernel. Options as max_pool2d's:
/// `dilation<2>`, `ceil_mode`.
template <size_t Kernel, size_t Stride = Kernel, padding Padding = 0, class... Options>
struct max_pool1d {
    static constexpr auto name = "max_pool1d";
    static constexpr detail::pool_geometry geometry = detail::pool_geometry_of<detail::max_pool_option, Options...>(
        window::row(Kernel), window::row(Stride), Padding.of_row());

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (!detail::pool_options_valid<detail::max_pool_option, Options...>)
            return refuse<has_an_option_that_is_none>{};
        else if constexpr (In::rank != 2) return refuse<needs_a_sequence_of_time_features>{};
        else return detail::pool_shape<geometry>(in);
    }
    template <class Scalar, class In>
    using on = detail::max_pool_on<Scalar, In, decltype(output_shape(In{})), geometry.on(1, In::extent(0))>;
};

/// The maxima of Size windows that share an image evenly, as torch.nn.AdaptiveMaxPool2d: window i has the rows from
/// ⌊i·height/size⌋ to ⌈(i + 1)·height/size⌉. Shapes: x [height, width, channels], y [size, size, channels]; Size is a
/// number or `window{height, width}`, no larger than x.
template <window Size>
struct adaptive_max_pool2d : detail::adaptive_rule<3, Size> {
    static constexpr auto name = "adaptive_max_pool2d";
    template <class Scalar, class In>
    using on = detail::max_pool_on<Scalar, In, decltype(adaptive_max_pool2d::output_shape(In{})),
                                   adaptive_max_pool2d::template axes<In>>;
};

/// The same of a sequence, as torch.nn.AdaptiveMaxPool1d: x [time, channels], y [size, channels].
template <size_t Size>
struct adaptive_max_pool1d : detail::adaptive_rule<2, window::row(Size)> {
    static constexpr auto name = "adaptive_max_pool1d";
    template <class Scalar, class In>
    using on = detail::max_pool_on<Scalar, In, decltype(adaptive_max_pool1d::output_shape(In{})),
                                   adaptive_max_pool1d::template axes<In>>;
};

/// The maximum of each channel, as Keras' GlobalMaxPooling: x [time, channels] or [height, width, channels], y [channels].
struct global_max_pool : detail::global_rule {
    static constexpr auto name = "global_max_pool";
    template <class Scalar, class In>
    using on = detail::max_pool_on<Scalar, In, shape<In::last>, axes<In>>;
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
