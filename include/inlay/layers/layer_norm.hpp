// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/kernels/product.hpp>
#include <inlay/kernels/reduce.hpp>
#include <inlay/layers/layer.hpp>
#include <inlay/layers/moments.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, decimal Epsilon, bool Affine>
struct layer_norm_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// Layer normalisation (Ba, Kiros and Hinton 2016; torch.nn.LayerNorm over the last extent):
///
///     y = γ ⊙ (x − μ)/√(σ² + ε) + β
///
/// μ and σ² are mean and (biased) variance of the features of one vector, time step or pixel; x and y [features], [time,
/// features] or [height, width, features]. Tensors `weight` γ (1 at the start) and `bias` β (0), both [features], unless
/// Affine (PyTorch's elementwise_affine) is false.
template <decimal Epsilon = 1e-5_double, bool Affine = true>
struct layer_norm {
    static constexpr auto name = "layer_norm";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Epsilon.billionths <= 0) return refuse<needs_a_positive_argument>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::layer_norm_on<Scalar, In, Epsilon, Affine>;
};

template <class Scalar, class In, decimal Epsilon, bool Affine>
struct detail::layer_norm_on : layer_on<Scalar, In, In> {
    static constexpr size_t features = In::last, positions = In::size / In::last;
    static constexpr size_t macs = 3 * In::size;
    static constexpr layer_traits traits{
        .in_place = true, .takes_epilogue = true, .takes_slope = true, .same_bits_in_blocks = true};
    static constexpr auto tensors = norm_parameters<Affine, features>;

    /// μ and 1/√(σ² + ε) of every row.
    static constexpr size_t cache_size(size_t batch) { return 2 * batch * positions; }
    /// x̂ and γ ⊙ dy of one row.
    static constexpr size_t backward_scratch(size_t) { return (Affine ? 2 : 1) * features; }

    // y = γ ⊙ x̂ + β,   x̂ = (x − μ)/√(σ² + ε)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        for (size_t r = 0; r < Context::batch * positions; ++r) {
            const Scalar* const x = call.input + r * features;
            Scalar* const y = call.output + r * features;
            // In two passes: what the first mean is off by is taken out of both (Chan, Golub and LeVeque 1983).
            const Scalar middle = math::product(kernels::sum<backend, features>(x), share);
            kernels::map<backend, features>(
                y, [middle](auto v) INLAY_INLINE { return v - decltype(v)(middle); }, x);
            const Scalar sum = kernels::sum<backend, features>(y), off = math::product(sum, share);
            const Scalar squares = math::fma(-off, sum, kernels::dot<backend, features>(y, y));
            const Scalar var = math::product(math::max(Scalar(0), squares), share);
            const Scalar scale = Scalar(1) / math::sqrt(var + Epsilon.template as<Scalar>());
            if constexpr (Context::keeps) {
                call.cache[2 * r] = middle + off;
                call.cache[2 * r + 1] = scale;
            }
            const auto normalised = [off, scale](auto v)
                                        INLAY_INLINE { return (v - decltype(v)(off)) * decltype(v)(scale); };
            if constexpr (Affine)
                kernels::map<backend, features>(
                    y,
                    [=](auto v, auto gamma, auto beta)
                        INLAY_INLINE { return Context::epilogue::apply(fma(normalised(v), gamma, beta)); },
                    y, call.parameters[0], call.parameters[1]);
            else
                kernels::map<backend, features>(
                    y, [=](auto v) INLAY_INLINE { return Context::epilogue::apply(normalised(v)); }, y);
        }
    }

    // With g = γ ⊙ dy and n features:
    //     dγ += dy ⊙ x̂        dβ += dy        dx = (g − Σ g/n − x̂·(Σ g·x̂)/n)/√(σ² + ε)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        Scalar *const x_hat = call.scratch, *const g = x_hat + features;
        // At first: dx may lie where dy does.
        if constexpr (Affine && Context::gradients::trainable(1))
            kernels::column_sums<backend, Context::batch * positions, features, kernels::start::accumulate>(
                call.output_gradient, call.gradients[1]);
        for (size_t r = 0; r < Context::batch * positions; ++r) {
            const Scalar *const x = call.input + r * features, *const dy = call.output_gradient + r * features;
            const Scalar mean = call.cache[2 * r], scale = call.cache[2 * r + 1];
            kernels::map<backend, features>(
                x_hat, [=](auto v) INLAY_INLINE { return (v - decltype(v)(mean)) * decltype(v)(scale); }, x);
            if constexpr (Affine && Context::gradients::trainable(0))
                kernels::map<backend, features>(
                    call.gradients[0], [](auto sum, auto d, auto v) INLAY_INLINE { return fma(d, v, sum); },
                    call.gradients[0], dy, x_hat);
            if constexpr (Context::input_gradient) {
                if constexpr (Affine)
                    kernels::map<backend, features>(
                        g, [](auto d, auto gamma) INLAY_INLINE { return d * gamma; }, dy, call.parameters[0]);
                const Scalar* const by = Affine ? g : dy;
                const Scalar by_one = math::product(kernels::sum<backend, features>(by), share);
                const Scalar by_x = math::product(kernels::dot<backend, features>(by, x_hat), share);
                kernels::map<backend, features>(
                    call.input_gradient + r * features,
                    [=](auto d, auto v, auto at) INLAY_INLINE {
                        using V = decltype(v);
                        return Context::sloped(V(scale) * fma(-v, V(by_x), d - V(by_one)), at);
                    },
                    by, x_hat, x);
            }
        }
    }

  private:
    static constexpr Scalar share = Scalar(1) / static_cast<Scalar>(features);
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
