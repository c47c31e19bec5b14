// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Strips of scalar registers: see strips.hpp.
#pragma once

#include <inlay/kernels/chip/strips.hpp>
#include <inlay/kernels/order.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels::detail {

template <class Backend, size_t Length, size_t Columns, size_t Row, size_t Split, bool Bias, class Epilogue, class T,
          class Weight>
INLAY_INLINE constexpr void chip_matvec(const T* x, const Weight* w, const T* bias, T* y) {
    each_strip<T, Columns, Split>([&](auto columns, size_t c) INLAY_INLINE {
        constexpr strip_shape shape{.columns = columns,
                                    .split = Split,
                                    .outer = 1,
                                    .inner = Length,
                                    .x_outer = Length,
                                    .x_inner = 1,
                                    .w_row = Row,
                                    .starts = Bias};
        sum_strip<shape>(x, w + c, Bias ? bias + c : bias).into(y + c, store_with<Epilogue>{});
    });
}

template <class Backend, size_t Rows, size_t Length, size_t Row, start Start, class Epilogue, class T>
INLAY_INLINE constexpr void chip_dots(const T* m, const T* x, const T* bias, T* y) {
    constexpr size_t parts = parts_of(Length);
    for (size_t r = 0; r < Rows; ++r, m += Row) {
        T sums[parts];
        unroll<parts>([&](auto s) INLAY_INLINE { sums[s] = T(0); });
        const auto terms = [&](auto count, size_t c) INLAY_INLINE {
            unroll<count>([&](auto s) INLAY_INLINE { sums[s] = math::fma(m[c + s], x[c + s], sums[s]); });
        };
        for (size_t c = 0; c + parts <= Length; c += parts) terms(std::integral_constant<size_t, parts>{}, c);
        terms(std::integral_constant<size_t, Length % parts>{}, Length / parts * parts);
        fold_halves<parts>([&](size_t s) INLAY_INLINE -> T& { return sums[s]; });
        y[r] = finished<Start, Epilogue>(sums[0], bias, y, r);
    }
}

} // namespace inlay::inline INLAY_TARGET::kernels::detail

#include <inlay/core/macros_back.inc>
