// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A number that can be a template argument, in steps of 10⁻⁹: `dropout<0.2>`, `leaky_relu<0.01>`. clang before 18 has
/// no floating-point template arguments.
struct decimal {
    std::int64_t billionths;

    consteval decimal(double value) : billionths(rounded(value * 1e9)) {}
    consteval decimal(int value) : decimal(static_cast<double>(value)) {}
    /// The shortest number that float does not tell from `value`: 0.2f is 0.2, and so is 0.2 where
    /// -fsingle-precision-constant makes a float of it.
    consteval decimal(float value) : billionths(0) {
        for (double step = 1e9; step >= 1; step /= 10) {
            billionths = rounded(value * 1e9 / step) * rounded(step);
            if (static_cast<float>(static_cast<double>(billionths) / 1e9) == value) break;
        }
    }

    template <class Scalar>
    constexpr Scalar as() const {
        return static_cast<Scalar>(static_cast<double>(billionths) / 1e9);
    }

  private:
    static consteval std::int64_t rounded(double value) {
        return static_cast<std::int64_t>(value + (value < 0 ? -0.5 : 0.5));
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
