// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Sums, means and variances over rows, channels in lanes: what the normalisations measure with.
#pragma once

#include <inlay/layers/layer.hpp>

#include <array>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// What a normalisation learns: γ and β, or nothing.
template <bool Affine, size_t Extent>
inline constexpr auto norm_parameters = [] {
    if constexpr (Affine)
        return std::array{tensor_spec::of("weight", Extent).as(tensor_role::scale).starting_at(1),
                          tensor_spec::of("bias", Extent)};
    else return std::array<tensor_spec, 0>{};
}();

/// Sums over rows: `add(r, sums)` adds row r to some of them. Blocks of 64 rows lose few digits, two sums in each do not
/// wait for each other; the order depends on the count alone.
template <class V, size_t Sums, class Add>
INLAY_INLINE constexpr std::array<V, Sums> over_rows(size_t count, Add add) {
    using T = math::scalar_of_t<V>;
    std::array<V, Sums> totals{};
    for (V& total : totals) total = V(T(0));
    for (size_t first = 0; first < count; first += 64) {
        V even[Sums], odd[Sums];
        for (size_t s = 0; s < Sums; ++s) even[s] = odd[s] = V(T(0));
        const size_t last = count - first < 64 ? count : first + 64;
        size_t r = first;
        for (; r + 1 < last; r += 2) {
            add(r, even);
            add(r + 1, odd);
        }
        if (r < last) add(r, even);
        for (size_t s = 0; s < Sums; ++s) totals[s] = totals[s] + (even[s] + odd[s]);
    }
    return totals;
}

/// The mean of `count` values per channel, rows `Row` values apart, `share` being 1/count: of x − the first x, which an
/// offset does not disturb.
template <size_t Row, class Part, class T, class V>
INLAY_INLINE constexpr V mean_of(Part part, const T* x, size_t count, V share) {
    const V first = part.load(x);
    return fma(over_rows<V, 1>(count, [&](size_t r, V(&to)[1])
                                          INLAY_INLINE { to[0] = to[0] + (part.load(x + r * Row) - first); })[0],
               share, first);
}

/// Σ (x − middle) and Σ (x − middle)² per channel.
template <size_t Row, class Part, class T, class V>
INLAY_INLINE constexpr std::array<V, 2> distances_from(V middle, Part part, const T* x, size_t count) {
    return over_rows<V, 2>(count, [&](size_t r, V(&to)[2]) INLAY_INLINE {
        const V distance = part.load(x + r * Row) - middle;
        to[0] = to[0] + distance;
        to[1] = fma(distance, distance, to[1]);
    });
}

/// Mean and biased variance of `count` values per channel, in two passes (Chan, Golub and LeVeque 1983): the mean, then the
/// squares about it, with what it was off by.
template <size_t Row, class Part, class T, class V>
INLAY_INLINE constexpr void measure(Part part, const T* x, size_t count, V share, V& mean, V& var) {
    const V middle = mean_of<Row>(part, x, count, share);
    const auto [sum, squares] = distances_from<Row>(middle, part, x, count);
    const V off = sum * share;
    mean = middle + off;
    var = max(V(T(0)), fma(-off, sum, squares) * share);
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
