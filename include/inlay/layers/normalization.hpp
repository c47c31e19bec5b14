// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/map.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In>
struct normalization_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// Puts inputs on a scale that can be learnt from, with fixed numbers (tf.keras.layers.Normalization), for every channel c:
///
///     y = (x − mean)·scale
///
/// Channels are the last extent; x and y have any shape. Tensors `mean` (0 at the start) and `scale` (1), both [channels]:
/// buffers, which no optimiser touches, and which are saved and exported with the network, so that a chip takes the raw
/// numbers of its sensors. `adapt(net, train.inputs)` (host/scaling.hpp) measures them, after `initialize`, which sets them
/// back.
struct normalization {
    static constexpr auto name = "normalization";
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    using on = detail::normalization_on<Scalar, In>;
};

template <class Scalar, class In>
struct detail::normalization_on : layer_on<Scalar, In, In> {
    static constexpr size_t channels = In::last, positions = In::size / In::last;
    static constexpr layer_traits traits{
        .backward_needs_input = false, .in_place = true, .takes_epilogue = true, .same_bits_in_blocks = true};
    static constexpr std::array tensors{tensor_spec::of("mean", channels).as(tensor_role::statistic),
                                        tensor_spec::of("scale", channels).as(tensor_role::statistic).starting_at(1)};

    // y = (x − mean)·scale
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
            const auto mean = part.load(call.parameters[0]), scale = part.load(call.parameters[1]);
            for (size_t r = 0; r < Context::batch * positions; ++r)
                part.store(call.output + r * channels,
                           Context::epilogue::apply((part.load(call.input + r * channels) - mean) * scale));
        });
    }

    // dx = dy·scale
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient)
            kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                const auto scale = part.load(call.parameters[1]);
                for (size_t r = 0; r < Context::batch * positions; ++r)
                    part.store(call.input_gradient + r * channels,
                               part.load(call.output_gradient + r * channels) * scale);
            });
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
