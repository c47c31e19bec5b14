// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/reduce.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Slopes>
struct prelu_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_one_slope_or_one_per_channel {};

/// y = x for x > 0, else a·x, with a learned (He et al. 2015; torch.nn.PReLU): one slope for all, or one per channel.
///
/// Channels are the last extent; x and y have any shape. Tensor `weight` [Slopes], 0.25 at the start.
template <size_t Slopes = 1>
struct prelu {
    static constexpr auto name = "prelu";

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Slopes != 1 && Slopes != In::last)
            return refuse<needs_one_slope_or_one_per_channel, takes<Slopes>>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::prelu_on<Scalar, In, Slopes>;
};

template <class Scalar, class In, size_t Slopes>
struct detail::prelu_on : layer_on<Scalar, In, In> {
    static constexpr size_t channels = In::last, positions = In::size / In::last;
    static constexpr layer_traits traits{.in_place = true, .same_bits_in_blocks = true};
    static constexpr std::array tensors{tensor_spec::of("weight", Slopes).as(tensor_role::scale).starting_at(0.25)};
    static constexpr size_t backward_scratch(size_t) { return channels; }

    /// The slopes of a chunk of channels.
    template <class Part>
    static INLAY_INLINE constexpr auto slopes(Part part, const Scalar* a) {
        if constexpr (Slopes == 1) return decltype(part.load(a))(a[0]);
        else return part.load(a);
    }

    // y = x for x > 0, else a·x
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
            const auto a = slopes(part, call.parameters[0]);
            for (size_t r = 0; r < Context::batch * positions; ++r) {
                const auto x = part.load(call.input + r * channels);
                part.store(call.output + r * channels, select(x > decltype(x)(Scalar(0)), x, a * x));
            }
        });
    }

    // dx = dy for x > 0, else a·dy        da += Σ x·dy where x ≤ 0
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        kernels::each_chunk<backend, Scalar, channels>([&](auto part) INLAY_INLINE {
            using V = decltype(part.load(call.input));
            const V zero(Scalar(0)), a = slopes(part, call.parameters[0]);
            V sum = zero;
            for (size_t r = 0; r < Context::batch * positions; ++r) {
                const V x = part.load(call.input + r * channels), dy = part.load(call.output_gradient + r * channels);
                sum = select(x > zero, sum, fma(x, dy, sum));
                if constexpr (Context::input_gradient)
                    part.store(call.input_gradient + r * channels, select(x > zero, dy, a * dy));
            }
            part.store(call.scratch, sum);
        });
        if constexpr (Context::gradients::trainable(0)) {
            if constexpr (Slopes == 1) call.gradients[0][0] += kernels::sum<backend, channels>(call.scratch);
            else kernels::add<backend, channels>(call.gradients[0], call.scratch);
        }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
