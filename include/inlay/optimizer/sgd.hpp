// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/optimizer/optimizer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Stochastic gradient descent, as torch.optim.SGD without momentum:
///
///     g ← g + weight_decay·w        w ← w − learning_rate·g
///
/// It keeps no moments and needs no memory.
struct sgd {
    static constexpr auto name = "sgd";
    static constexpr size_t moments = 0;

    double learning_rate = 1e-2_double;
    double weight_decay = 0;

    template <class Scalar>
    struct rule : detail::rule_base<Scalar> {
        constexpr explicit rule(const sgd& o)
            : detail::rule_base<Scalar>{static_cast<Scalar>(o.learning_rate), static_cast<Scalar>(o.weight_decay)} {}
        constexpr void next() {}
        template <class V>
        INLAY_INLINE constexpr V apply(V w, V g, V&, V&) const {
            using math::fma;
            return fma(V(-this->learning_rate), this->decayed(g, w), w);
        }
    };
};

/// Stochastic gradient descent with momentum, as torch.optim.SGD:
///
///     g ← g + weight_decay·w        b ← momentum·b + (1 − dampening)·g, b = g in the first step
///     w ← w − learning_rate·b,      with Nesterov's form: w ← w − learning_rate·(g + momentum·b)
struct sgd_momentum {
    static constexpr auto name = "sgd_momentum";
    static constexpr size_t moments = 1;

    double learning_rate = 1e-2_double;
    double momentum = 0.9_double;
    double dampening = 0;
    bool nesterov = false;
    double weight_decay = 0;

    template <class Scalar>
    struct rule : detail::rule_base<Scalar> {
        Scalar momentum, intake, first_intake;
        bool nesterov, started = false;

        constexpr explicit rule(const sgd_momentum& o)
            : detail::rule_base<Scalar>{static_cast<Scalar>(o.learning_rate), static_cast<Scalar>(o.weight_decay)},
              momentum(static_cast<Scalar>(o.momentum)), intake(1), first_intake(static_cast<Scalar>(1 - o.dampening)),
              nesterov(o.nesterov) {}
        constexpr void next() {
            if (started) intake = first_intake;
            started = true;
        }
        template <class V>
        INLAY_INLINE constexpr V apply(V w, V g, V& b, V&) const {
            using math::fma;
            g = this->decayed(g, w);
            b = fma(V(momentum), b, V(intake) * g);
            return fma(V(-this->learning_rate), nesterov ? fma(V(momentum), b, g) : b, w);
        }
    };
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
