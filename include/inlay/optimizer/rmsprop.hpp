// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/optimizer/optimizer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// RMSprop (Tieleman and Hinton 2012), as torch.optim.RMSprop without momentum:
///
///     g ← g + weight_decay·w        s ← alpha·s + (1 − alpha)·g²        w ← w − learning_rate·g/(√s + ε)
struct rmsprop {
    static constexpr auto name = "rmsprop";
    static constexpr size_t moments = 1;

    double learning_rate = 1e-2_double;
    double alpha = 0.99_double;
    double epsilon = 1e-8_double;
    double weight_decay = 0;

    template <class Scalar>
    struct rule : detail::rule_base<Scalar> {
        Scalar intake, epsilon;

        constexpr explicit rule(const rmsprop& o) noexcept
            : detail::rule_base<Scalar>(o.learning_rate, o.weight_decay), intake(static_cast<Scalar>(1 - o.alpha)),
              epsilon(static_cast<Scalar>(o.epsilon)) {
            INLAY_EXPECTS(detail::keeps_below_1(intake), "inlay: rmsprop's alpha is from 0 to below 1");
            INLAY_EXPECTS(detail::not_negative(epsilon), "inlay: an epsilon is a finite number, 0 or more");
        }
        constexpr void next() noexcept {}
        template <class V>
        INLAY_INLINE constexpr V apply(V w, V g, V& s, V&) const noexcept {
            using math::fma, math::sqrt;
            g = this->decayed(g, w);
            s = detail::averaged_square(s, g, intake);
            return fma(V(-this->learning_rate), g / (sqrt(s) + V(epsilon)), w);
        }
    };
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
