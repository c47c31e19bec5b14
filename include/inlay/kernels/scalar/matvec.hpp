// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// One value at a time: the twin that the others have the bits of, and what constant expressions run.
#pragma once

#include <inlay/kernels/order.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels::detail {

template <class Backend, size_t Length, size_t Columns, size_t Row, size_t Split, bool Bias, class Epilogue, class T,
          class Weight>
INLAY_INLINE constexpr void scalar_matvec(const T* x, const Weight* w, const T* bias, T* y) {
    constexpr size_t split = Split;
    for (size_t c = 0; c < Columns; ++c) {
        T sums[split];
        for (size_t s = 0; s < split; ++s) sums[s] = Bias && s == 0 ? bias[c] : T(0);
        size_t s = 0;
        for (size_t k = 0; k < Length; ++k) {
            sums[s] = math::fma(x[k], static_cast<T>(w[k * Row + c]), sums[s]);
            if (++s == split) s = 0;
        }
        fold_halves(sums, split);
        y[c] = Epilogue::apply(packed(sums[0])).value;
    }
}

template <class Backend, size_t Rows, size_t Length, size_t Row, start Start, class Epilogue, class T>
INLAY_INLINE constexpr void scalar_dots(const T* m, const T* x, const T* bias, T* y) {
    constexpr size_t parts = parts_of(Length);
    for (size_t r = 0; r < Rows; ++r) {
        T sums[parts];
        for (size_t s = 0; s < parts; ++s) sums[s] = T(0);
        size_t s = 0;
        for (size_t c = 0; c < Length; ++c) {
            sums[s] = math::fma(m[r * Row + c], x[c], sums[s]);
            if (++s == parts) s = 0;
        }
        fold_halves(sums, parts);
        y[r] = finished<Start, Epilogue>(sums[0], bias, y, r);
    }
}

} // namespace inlay::inline INLAY_TARGET::kernels::detail

#include <inlay/core/macros_back.inc>
