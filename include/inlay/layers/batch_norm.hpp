// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/layers/layer.hpp>
#include <inlay/layers/moments.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, decimal Epsilon, decimal Momentum, bool Affine>
struct batch_norm_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_a_momentum_from_0_to_1 {};

/// Batch normalisation (Ioffe and Szegedy 2015; torch.nn.BatchNorm1d and BatchNorm2d), for every channel c:
///
///     y = γ·(x − μ)/√(σ² + ε) + β
///
/// In training μ and σ² are the channel's mean and variance over the batch and all positions, and the running ones follow:
/// running ← running + momentum·(measured − running), for the variance the unbiased one. In inference and evaluation the
/// running ones take their place. Channels are the last extent: x and y [channels], [time, channels] or [height, width,
/// channels]. Tensors `weight` γ (1 at the start) and `bias` β (0), both [channels], unless Affine is false; `running_mean`
/// (0) and `running_var` (1) [channels], which are buffers. Arguments as in PyTorch, but there is no momentum of None, and
/// so no num_batches_tracked.
///
/// In a last, partial batch only its own samples are measured. One value per channel has no variance: trainers do not
/// compile with a batch of one vector, and a last batch of one is normalised with the running statistics, which stay.
/// `frozen<batch_norm<>>` freezes the statistics too: it normalises with the running ones, also in training.
/// `folded<network>` makes the layer before do the work.
template <decimal Epsilon = 1e-5_double, decimal Momentum = 0.1_double, bool Affine = true>
struct batch_norm {
    static constexpr auto name = "batch_norm";
    static constexpr bool scales_channels = true;
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Epsilon.billionths <= 0) return refuse<needs_a_positive_argument>{};
        else if constexpr (Momentum.billionths < 0 || Momentum.billionths > 1'000'000'000)
            return refuse<needs_a_momentum_from_0_to_1>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::batch_norm_on<Scalar, In, Epsilon, Momentum, Affine>;
};

template <class Scalar, class In, decimal Epsilon, decimal Momentum, bool Affine>
struct detail::batch_norm_on : layer_on<Scalar, In, In> {
    static constexpr size_t channels = In::last, positions = In::size / In::last;
    static constexpr size_t macs = In::size;
    static constexpr layer_traits traits{.in_place = true,
                                         .takes_epilogue = true,
                                         .takes_slope = true,
                                         .has_statistics = true,
                                         .overwrites_gradients = true,
                                         .steps_in_backward = true,
                                         .mixes_samples = true,
                                         .same_bits_in_blocks = true};

    static constexpr size_t running_mean = Affine ? 2 : 0, running_var = running_mean + 1;
    static constexpr auto tensors = [] {
        constexpr auto mean = tensor_spec::of("running_mean", channels).as(tensor_role::statistic);
        constexpr auto var = tensor_spec::of("running_var", channels).as(tensor_role::statistic).starting_at(1);
        if constexpr (Affine)
            return std::array{tensor_spec::of("weight", channels).as(tensor_role::scale).starting_at(1),
                              tensor_spec::of("bias", channels), mean, var};
        else return std::array{mean, var};
    }();

    /// μ and σ² that normalised, and 1/(values measured per channel): 0 if μ and σ² are the running ones.
    static constexpr size_t cache_size(size_t) { return 2 * channels + 1; }

    /// Whether training measures: not where the statistics are frozen.
    template <class Context>
    static constexpr bool measures() {
        return Context::training && Context::gradients::trainable(running_mean) &&
               Context::gradients::trainable(running_var);
    }
    /// One value per channel has no variance.
    template <class Context>
    static constexpr size_t least_batch() {
        return measures<Context>() && positions == 1 ? 2 : 1;
    }

    /// s and t of inference, in double.
    static constexpr void scale_and_shift(const std::array<const Scalar*, tensors.size()>& from, double* s, double* t) {
        for (size_t c = 0; c < channels; ++c) {
            double gamma = 1, beta = 0;
            if constexpr (Affine) gamma = static_cast<double>(from[0][c]), beta = static_cast<double>(from[1][c]);
            s[c] = gamma / math::sqrt(static_cast<double>(from[running_var][c]) + Epsilon.template as<double>());
            t[c] = math::fma(-s[c], static_cast<double>(from[running_mean][c]), beta);
        }
    }

