// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/order.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

/// What is summed, and where it is stored. With j = (j₁, j₂), j₁ < outer and j₂ < inner:
///
///     C[r][c] = start + Σⱼ A[r, j] · B[j][c]          r < rows, c < columns
///     A[r, j] at a + r·a_row + j₁·a_outer + j₂·a_inner,  B[j] at b + (j₁·inner + j₂)·b_row,  C[r] at c + r·c_row
struct product_shape {
    size_t rows, columns, outer, inner;
    size_t a_row, a_outer, a_inner;
    size_t b_row, c_row;
    /// Where rows of A come in blocks of `block` rows, `a_block` apart; 0 means one block. Such products are unrolled over
    /// their rows: for few rows only.
    size_t block = 0, a_block = 0;

    /// C = A·B, all row-major: A [rows][inner], rows of C every c_row values.
    static constexpr product_shape plain(size_t rows, size_t columns, size_t inner, size_t c_row) {
        return {.rows = rows,
                .columns = columns,
                .outer = 1,
                .inner = inner,
                .a_row = inner,
                .a_outer = 0,
                .a_inner = 1,
                .b_row = columns,
                .c_row = c_row};
    }
    /// C = Aᵀ·B, all row-major: A [inner][rows], rows of B every b_row values.
    static constexpr product_shape transposed(size_t rows, size_t columns, size_t inner, size_t b_row) {
        return {.rows = rows,
                .columns = columns,
                .outer = 1,
                .inner = inner,
                .a_row = 1,
                .a_outer = 0,
                .a_inner = rows,
                .b_row = b_row,
                .c_row = columns};
    }
    /// The same with rows of A [inner][…] so many values apart.
    constexpr product_shape with_a_every(size_t apart) const {
        product_shape all = *this;
        all.a_inner = apart;
        return all;
    }

    /// Where row r of A starts.
    constexpr size_t a_at(size_t r) const { return block ? r / block * a_block + r % block * a_row : r * a_row; }
};

/// Whether every sum is a single product: then nothing is added, not even to 0.
template <product_shape S, start Start>
inline constexpr bool is_single = S.outer* S.inner == 1 && Start == start::zero;

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>
