// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/optimizer/optimizer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Both forms of Adam:
///
///     m ← β₁·m + (1 − β₁)·g        v ← β₂·v + (1 − β₂)·g²
///     w ← w − learning_rate/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
///
/// A β next to 1 is no number of float's, so only 1 − β is kept, from double; 1 − βᵗ = −expm1(t·ln β) loses no digits to
/// any β or t. As in PyTorch, t counts all steps and β is the present one.
template <class Scalar, bool Decoupled>
struct adam_rule : rule_base<Scalar> {
    Scalar intake1, intake2, epsilon;
    Scalar log1, log2; // ln β₁ and ln β₂
    std::uint32_t steps = 0;
    Scalar rate{}, lift{}, shrink{};

    template <class Options>
    constexpr explicit adam_rule(const Options& o) noexcept
        : rule_base<Scalar>(o.learning_rate, o.weight_decay), intake1(static_cast<Scalar>(1 - o.beta1)),
          intake2(static_cast<Scalar>(1 - o.beta2)), epsilon(static_cast<Scalar>(o.epsilon)),
          log1(math::log1p(-intake1)), log2(math::log1p(-intake2)) {
        INLAY_EXPECTS(keeps_below_1(intake1) && keeps_below_1(intake2), "inlay: beta1 and beta2 are from 0 to below 1");
        INLAY_EXPECTS(not_negative(epsilon), "inlay: an epsilon is a finite number, 0 or more");
    }
    constexpr void next() noexcept {
        if (steps < std::numeric_limits<std::uint32_t>::max()) ++steps;
        rate = this->learning_rate / bias_correction(log1);
        lift = Scalar(1) / math::sqrt(bias_correction(log2));
        if constexpr (Decoupled) shrink = this->learning_rate * this->weight_decay;
    }
    /// β₁, of which a change counts from the next step on.
    [[nodiscard]] constexpr Scalar momentum() const noexcept { return Scalar(1) - intake1; }
    constexpr void momentum(double beta1) noexcept {
        intake1 = static_cast<Scalar>(1 - beta1);
        log1 = math::log1p(-intake1);
        INLAY_EXPECTS(keeps_below_1(intake1), "inlay: beta1 is from 0 to below 1");
    }
    template <class V>
    INLAY_INLINE constexpr V apply(V w, V g, V& m, V& v) const noexcept {
        using math::fma, math::sqrt;
        if constexpr (Decoupled) w = shrink != 0 ? fma(V(-shrink), w, w) : w;
        else g = this->decayed(g, w);
        m = averaged(m, g, intake1);
        v = averaged_square(v, g, intake2);
        return fma(V(-rate), m / fma(sqrt(v), V(lift), V(epsilon)), w);
    }

  private:
    /// 1 − βᵗ
    constexpr Scalar bias_correction(Scalar log_beta) const noexcept {
        return -math::expm1(math::fma(static_cast<Scalar>(steps), log_beta, Scalar(0)));
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
