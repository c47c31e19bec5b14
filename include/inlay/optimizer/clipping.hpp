// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/reduce.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Holds every gradient between −limit and limit (torch.nn.utils.clip_grad_value_). NaN stays.
template <class Machine, size_t Extent, class Scalar>
constexpr void clip_by_value(Scalar* gradients, Scalar limit) {
    kernels::map<Machine, Extent>(
        gradients,
        [limit](auto g) INLAY_INLINE {
            using V = decltype(g);
            using math::select;
            return select(g > V(limit), V(limit), select(g < V(-limit), V(-limit), g));
        },
        gradients);
}

/// Scales all gradients by limit/(‖g‖₂ + 1e-6) if that is below 1, and returns ‖g‖₂ (torch.nn.utils.clip_grad_norm_).
template <class Machine, size_t Extent, class Scalar>
constexpr Scalar clip_by_norm(Scalar* gradients, Scalar limit) {
    if constexpr (Extent == 0) return Scalar(0);
    else {
        const Scalar norm = math::sqrt(kernels::dot<Machine, Extent>(gradients, gradients));
        const Scalar scale = limit / (norm + Scalar(1e-6_double));
        if (scale < 1)
            kernels::map<Machine, Extent>(
                gradients, [scale](auto g) INLAY_INLINE { return g * decltype(g)(scale); }, gradients);
        return norm;
    }
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
