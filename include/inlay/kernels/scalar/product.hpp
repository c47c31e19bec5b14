// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/product_shape.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels::detail {

template <class Backend, product_shape S, start Start, class T, class Sink>
INLAY_INLINE constexpr void scalar_product(const T* a, const T* b, const T* bias, T* c, Sink sink) {
    for (size_t r = 0; r < S.rows; ++r)
        for (size_t column = 0; column < S.columns; ++column) {
            if constexpr (is_single<S, Start>) {
                sink.template put<1>(math::product(a[S.a_at(r)], b[column]), c + r * S.c_row + column);
                continue;
            }
            T sum = Start == start::zero ? T(0) : Start == start::bias ? bias[column] : c[r * S.c_row + column];
            size_t right = column; // an index: a pointer that runs past the end is no constant expression
            for (size_t outer = 0; outer < S.outer; ++outer) {
                const T* left = a + S.a_at(r) + outer * S.a_outer;
                for (size_t inner = 0; inner < S.inner; ++inner, right += S.b_row)
                    sum = math::fma(left[inner * S.a_inner], b[right], sum);
            }
            sink.template put<1>(sum, c + r * S.c_row + column);
        }
}

} // namespace inlay::inline INLAY_TARGET::kernels::detail

#include <inlay/core/macros_back.inc>
