// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The matrix product that serves every batched layer. One kernel with strides serves the forward pass, the weight gradient
// and the input gradient of dense layers and of convolutions. Three back ends have the same bits: scalar/, vector/ and chip/.
#pragma once

#include <inlay/kernels/chip/product.hpp>
#include <inlay/kernels/scalar/product.hpp>
#include <inlay/kernels/vector/product.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

/// The product described by S, each element of C put where `sink` says: `store_with<Epilogue>` writes it, the epilogue
/// applied. Each sum runs over j in order from its start, so that every target and width gives the same bits. `bias` is
/// read for start::bias only.
template <class Backend, product_shape S, start Start, class T, class Sink = store_with<identity>>
INLAY_FLATTEN constexpr void product(const T* a, const T* b, const T* bias, T* c, Sink sink = {}) {
    if constexpr (S.rows == 0 || S.columns == 0) return;
    else if constexpr (Backend::template sums_in_strips<T>)
        detail::chip_product<Backend, S, Start>(a, b, bias, c, sink);
    else if constexpr (Backend::template lanes<T> == 1) detail::scalar_product<Backend, S, Start>(a, b, bias, c, sink);
    else detail::vector_product<Backend, S, Start>(a, b, bias, c, sink);
}

/// to[c] = start + Σᵣ from[r][c], put where `sink` says: the bias gradient. From 16 rows on in four
/// partial sums, row r in sum r mod 4, folded in halves at the end.
template <class Backend, size_t Rows, size_t Columns, start Start, class T, class Sink = store_with<identity>>
constexpr void column_sums(const T* from, T* to, Sink sink = {}) {
    constexpr size_t split = Rows >= 16 ? 4 : 1;
    each_chunk<Backend, T, Columns>([&](auto part) INLAY_INLINE {
        using V = decltype(part.load(to));
        V sums[split];
        for (V& sum : sums) sum = V(T(0));
        if constexpr (Start != start::zero) sums[0] = part.load(to);
        for (size_t r = 0; r < Rows / split * split; r += split)
            unroll<split>([&](auto s) INLAY_INLINE { sums[s] = sums[s] + part.load(from + (r + s) * Columns); });
        unroll<Rows % split>(
            [&](auto s) INLAY_INLINE { sums[s] = sums[s] + part.load(from + (Rows / split * split + s) * Columns); });
        detail::fold_halves<split>([&](size_t s) INLAY_INLINE -> V& { return sums[s]; });
        sink.template put<part.used>(sums[0], to + part.at);
    });
}

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>
