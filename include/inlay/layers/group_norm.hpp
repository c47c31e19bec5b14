// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/kernels/reduce.hpp>
#include <inlay/layers/layer.hpp>
#include <inlay/layers/moments.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Groups, decimal Epsilon, bool Affine>
struct group_norm_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_channels_that_are_a_multiple_of_the_groups {};
struct needs_several_values_per_group {}; ///< one has no variance

/// Group normalisation (Wu and He 2018; torch.nn.GroupNorm), for every channel c:
///
///     y = γ·(x − μ)/√(σ² + ε) + β
///
/// μ and σ² are mean and (biased) variance of the channels of one group, `Groups` groups of neighbouring channels, over all
/// positions of the sample. Channels are the last extent: x and y [channels], [time, channels] or [height, width, channels].
/// Tensors `weight` γ (1 at the start) and `bias` β (0), both [channels], unless Affine is false. Every step of a sequence
/// sees all others, so that `net(x, state)` is refused: put `layer_norm` where steps stand alone.
template <size_t Groups, decimal Epsilon = 1e-5_double, bool Affine = true>
struct group_norm {
    static constexpr auto name = "group_norm";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Groups == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (Epsilon.billionths <= 0) return refuse<needs_a_positive_argument>{};
        else if constexpr (In::last % Groups != 0)
            return refuse<needs_channels_that_are_a_multiple_of_the_groups, takes<Groups>>{};
        else if constexpr (In::size == Groups) return refuse<needs_several_values_per_group>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::group_norm_on<Scalar, In, Groups, Epsilon, Affine>;
};

template <class Scalar, class In, size_t Groups, decimal Epsilon, bool Affine>
struct detail::group_norm_on : layer_on<Scalar, In, In> {
    static constexpr size_t channels = In::last, positions = In::size / In::last, group = channels / Groups;
    static constexpr size_t macs = In::size;
    static constexpr layer_traits traits{
        .in_place = true, .takes_epilogue = true, .takes_slope = true, .needs_whole_sequence = In::rank > 1};
    static constexpr auto tensors = norm_parameters<Affine, channels>;

    /// μ and 1/√(σ² + ε) of every sample, repeated for all channels of a group.
    static constexpr size_t cache_size(size_t batch) { return 2 * batch * channels; }
    static constexpr size_t forward_scratch(size_t, bool keeps) { return (keeps ? 1 : 3) * channels; }
    static constexpr size_t backward_scratch(size_t) { return 2 * channels; }

