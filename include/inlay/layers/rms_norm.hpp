// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/kernels/reduce.hpp>
#include <inlay/layers/layer.hpp>

#include <limits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, decimal Epsilon, bool Affine>
struct rms_norm_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// Root mean square normalisation (Zhang and Sennrich 2019; torch.nn.RMSNorm over the last extent):
///
///     y = γ ⊙ x/√(Σ x²/n + ε)
///
/// over the n features of one vector, time step or pixel; x and y [features], [time, features] or [height, width, features].
/// Tensor `weight` γ [features], 1 at the start, unless Affine (PyTorch's elementwise_affine) is false. An Epsilon of 0 is
/// the machine epsilon of the network's scalar type: PyTorch's eps=None, its default. Llama has 1e-5.
template <decimal Epsilon = 0, bool Affine = true>
struct rms_norm {
    static constexpr auto name = "rms_norm";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Epsilon.billionths < 0) return refuse<argument_must_not_be_negative>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::rms_norm_on<Scalar, In, Epsilon, Affine>;
};

template <class Scalar, class In, decimal Epsilon, bool Affine>
struct detail::rms_norm_on : layer_on<Scalar, In, In> {
    static constexpr size_t features = In::last, positions = In::size / In::last;
    static constexpr size_t macs = 2 * In::size;
    static constexpr layer_traits traits{
        .in_place = true, .takes_epilogue = true, .takes_slope = true, .same_bits_in_blocks = true};
    static constexpr auto tensors = [] {
        if constexpr (Affine)
            return std::array{tensor_spec::of("weight", features).as(tensor_role::scale).starting_at(1)};
        else return std::array<tensor_spec, 0>{};
    }();

    /// 1/√(Σ x²/n + ε) of every row.
    static constexpr size_t cache_size(size_t batch) { return batch * positions; }
    /// γ ⊙ dy of one row.
    static constexpr size_t backward_scratch(size_t) { return Affine ? features : 0; }

    // y = γ ⊙ s·x,   s = 1/√(Σ x²/n + ε)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        for (size_t r = 0; r < Context::batch * positions; ++r) {
            const Scalar* const x = call.input + r * features;
            const Scalar squares = kernels::dot<backend, features>(x, x);
            const Scalar s = Scalar(1) / math::sqrt(math::fma(squares, share, epsilon));
            if constexpr (Context::keeps) call.cache[r] = s;
            if constexpr (Affine)
                kernels::map<backend, features>(
                    call.output + r * features,
                    [s](auto v, auto gamma)
                        INLAY_INLINE { return Context::epilogue::apply(gamma * (v * decltype(v)(s))); },
                    x, call.parameters[0]);
            else
                kernels::map<backend, features>(
                    call.output + r * features,
                    [s](auto v) INLAY_INLINE { return Context::epilogue::apply(v * decltype(v)(s)); }, x);
        }
    }

    // With g = γ ⊙ dy:
    //     dγ += dy ⊙ s·x        dx = s·(g − x·s²·(Σ g·x)/n)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        Scalar* const g = call.scratch;
        for (size_t r = 0; r < Context::batch * positions; ++r) {
            const Scalar *const x = call.input + r * features, *const dy = call.output_gradient + r * features;
            const Scalar s = call.cache[r];
            if constexpr (Affine && Context::gradients::trainable(0))
                kernels::map<backend, features>(
                    call.gradients[0],
                    [s](auto sum, auto d, auto v) INLAY_INLINE { return fma(d, v * decltype(v)(s), sum); },
                    call.gradients[0], dy, x);
            if constexpr (Context::input_gradient) {
                if constexpr (Affine)
                    kernels::map<backend, features>(
                        g, [](auto d, auto gamma) INLAY_INLINE { return d * gamma; }, dy, call.parameters[0]);
                const Scalar* const by = Affine ? g : dy;
                const Scalar by_x =
                    math::product(math::product(kernels::dot<backend, features>(by, x), math::product(s, s)), share);
                kernels::map<backend, features>(
                    call.input_gradient + r * features,
                    [=](auto d, auto v) INLAY_INLINE {
                        using V = decltype(v);
                        return Context::sloped(V(s) * fma(-v, V(by_x), d), v);
                    },
                    by, x);
            }
        }
    }

  private:
    static constexpr Scalar share = Scalar(1) / static_cast<Scalar>(features);
    static constexpr Scalar epsilon =
        Epsilon.billionths == 0 ? std::numeric_limits<Scalar>::epsilon() : Epsilon.template as<Scalar>();
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
