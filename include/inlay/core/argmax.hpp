// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <array>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// The index of the largest value, the first among equals: the class that logits or probabilities speak for. NaN never
/// wins; all NaN gives 0.
template <class Scalar, size_t Size>
[[nodiscard]] constexpr size_t argmax(const std::array<Scalar, Size>& values) noexcept {
    static_assert(Size > 0, "inlay: argmax of nothing");
    size_t best = 0;
    for (size_t i = 1; i < Size; ++i)
        if (values[i] > values[best] || (values[best] != values[best] && values[i] == values[i])) best = i;
    return best;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
