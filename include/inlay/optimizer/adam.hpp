// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/optimizer/optimizer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Both forms of Adam. The bias corrections 1 − βᵗ come from running products, one multiplication per step:
///
///     m ← β₁·m + (1 − β₁)·g        v ← β₂·v + (1 − β₂)·g²
///     w ← w − learning_rate/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
template <class Scalar, bool Decoupled>
struct adam_rule : rule_base<Scalar> {
    Scalar beta1, beta2, intake1, intake2, epsilon;
    Scalar power1{1}, power2{1}; // β₁ᵗ and β₂ᵗ
    Scalar rate{}, lift{}, shrink{1};

    template <class Options>
    constexpr explicit adam_rule(const Options& o)
        : rule_base<Scalar>{static_cast<Scalar>(o.learning_rate), static_cast<Scalar>(o.weight_decay)},
          beta1(static_cast<Scalar>(o.beta1)), beta2(static_cast<Scalar>(o.beta2)),
          intake1(static_cast<Scalar>(1 - o.beta1)), intake2(static_cast<Scalar>(1 - o.beta2)),
          epsilon(static_cast<Scalar>(o.epsilon)) {}
    constexpr void next() {
        power1 *= beta1;
        power2 *= beta2;
        rate = this->learning_rate / (Scalar(1) - power1);
        lift = Scalar(1) / math::sqrt(Scalar(1) - power2);
        if constexpr (Decoupled) shrink = math::fma(-this->learning_rate, this->weight_decay, Scalar(1));
    }
    template <class V>
    INLAY_INLINE constexpr V apply(V w, V g, V& m, V& v) const {
        using math::fma, math::sqrt;
        if constexpr (Decoupled) w = w * V(shrink);
        else g = this->decayed(g, w);
        m = fma(V(beta1), m, V(intake1) * g);
        v = fma(V(beta2), v, V(intake2) * (g * g));
        return fma(V(-rate), m / fma(sqrt(v), V(lift), V(epsilon)), w);
    }
};

} // namespace detail

/// Adam (Kingma and Ba 2015), as torch.optim.Adam: weight decay is added to the gradient.
struct adam {
    static constexpr auto name = "adam";
    static constexpr size_t moments = 2;

    double learning_rate = 1e-3_double;
    double beta1 = 0.9_double;
    double beta2 = 0.999_double;
    double epsilon = 1e-8_double;
    double weight_decay = 0;

    template <class Scalar>
    using rule = detail::adam_rule<Scalar, false>;
};

/// AdamW (Loshchilov and Hutter 2019), as torch.optim.AdamW: w ← (1 − learning_rate·weight_decay)·w before Adam's step.
struct adamw {
    static constexpr auto name = "adamw";
    static constexpr size_t moments = 2;

    double learning_rate = 1e-3_double;
    double beta1 = 0.9_double;
    double beta2 = 0.999_double;
    double epsilon = 1e-8_double;
    double weight_decay = 1e-2_double;

    template <class Scalar>
    using rule = detail::adam_rule<Scalar, true>;
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