    // y = s·x + t,   s = γ/√(σ² + ε),   t = β − s·μ
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        for (size_t n = 0; n < Context::batch; ++n) {
            const Scalar* const x = call.input + n * In::size;
            Scalar* const y = call.output + n * In::size;
            Scalar* const mean = Context::keeps ? call.cache + 2 * n * channels : call.scratch;
            measure_groups<backend>(x, mean, mean + channels, call.scratch + (Context::keeps ? 0 : 2 * channels));
            kernels::each_chunk<backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                auto s = part.load(mean + channels), t = -s * part.load(mean);
                if constexpr (Affine) {
                    s = part.load(call.parameters[0]) * s;
                    t = fma(-s, part.load(mean), part.load(call.parameters[1]));
                }
                for (size_t r = 0; r < positions; ++r)
                    part.store(y + r * channels, Context::epilogue::apply(fma(s, part.load(x + r * channels), t)));
            });
        }
    }

    // With x̂ = (x − μ)/√(σ² + ε), g = γ·dy and n values in a group, sums over the group:
    //     dγ += Σ dy·x̂        dβ += Σ dy (both over positions)        dx = (g − Σ g/n − x̂·Σ g·x̂/n)/√(σ² + ε)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        Scalar *const sum = call.scratch, *const by_x_hat = sum + channels;
        for (size_t n = 0; n < call.rows; ++n) {
            const Scalar *const x = call.input + n * In::size, *const dy = call.output_gradient + n * In::size;
            const Scalar *const mean = call.cache + 2 * n * channels, *const scale = mean + channels;
            kernels::each_chunk<backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                using V = decltype(part.load(x));
                const V middle = part.load(mean);
                auto [of_dy, of_x] = over_rows<V, 2>(positions, [&](size_t r, V(&to)[2]) INLAY_INLINE {
                    const V d = part.load(dy + r * channels);
                    to[0] = to[0] + d;
                    to[1] = fma(d, part.load(x + r * channels) - middle, to[1]);
                });
                of_x = of_x * part.load(scale);
                if constexpr (Affine && Context::gradients::trainable(0))
                    part.store(call.gradients[0], part.load(call.gradients[0]) + of_x);
                if constexpr (Affine && Context::gradients::trainable(1))
                    part.store(call.gradients[1], part.load(call.gradients[1]) + of_dy);
                if constexpr (Affine) {
                    of_dy = part.load(call.parameters[0]) * of_dy;
                    of_x = part.load(call.parameters[0]) * of_x;
                }
                part.store(sum, of_dy);
                part.store(by_x_hat, of_x);
            });
            if constexpr (!Context::input_gradient) continue;
            share_in_groups<backend>(sum);
            share_in_groups<backend>(by_x_hat);
            kernels::each_chunk<backend, Scalar, channels>([&](auto part) INLAY_INLINE {
                using V = decltype(part.load(x));
                const V middle = part.load(mean), by = part.load(scale);
                V s = by;
                if constexpr (Affine) s = part.load(call.parameters[0]) * by;
                const V by_x = -by * by * part.load(by_x_hat), by_one = -by * part.load(sum);
                for (size_t r = 0; r < positions; ++r) {
                    const V at = part.load(x + r * channels);
                    const V dx = fma(s, part.load(dy + r * channels), fma(by_x, at - middle, by_one));
                    part.store(call.input_gradient + n * In::size + r * channels, Context::sloped(dx, at));
                }
            });
        }
        if constexpr (Context::input_gradient)
            for (size_t i = call.rows * In::size; i < Context::batch * In::size; ++i)
                call.input_gradient[i] = Scalar(0);
    }

  private:
    static constexpr Scalar share = Scalar(1) / static_cast<Scalar>(group * positions);

    /// The sum of a group's values times 1/n in place of each of them.
    template <class Backend>
    static INLAY_INLINE constexpr void share_in_groups(Scalar* values) {
        for (size_t first = 0; first < channels; first += group) {
            const Scalar all = math::product(kernels::sum<Backend, group>(values + first), share);
            kernels::fill<group>(values + first, all);
        }
    }

    /// Mean and 1/√(σ² + ε) of every channel's group, in two passes (Chan, Golub and LeVeque 1983): the mean of the means of
    /// its channels, then the squares about it, with what it was off by.
    template <class Backend>
    static INLAY_INLINE constexpr void measure_groups(const Scalar* x, Scalar* mean, Scalar* scale, Scalar* sums) {
        constexpr Scalar per_channel = Scalar(1) / static_cast<Scalar>(positions);
        kernels::each_chunk<Backend, Scalar, channels>([&](auto part) INLAY_INLINE {
            using V = decltype(part.load(x));
            part.store(mean, mean_of<channels>(part, x, positions, V(per_channel)));
        });
        for (size_t first = 0; first < channels; first += group) {
            const Scalar start = mean[first];
            Scalar off = 0;
            for (size_t c = 1; c < group; ++c) off += mean[first + c] - start;
            kernels::fill<group>(mean + first, math::fma(off, Scalar(1) / static_cast<Scalar>(group), start));
        }
        kernels::each_chunk<Backend, Scalar, channels>([&](auto part) INLAY_INLINE {
            const auto [sum, squares] = distances_from<channels>(part.load(mean), part, x, positions);
            part.store(sums, sum);
            part.store(scale, squares);
        });
        for (size_t first = 0; first < channels; first += group) {
            const Scalar sum = kernels::sum<Backend, group>(sums + first), off = math::product(sum, share);
            const Scalar squares = math::fma(-off, sum, kernels::sum<Backend, group>(scale + first));
            const Scalar var = math::product(math::max(Scalar(0), squares), share);
            kernels::fill<group>(mean + first, mean[first] + off);
            kernels::fill<group>(scale + first, Scalar(1) / math::sqrt(var + Epsilon.template as<Scalar>()));
        }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
