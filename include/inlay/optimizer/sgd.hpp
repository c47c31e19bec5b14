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
        constexpr explicit rule(const sgd& o) noexcept : detail::rule_base<Scalar>(o.learning_rate, o.weight_decay) {}
        constexpr void next() noexcept {}
        /// The step that layers take in registers under `online_trainer`: one formula.
        [[nodiscard]] constexpr kernels::sgd_update<Scalar> step() const noexcept {
            return {this->learning_rate, this->weight_decay};
        }
        template <class V>
        INLAY_INLINE constexpr V apply(V w, V g, V&, V&) const noexcept {
            return step().step(g, w);
        }
    };
};

/// Stochastic gradient descent with momentum, as torch.optim.SGD:
///
///     g ← g + weight_decay·w        b ← momentum·b + (1 − dampening)·g, b = g in the first step
///     w ← w − learning_rate·b,      with Nesterov's form: w ← w − learning_rate·(g + momentum·b)
///
/// Nesterov's form needs a momentum above 0 and no dampening, as in PyTorch.
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
        Scalar kept, intake, later_intake;
        bool nesterov, started = false;

        constexpr explicit rule(const sgd_momentum& o) noexcept
            : detail::rule_base<Scalar>(o.learning_rate, o.weight_decay), kept(static_cast<Scalar>(o.momentum)),
              intake(1), later_intake(static_cast<Scalar>(1 - o.dampening)), nesterov(o.nesterov) {
            INLAY_EXPECTS(detail::not_negative(kept), "inlay: a momentum is a finite number, 0 or more");
            INLAY_EXPECTS(detail::not_negative(later_intake) && later_intake <= 1, "inlay: dampening is from 0 to 1");
            INLAY_EXPECTS(!nesterov || (kept > 0 && later_intake == 1),
                          "inlay: Nesterov's form needs a momentum above 0 and no dampening");
        }
        constexpr void next() noexcept {
            if (started) intake = later_intake;
            started = true;
        }
        [[nodiscard]] constexpr Scalar momentum() const noexcept { return kept; }
        constexpr void momentum(double value) noexcept {
            kept = static_cast<Scalar>(value);
            INLAY_EXPECTS(detail::not_negative(kept), "inlay: a momentum is a finite number, 0 or more");
        }
        template <class V>
        INLAY_INLINE constexpr V apply(V w, V g, V& b, V&) const noexcept {
            using math::fma;
            g = this->decayed(g, w);
            b = fma(V(kept), b, V(intake) * g);
            return fma(V(-this->learning_rate), nesterov ? fma(V(kept), b, g) : b, w);
        }
    };
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