    // y = s·x + t,   s = γ/√(σ² + ε),   t = β − s·μ
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        const size_t count = call.rows * positions;
        const Scalar share = measures<Context>() && count > 1 ? Scalar(1) / static_cast<Scalar>(count) : Scalar(0);
        if constexpr (Context::keeps) call.cache[2 * channels] = share;
        kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
            auto mean = part.load(call.parameters[running_mean]), var = part.load(call.parameters[running_var]);
            using V = decltype(mean);
            if constexpr (measures<Context>())
                if (count > 1) measure<channels>(part, call.input, count, V(share), mean, var);
            if constexpr (Context::keeps) {
                part.store(call.cache, mean);
                part.store(call.cache + channels, var);
            }
            V s = inverse_deviation(var), t = -s * mean;
            if constexpr (Affine) {
                s = part.load(call.parameters[0]) * s;
                t = fma(-s, mean, part.load(call.parameters[1]));
            }
            for (size_t r = 0; r < Context::batch * positions; ++r)
                part.store(call.output + r * channels,
                           Context::epilogue::apply(fma(s, part.load(call.input + r * channels), t)));
        });
    }

    // With x̂ = (x − μ)/√(σ² + ε) and n values measured:
    //     dγ += Σ dy·x̂        dβ += Σ dy        dx = s·(dy − Σ dy/n − x̂·Σ dy·x̂/n)
    // The running statistics are constants: dx = s·dy.
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        const size_t count = call.rows * positions;
        const Scalar share = call.cache[2 * channels];
        const auto sink = Context::sink(call);
        kernels::each_chunk<typename Context::backend, Scalar, channels>([&](auto part) INLAY_INLINE {
            const auto mean = part.load(call.cache);
            using V = decltype(mean + mean);
            const V scale = inverse_deviation(part.load(call.cache + channels));
            const V s = Affine ? part.load(call.parameters[0]) * scale : scale;
            std::array<V, 2> sums{V(Scalar(0)), V(Scalar(0))}; // Σ dy and Σ dy·x̂
            if (wants<Context, 0>() || wants<Context, 1>() || share != 0) {
                sums = over_rows<V, 2>(count, [&](size_t r, V(&to)[2]) INLAY_INLINE {
                    const V dy = part.load(call.output_gradient + r * channels);
                    to[0] = to[0] + dy;
                    to[1] = fma(dy, part.load(call.input + r * channels) - mean, to[1]);
                });
                sums[1] = sums[1] * scale;
            }
            if constexpr (Context::input_gradient) {
                const V by_x = -s * scale * (sums[1] * V(share)), by_one = -s * (sums[0] * V(share));
                for (size_t r = 0; r < count; ++r) {
                    const V dy = part.load(call.output_gradient + r * channels),
                            x = part.load(call.input + r * channels);
                    part.store(call.input_gradient + r * channels,
                               Context::sloped(fma(s, dy, fma(by_x, x - mean, by_one)), x));
                }
                for (size_t r = count; r < Context::batch * positions; ++r)
                    part.store(call.input_gradient + r * channels, V(Scalar(0)));
            }
            if constexpr (wants<Context, 0>()) put<Context>(part, sink, sums[1], call.gradients[0]);
            if constexpr (wants<Context, 1>()) put<Context>(part, sink, sums[0], call.gradients[1]);
        });
    }

    template <class Context>
    static constexpr void update_statistics(const std::array<Scalar*, tensors.size()>& tensors_at, const Scalar* cache,
                                            size_t rows) {
        if (!measures<Context>() || cache[2 * channels] == 0) return;
        const auto n = static_cast<Scalar>(rows * positions);
        const Scalar unbiased = n / (n - Scalar(1)), momentum = Momentum.template as<Scalar>();
        for (size_t c = 0; c < channels; ++c) {
            Scalar &mean = tensors_at[running_mean][c], &var = tensors_at[running_var][c];
            mean = math::fma(momentum, cache[c] - mean, mean);
            var = math::fma(momentum, math::product(unbiased, cache[channels + c]) - var, var);
        }
    }

  private:
    template <class Context, size_t Tensor>
    static constexpr bool wants() {
        return Affine && Context::gradients::trainable(Tensor);
    }

    template <class V>
    static INLAY_INLINE constexpr V inverse_deviation(V var) {
        return V(Scalar(1)) / sqrt(var + V(Epsilon.template as<Scalar>()));
    }

    template <class Context, class Part, class Sink, class V>
    static INLAY_INLINE constexpr void put(Part part, Sink sink, V sum, Scalar* to) {
        if constexpr (Context::begin == kernels::start::accumulate) sum = part.load(to) + sum;
        sink.template put<Part::used>(sum, to + part.at);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
