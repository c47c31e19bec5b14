// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What a loss is. It knows nothing of layers: it compares one row of outputs with one target.
//
//     template <class Scalar, size_t Outputs, class Target> static constexpr bool accepts   // do they fit?
//     weight<Outputs, Scalar>(target) -> Scalar         // what the row counts in the mean
//     row<Target machine, Outputs>(outputs, target, scale, gradient) -> Scalar
//         // returns the row's value (not scaled), writes scale · ∂value/∂outputs to gradient unless that is null
//
// The loss of a batch is Σ values / Σ weights (PyTorch's reduction="mean"), or Σ values under `summed<loss>`.
#pragma once

#include <inlay/core/math.hpp>
#include <inlay/kernels/map.hpp>

#include <array>
#include <concepts>
#include <type_traits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// True, or a compile-time error: whether Loss can compare this many outputs with such a target.
template <class Loss, class Scalar, size_t Outputs, class Target>
consteval bool fits_target() {
    static_assert(Loss::template accepts<Scalar, Outputs, Target>,
                  "inlay: the target does not fit the loss and the network's outputs");
    return Loss::template accepts<Scalar, Outputs, Target>;
}

/// The base of losses that are a mean over elements: the target is an array as long as the outputs.
struct elementwise_loss {
    template <class Scalar, size_t Outputs, class Target>
    static constexpr bool accepts = std::same_as<Target, std::array<Scalar, Outputs>>;

    template <size_t Outputs, class Scalar, class Target>
    static constexpr Scalar weight(const Target&) {
        return static_cast<Scalar>(Outputs);
    }

  protected:
    /// `slope(d)` of d = output − target, and `add(total, d)` in order: each loss adds its own value, fused where that is
    /// a product.
    template <class Machine, size_t Outputs, class Scalar, class Add, class Slope>
    static constexpr Scalar each(const Scalar* y, const std::array<Scalar, Outputs>& target, Scalar scale,
                                 Scalar* gradient, Add add, Slope slope) {
        Scalar total(0);
        for (size_t i = 0; i < Outputs; ++i) total = add(total, y[i] - target[i]);
        if (gradient)
            kernels::map<Machine, Outputs>(
                gradient,
                [scale, slope](auto out, auto wanted)
                    INLAY_INLINE { return decltype(out)(scale) * slope(out - wanted); },
                y, target.data());
        return total;
    }
};

} // namespace detail

/// The sum over a batch instead of the mean: PyTorch's reduction="sum".
template <class Loss>
struct summed : Loss {
    template <size_t Outputs, class Scalar, class Target>
    static constexpr Scalar weight(const Target&) {
        return Scalar(0); // a total weight of 0 means: do not divide
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
