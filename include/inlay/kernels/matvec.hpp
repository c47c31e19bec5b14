// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Matrix times vector, for one sample at a time: what is computed, in which order, and by which back end. Three back ends have
// the same bits: scalar/, vector/ and chip/.
#pragma once

#include <inlay/kernels/chip/matvec.hpp>
#include <inlay/kernels/scalar/matvec.hpp>
#include <inlay/kernels/vector/matvec.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

/// y[c] = epilogue(bias[c] + Σₖ x[k] · w[k][c])        k < Length, c < Columns; row k of w starts at w + k·Row.
///
/// Outputs are held in lanes, each x[k] is broadcast. Partial sum s takes the terms k ≡ s (mod Split); they are folded in
/// halves at the end. Split is split_of for the columns that belong together, of which this may be a part. `Bias` false
/// leaves the bias out. Weights of another type than T (std::int8_t) become T's as they are loaded.
template <class Backend, size_t Length, size_t Columns, size_t Row, size_t Split, bool Bias, class Epilogue = identity,
          class T, class Weight>
INLAY_INLINE constexpr void matvec(const T* x, const Weight* w, const T* bias, T* y) {
    if constexpr (Backend::template sums_in_strips<T>)
        detail::chip_matvec<Backend, Length, Columns, Row, Split, Bias, Epilogue>(x, w, bias, y);
    else if constexpr (Backend::template lanes<T> == 1)
        detail::scalar_matvec<Backend, Length, Columns, Row, Split, Bias, Epilogue>(x, w, bias, y);
    else detail::vector_matvec<Backend, Length, Columns, Row, Split, Bias, Epilogue>(x, w, bias, y);
}

/// y[r] = epilogue(start + Σ꜀ m[r][c] · x[c])        r < Rows, c < Length; row r of m starts at m + r·Row.
///
/// Inputs are held in lanes: for narrow outputs, and for input gradients of one sample. Term c goes to partial sum
/// c mod parts, the parts are folded in halves, the start (nothing, `bias[r]`, or what y[r] holds) is added last.
/// Where Block < Length, the columns of m are stored in blocks of that many, each [Rows][Block] (the last one as wide as it is).
template <class Backend, size_t Rows, size_t Length, size_t Row, start Start, class Epilogue = identity,
          size_t Block = Length, class T>
INLAY_INLINE constexpr void dots(const T* m, const T* x, const T* bias, T* y) {
    if constexpr (Block < Length) {
        static_assert(Start == start::accumulate);
        for (size_t r = 0; r < Rows; ++r) {
            T row[Length];
            for (size_t c = 0; c < Length; c += Block) {
                const size_t wide = Length - c < Block ? Length - c : Block;
                for (size_t i = 0; i < wide; ++i) row[c + i] = m[c * Rows + r * wide + i];
            }
            dots<Backend, 1, Length, Length, Start, Epilogue>(row, x, bias, y + r);
        }
    } else if constexpr (Backend::template sums_in_strips<T>)
        detail::chip_dots<Backend, Rows, Length, Row, Start, Epilogue>(m, x, bias, y);
    else if constexpr (Backend::template lanes<T> == 1)
        detail::scalar_dots<Backend, Rows, Length, Row, Start, Epilogue>(m, x, bias, y);
    else detail::vector_dots<Backend, Rows, Length, Row, Start, Epilogue>(m, x, bias, y);
}

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>
