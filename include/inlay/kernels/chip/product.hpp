// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/chip/strips.hpp>
#include <inlay/kernels/product_shape.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels::detail {

template <class Backend, product_shape S, start Start, class T, class Sink>
INLAY_INLINE constexpr void chip_product(const T* a, const T* b, const T* bias, T* c, Sink sink) {
    each_strip<T, S.columns, 1>([&](auto columns, size_t column) INLAY_INLINE {
        constexpr strip_shape shape{.columns = columns,
                                    .split = 1,
                                    .outer = S.outer,
                                    .inner = S.inner,
                                    .x_outer = S.a_outer,
                                    .x_inner = S.a_inner,
                                    .w_row = S.b_row,
                                    .starts = Start != start::zero};
        if constexpr (is_single<S, Start>) { // its row of B stays in registers
            const auto right = strip<T, columns>::load(b + column);
            for (size_t r = 0; r < S.rows; ++r) right.times(a[S.a_at(r)]).into(c + r * S.c_row + column, sink);
        } else
            for (size_t r = 0; r < S.rows; ++r) {
                T* const to = c + r * S.c_row + column;
                const T* const from = Start == start::accumulate ? to : Start == start::bias ? bias + column : bias;
                sum_strip<shape>(a + S.a_at(r), b + column, from).into(to, sink);
            }
    });
}

} // namespace inlay::inline INLAY_TARGET::kernels::detail

#include <inlay/core/macros_back.inc>
