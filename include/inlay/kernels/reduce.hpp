// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/matvec.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

namespace detail {

/// Folds `Extent` values into parts_of(Extent) running values, value i into number i mod parts, and those in halves:
/// the same order on every target. The first `parts` values start the runs.
template <class Backend, size_t Extent, class T, class Combine>
constexpr T reduce(const T* from, Combine combine) {
    constexpr size_t parts = parts_of(Extent);
    T runs[parts];
    for (size_t s = 0; s < parts; ++s) runs[s] = from[s];
    for (size_t i = parts; i + parts <= Extent; i += parts) map<Backend, parts>(runs, combine, runs, from + i);
    constexpr size_t rest = Extent % parts;
    if constexpr (rest > 0) map<Backend, rest>(runs, combine, runs, from + (Extent - rest));
    fold_halves(runs, parts, combine);
    return runs[0];
}

} // namespace detail

/// Σᵢ from[i]
template <class Backend, size_t Extent, class T>
constexpr T sum(const T* from) {
    return detail::reduce<Backend, Extent>(from, [](auto a, auto b) INLAY_INLINE { return a + b; });
}

/// maxᵢ from[i]. A NaN may be passed over: it comes back through whatever uses the values themselves.
template <class Backend, size_t Extent, class T>
constexpr T maximum(const T* from) {
    return detail::reduce<Backend, Extent>(from, [](auto a, auto b) INLAY_INLINE { return select(a > b, a, b); });
}

/// Σᵢ a[i] · b[i]
template <class Backend, size_t Extent, class T>
constexpr T dot(const T* a, const T* b) {
    T result[1];
    dots<Backend, 1, Extent, Extent, start::zero>(a, b, static_cast<const T*>(nullptr), result);
    return result[0];
}

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>
