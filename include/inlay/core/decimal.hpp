// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A number that can be a template argument, in steps of 10⁻⁹: `dropout<0.2>`, `leaky_relu<0.01>`. clang before 18 has
/// no floating-point template arguments.
struct decimal {
    std::int64_t billionths;

    consteval decimal(double value) : billionths(static_cast<std::int64_t>(value * 1e9 + (value < 0 ? -0.5 : 0.5))) {}

    template <class Scalar>
    constexpr Scalar as() const {
        return static_cast<Scalar>(static_cast<double>(billionths) / 1e9);
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
