// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What an optimiser is: an aggregate of hyperparameters, in double as users write them, with
//
//     static constexpr size_t moments;                     // buffers as long as the parameters
//     template <class Scalar> struct rule;                 // the hyperparameters in the net's own arithmetic
//         constexpr explicit rule(const Optimizer&);
//         constexpr void next();                           // once per step, before apply
//         template <class V> constexpr V apply(V w, V g, V& first_moment, V& second_moment) const;
//         Scalar learning_rate;                            // of the steps to come
//         constexpr void momentum(double);                 // only if it has one
//         constexpr Scalar momentum() const;
//
// A step is one loop over flat buffers. Optimisers know nothing of layers. Definitions and defaults are PyTorch's.
//
// Hyperparameters that cannot be meant (a negative or NaN rate, decay or ε, a β outside [0, 1)) are errors where a rule is
// made and where one is set; under NDEBUG they are taken as they are.
#pragma once

#include <inlay/core/expects.hpp>
#include <inlay/core/math.hpp>
#include <inlay/kernels/map.hpp>

#include <limits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// A number from 0 to below infinity, in the net's own arithmetic: a chip has no other.
template <class Scalar>
constexpr bool not_negative(Scalar value) noexcept {
    return value >= 0 && value <= (std::numeric_limits<Scalar>::max)();
}
/// A β from 0 to below 1, computed from 1 − β, which keeps the digits of a β next to 1.
template <class Scalar>
constexpr bool keeps_below_1(Scalar intake) noexcept {
    return intake > 0 && intake <= 1;
}

/// What all rules share.
template <class Scalar>
struct rule_base {
    Scalar learning_rate;
    Scalar weight_decay;

    constexpr rule_base(double rate, double decay) noexcept
        : learning_rate(static_cast<Scalar>(rate)), weight_decay(static_cast<Scalar>(decay)) {
        INLAY_EXPECTS(not_negative(learning_rate), "inlay: a learning rate is a finite number, 0 or more");
        INLAY_EXPECTS(not_negative(weight_decay), "inlay: weight decay is a finite number, 0 or more");
    }

    /// g + weight_decay · w, the L2 form of weight decay; g itself where there is none.
    template <class V>
    INLAY_INLINE constexpr V decayed(V g, V w) const noexcept {
        using math::fma;
        return weight_decay != 0 ? fma(V(weight_decay), w, g) : g;
    }
};

/// m ← β·m + (1 − β)·x as m + (1 − β)·(x − m): right for every β below 1 (PyTorch's lerp).
template <class V, class Scalar>
INLAY_INLINE constexpr V averaged(V m, V x, Scalar intake) noexcept {
    using math::fma;
    return fma(V(intake), x - m, m);
}
/// The same with x².
template <class V, class Scalar>
INLAY_INLINE constexpr V averaged_square(V m, V x, Scalar intake) noexcept {
    using math::fma;
    return fma(V(intake), fma(x, x, -m), m);
}

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// The gradient of the loss alone.
struct no_penalty {
    template <class V>
    INLAY_INLINE constexpr V operator()(V g, V) const {
        return g;
    }
};
/// That of the loss with l1·Σ|w| added: g + l1·sign(w), and g where w is 0.
template <class Scalar>
struct l1_penalty {
    Scalar l1;
    template <class V>
    INLAY_INLINE constexpr V operator()(V g, V w) const {
        using math::select;
        const V zero(Scalar(0));
        return g + select(w > zero, V(l1), select(w < zero, V(-l1), zero));
    }
};

/// The loop of a step, over Count neighbouring parameters; `rule.next()` has been called. A parameter's moments are stored
/// Stride apart.
template <class Backend, size_t Count, size_t Stride, size_t Moments, class Scalar, class Rule,
          class Penalty = no_penalty>
constexpr void apply_rule_to(const Rule& rule, Scalar* parameters, const Scalar* gradients, Scalar* moments,
                             Penalty penalised = {}) noexcept {
    const Rule now = rule;
    // A few gradients have just been stored by narrow registers, and a wide load of those would wait.
    using backend = std::conditional_t<Stride <= 1024, kernels::narrowed<Backend>, Backend>;
    kernels::each_chunk<backend, Scalar, Count>([&](auto part) INLAY_INLINE {
        auto w = part.load(parameters);
        const auto g = penalised(part.load(gradients), w);
        auto first = g, second = g;
        if constexpr (Moments > 0) first = part.load(moments);
        if constexpr (Moments > 1) second = part.load(moments + Stride);
        w = now.apply(w, g, first, second);
        part.store(parameters, w);
        if constexpr (Moments > 0) part.store(moments, first);
        if constexpr (Moments > 1) part.store(moments + Stride, second);
    });
}

} // namespace detail

/// One step of `rule` over Extent parameters. `moments` holds Moments buffers of Extent each, zero at first.
template <class Backend, size_t Extent, size_t Moments, class Scalar, class Rule>
constexpr void apply_rule(Rule& rule, Scalar* parameters, const Scalar* gradients, Scalar* moments) noexcept {
    rule.next();
    detail::apply_rule_to<Backend, Extent, Extent, Moments>(rule, parameters, gradients, moments);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
