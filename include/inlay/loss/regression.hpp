// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Losses for numbers: the target of each row is an array as long as the outputs.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/loss/loss.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// (y − t)², mean over batch and outputs (torch.nn.MSELoss).
struct mean_squared_error : detail::elementwise_loss {
    static constexpr auto name = "mean_squared_error";

    template <class Backend, size_t Outputs, class Scalar>
    static constexpr Scalar row(const Scalar* y, const std::array<Scalar, Outputs>& target, Scalar scale,
                                Scalar* gradient) noexcept {
        return each<Backend, Outputs>(
            y, target, scale, gradient,
            [](Scalar out, Scalar wanted) {
                const Scalar d = out - wanted;
                return math::product(d, d);
            },
            [](auto out, auto wanted) INLAY_INLINE {
                const auto d = out - wanted;
                return d + d;
            });
    }
};

/// |y − t|, mean over batch and outputs (torch.nn.L1Loss). The slope at 0 is 0.
struct mean_absolute_error : detail::elementwise_loss {
    static constexpr auto name = "mean_absolute_error";

    template <class Backend, size_t Outputs, class Scalar>
    static constexpr Scalar row(const Scalar* y, const std::array<Scalar, Outputs>& target, Scalar scale,
                                Scalar* gradient) noexcept {
        return each<Backend, Outputs>(
            y, target, scale, gradient, [](Scalar out, Scalar wanted) { return math::abs(out - wanted); },
            [](auto out, auto wanted) INLAY_INLINE {
                using V = decltype(out);
                using math::select;
                const V zero(Scalar(0)), d = out - wanted;
                return select(d > zero, V(Scalar(1)), select(d < zero, V(Scalar(-1)), d));
            });
    }
};

/// ½d² where |d| ≤ Delta, else Delta·(|d| − ½Delta), d = y − t; mean over batch and outputs (Huber 1964;
/// torch.nn.HuberLoss). `huber<>` has Delta = 1.
template <decimal Delta = 1.0>
struct huber : detail::elementwise_loss {
    static_assert(Delta.billionths > 0, "inlay: huber needs a positive delta");
    static constexpr auto name = "huber";

    template <class Backend, size_t Outputs, class Scalar>
    static constexpr Scalar row(const Scalar* y, const std::array<Scalar, Outputs>& target, Scalar scale,
                                Scalar* gradient) noexcept {
        constexpr Scalar delta = Delta.template as<Scalar>();
        return each<Backend, Outputs>(
            y, target, scale, gradient,
            [](Scalar out, Scalar wanted) {
                const Scalar d = out - wanted, size = math::abs(d);
                constexpr Scalar half = delta / 2;
                return size <= delta ? math::product(Scalar(0.5) * d, d) : math::product(delta, size - half);
            },
            [](auto out, auto wanted) INLAY_INLINE {
                using V = decltype(out);
                using math::select;
                const V d = out - wanted;
                return select(d > V(delta), V(delta), select(d < V(-delta), V(-delta), d));
            });
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
