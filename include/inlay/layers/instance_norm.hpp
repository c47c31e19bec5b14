// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/layers/layer.hpp>
#include <inlay/layers/moments.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, decimal Epsilon, bool Affine>
struct instance_norm_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_several_values_per_channel {}; ///< one has no variance

/// Instance normalisation (Ulyanov et al. 2016; torch.nn.InstanceNorm1d and InstanceNorm2d), for every channel c of every
/// sample:
///
///     y = γ·(x − μ)/√(σ² + ε) + β
///
/// μ and σ² are the channel's mean and (biased) variance over all positions of the sample, in training and in inference
/// alike: there are no running statistics (PyTorch's track_running_stats=False, its default). Channels are the last extent:
/// x and y [time, channels] or [height, width, channels]. If Affine is true, tensors `weight` γ (1 at the start) and `bias`
/// β (0), both [channels]. Every step of a sequence sees all others, so that `net(x, state)` is refused.
template <decimal Epsilon = 1e-5_double, bool Affine = false>
struct instance_norm {
    static constexpr auto name = "instance_norm";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Epsilon.billionths <= 0) return refuse<needs_a_positive_argument>{};
        else if constexpr (In::size == In::last) return refuse<needs_several_values_per_channel>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::instance_norm_on<Scalar, In, Epsilon, Affine>;
};

template <class Scalar, class In, decimal Epsilon, bool Affine>
struct detail::instance_norm_on : layer_on<Scalar, In, In> {
    static constexpr size_t channels = In::last, positions = In::size / In::last;
    static constexpr size_t macs = In::size;
    static constexpr layer_traits traits{
        .in_place = true, .takes_epilogue = true, .takes_slope = true, .needs_whole_sequence = true};
    static constexpr auto tensors = norm_parameters<Affine, channels>;

    /// μ and 1/√(σ² + ε) of every sample.
    static constexpr size_t cache_size(size_t batch) { return 2 * batch * channels; }

    // y = s·x + t,   s = γ/√(σ² + ε),   t = β − s·μ
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        for (size_t n = 0; n < Context::batch; ++n) {
            const Scalar* const x = call.input + n * In::size;
            Scalar* const y = call.output + n * In::size;
            kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                using V = decltype(part.load(x));
                V mean, var;
                measure<channels>(part, x, positions, V(share), mean, var);
                V s = V(Scalar(1)) / sqrt(var + V(Epsilon.template as<Scalar>()));
                if constexpr (Context::keeps) {
                    part.store(call.cache + 2 * n * channels, mean);
                    part.store(call.cache + (2 * n + 1) * channels, s);
                }
                V t = -s * mean;
                if constexpr (Affine) {
                    s = part.load(call.parameters[0]) * s;
                    t = fma(-s, mean, part.load(call.parameters[1]));
                }
                for (size_t r = 0; r < positions; ++r)
                    part.store(y + r * channels, Context::epilogue::apply(fma(s, part.load(x + r * channels), t)));
            });
        }
    }

    // With x̂ = (x − μ)/√(σ² + ε) and n positions:
    //     dγ += Σ dy·x̂        dβ += Σ dy        dx = s·(dy − Σ dy/n − x̂·Σ dy·x̂/n)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        for (size_t n = 0; n < call.rows; ++n) {
            const Scalar *const x = call.input + n * In::size, *const dy = call.output_gradient + n * In::size;
            const Scalar* const kept = call.cache + 2 * n * channels;
            kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                using V = decltype(part.load(x));
                const V mean = part.load(kept), scale = part.load(kept + channels);
                auto [sum, by_x_hat] = over_rows<V, 2>(positions, [&](size_t r, V(&to)[2]) INLAY_INLINE {
                    const V g = part.load(dy + r * channels);
                    to[0] = to[0] + g;
                    to[1] = fma(g, part.load(x + r * channels) - mean, to[1]);
                });
                by_x_hat = by_x_hat * scale;
                if constexpr (Context::input_gradient) {
                    V s = scale;
                    if constexpr (Affine) s = part.load(call.parameters[0]) * scale;
                    const V by_x = -s * scale * (by_x_hat * V(share)), by_one = -s * (sum * V(share));
                    for (size_t r = 0; r < positions; ++r) {
                        const V at = part.load(x + r * channels);
                        const V dx = fma(s, part.load(dy + r * channels), fma(by_x, at - mean, by_one));
                        part.store(call.input_gradient + n * In::size + r * channels, Context::sloped(dx, at));
                    }
                }
                if constexpr (Affine && Context::gradients::trainable(0))
                    part.store(call.gradients[0], part.load(call.gradients[0]) + by_x_hat);
                if constexpr (Affine && Context::gradients::trainable(1))
                    part.store(call.gradients[1], part.load(call.gradients[1]) + sum);
            });
        }
        if constexpr (Context::input_gradient)
            for (size_t i = call.rows * In::size; i < Context::batch * In::size; ++i)
                call.input_gradient[i] = Scalar(0);
    }

  private:
    static constexpr Scalar share = Scalar(1) / static_cast<Scalar>(positions);
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
