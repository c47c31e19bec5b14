// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// In which order sums are taken: it follows from the shapes alone, never from the number of lanes, so that all back ends give
// the same bits.
#pragma once

#include <inlay/kernels/map.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

/// Into how many partial sums a sum over `length` inputs is split when its `columns` outputs are held in lanes: enough
/// independent chains to hide the latency of a fused multiply-add, and at least two terms in each.
constexpr size_t split_of(size_t length, size_t columns) {
    size_t split = columns <= 8 ? 8 : columns <= 16 ? 4 : columns <= 32 ? 2 : 1;
    while (split > 1 && split * 2 > length) split /= 2;
    return split;
}

namespace detail {

/// Into how many partial sums a dot product of `length` terms is split; term i goes to sum i mod parts.
constexpr size_t parts_of(size_t length) {
    size_t parts = 16;
    while (parts > 1 && parts > length) parts /= 2;
    return parts;
}

/// What becomes of a finished dot product, number r: the start is added and the epilogue applied.
template <start Start, class Epilogue, class T>
INLAY_INLINE constexpr T finished(T sum, [[maybe_unused]] const T* bias, [[maybe_unused]] const T* y,
                                  [[maybe_unused]] size_t r) {
    auto all = packed(sum);
    if constexpr (Start == start::bias) all = all + packed(bias[r]);
    else if constexpr (Start == start::accumulate) all = all + packed(y[r]);
    return Epilogue::apply(all).value;
}

} // namespace detail

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>
