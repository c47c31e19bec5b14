// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/optimizer/optimizer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Adagrad (Duchi, Hazan and Singer 2011), as torch.optim.Adagrad:
///
///     g ← g + weight_decay·w        s ← s + g²        w ← w − learning_rate / (1 + (t − 1)·learning_rate_decay) · g/(√s + ε)
struct adagrad {
    static constexpr auto name = "adagrad";
    static constexpr size_t moments = 1;

    double learning_rate = 1e-2_double;
    double learning_rate_decay = 0;
    double epsilon = 1e-10_double;
    double weight_decay = 0;

    template <class Scalar>
    struct rule : detail::rule_base<Scalar> {
        Scalar epsilon, decay, rate{}, steps{};

        constexpr explicit rule(const adagrad& o) noexcept
            : detail::rule_base<Scalar>(o.learning_rate, o.weight_decay), epsilon(static_cast<Scalar>(o.epsilon)),
              decay(static_cast<Scalar>(o.learning_rate_decay)) {
            INLAY_EXPECTS(detail::not_negative(epsilon), "inlay: an epsilon is a finite number, 0 or more");
            INLAY_EXPECTS(detail::not_negative(decay), "inlay: a decay of the rate is a finite number, 0 or more");
        }
        constexpr void next() noexcept {
            rate = this->learning_rate / math::fma(steps, decay, Scalar(1));
            steps += Scalar(1);
        }
        template <class V>
        INLAY_INLINE constexpr V apply(V w, V g, V& s, V&) const noexcept {
            using math::fma, math::sqrt;
            g = this->decayed(g, w);
            s = fma(g, g, s);
            return fma(V(-rate), g / (sqrt(s) + V(epsilon)), w);
        }
    };
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
