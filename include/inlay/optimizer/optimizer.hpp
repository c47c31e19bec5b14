// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What an optimiser is: an aggregate of hyperparameters, in double as users write them, with
//
//     static constexpr size_t moments;                     // buffers as long as the parameters
//     template <class Scalar> struct rule;                 // the hyperparameters in the net's own arithmetic
//         constexpr explicit rule(const Optimizer&);
//         constexpr void next();                           // once per step, before apply
//         template <class V> constexpr V apply(V w, V g, V& first_moment, V& second_moment) const;
//
// A step is one loop over flat buffers. Optimisers know nothing of layers. Definitions and defaults are PyTorch's.
#pragma once

#include <inlay/core/math.hpp>
#include <inlay/kernels/map.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// Sets the learning rate of every rule; what all rules share.
template <class Scalar>
struct rule_base {
    Scalar learning_rate;
    Scalar weight_decay;

    /// g + weight_decay · w, the L2 form of weight decay.
    template <class V>
    INLAY_INLINE constexpr V decayed(V g, V w) const {
        using math::fma;
        return fma(V(weight_decay), w, g);
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay::inline INLAY_TARGET {

/// One step of `rule` over Extent parameters. `moments` holds Moments buffers of Extent each, zero at first.
template <class Machine, size_t Extent, size_t Moments, class Scalar, class Rule>
constexpr void apply_rule(Rule& rule, Scalar* parameters, const Scalar* gradients, Scalar* moments) {
    rule.next();
    const Rule now = rule;
    kernels::each_stretch<Machine, Scalar, Extent>([&](auto part) INLAY_INLINE {
        auto w = part.load(parameters);
        const auto g = part.load(gradients);
        auto first = g, second = g;
        if constexpr (Moments > 0) first = part.load(moments);
        if constexpr (Moments > 1) second = part.load(moments + Extent);
        w = now.apply(w, g, first, second);
        part.store(parameters, w);
        if constexpr (Moments > 0) part.store(moments, first);
        if constexpr (Moments > 1) part.store(moments + Extent, second);
    });
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
