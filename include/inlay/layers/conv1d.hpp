// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/conv2d.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
/// A window on a sequence, which is an image of one row: what it says of columns.
template <class... Options>
constexpr conv_geometry conv_geometry_of_row(window kernel, window stride, padding pad) {
    conv_geometry all = conv_geometry_of<Options...>(kernel, stride, pad.of_row());
    all.dilation.height = 1;
    return all;
}

/// What an image of one row gives, or is refused for, as that of a sequence.
template <size_t Time, size_t Channels>
constexpr auto without_rows(shape<1, Time, Channels>) {
    return shape<Time, Channels>{};
}
template <class Why, size_t Rows, size_t Time>
constexpr auto without_rows(refuse<Why, takes<Rows, Time>>) {
    return refuse<Why, takes<Time>>{};
}
template <class Other>
constexpr auto without_rows(Other refused) {
    return refused;
}

/// The form of a convolution of an image of one row as that of a sequence In: its weight has no extent for rows.
template <class Image, class In>
struct on_one_row : Image {
    using input = In;
    using output = decltype(without_rows(typename Image::output{}));

    static constexpr layer_traits traits = [] {
        layer_traits all = Image::traits;
        all.needs_whole_sequence = true;
        return all;
    }();
    static constexpr auto tensors = [] {
        auto all = Image::tensors;
        all[0].extents = {all[0].extents[0], all[0].extents[1], all[0].extents[3]};
        all[0].rank = 3;
        return all;
    }();
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// 1-d cross-correlation over a whole sequence, as torch.nn.Conv1d:
///
///     y[t, o] = b[o] + Σ_{k, c} W[o, c, k] · x[t·stride + k·dilation − padding, c]
///
/// x is zero outside. Shapes, channels last: x [time, channels in], y [⌊(time + 2·padding − dilation·(kernel − 1) −
/// 1)/stride⌋ + 1, channels]. The arguments stand in PyTorch's order. The padding is a number, `padding{left, right}`,
/// `padding::same` or `padding::tensorflow_same`; options are those of conv2d. Tensors `weight` [channels, channels in/groups, kernel] and
/// `bias` [channels], both uniform(±1/√(channels in/groups · kernel)) at the start.
///
/// An output sees later steps, so that `net(x, state)` is refused; `causal_conv1d` sees earlier ones, and streams.
template <size_t Channels, size_t Kernel, size_t Stride = 1, padding Padding = 0, class... Options>
struct conv1d {
    static constexpr auto name = "conv1d";
    static constexpr detail::conv_geometry geometry =
        detail::conv_geometry_of_row<Options...>(window::row(Kernel), window::row(Stride), Padding);
    template <class... Kept>
    using with_options = conv1d<Channels, Kernel, Stride, Padding, Kept...>;
    using with_scale = typename detail::conv_options<Options...>::template with_bias<with_options>;

    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (!detail::conv_options_valid<Options...>) return refuse<has_an_option_that_is_none>{};
        else if constexpr (In::rank != 2) return refuse<needs_a_sequence_of_time_features>{};
        else if constexpr (geometry.pad.top > 0 || geometry.pad.bottom > 0)
            return refuse<needs_a_padding_of_one_number_or_left_and_right>{};
        else return detail::without_rows(detail::conv2d_shape<Channels, geometry, 1, In::extent(0), In::last>());
    }
    template <class Scalar, class In>
    using on = detail::on_one_row<
        detail::conv2d_on<Scalar, shape<1, In::extent(0), In::last>, Channels, geometry.on(1, In::extent(0))>, In>;
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
