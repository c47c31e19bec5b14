// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The matrix product behind every batched layer. One kernel with strides serves the forward pass, the weight gradient
// and the input gradient of dense layers and of convolutions.
#pragma once

#include <inlay/kernels/strips.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

/// What is summed, and where it lies. With j = (j₁, j₂), j₁ < outer and j₂ < inner:
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

    /// Where row r of A starts.
    constexpr size_t a_at(size_t r) const { return block ? r / block * a_block + r % block * a_row : r * a_row; }
};

/// Whether every sum is a single product: then nothing is added, not even to 0.
template <product_shape S, start Start>
inline constexpr bool is_single = S.outer* S.inner == 1 && Start == start::zero;

namespace detail {

struct tile_shape {
    size_t rows, registers;
};

/// The tile that needs the least estimated time: per step of j a tile costs the larger of its multiplications, its
/// loads and the latency of its chains, in half cycles; the rows and columns that do not fill a tile count in full.
constexpr tile_shape best_tile(size_t rows, size_t column_registers, size_t registers) {
    const auto cost = [](size_t r, size_t v) -> size_t {
        if (r == 0 || v == 0) return 0;
        const size_t work = r * v, loads = r + v;
        const size_t bound = work > loads ? work : loads;
        return bound > 8 ? bound : 8;
    };
    tile_shape best{1, 1};
    size_t least = ~size_t{0};
    for (size_t v = 1; v <= 4 && v <= column_registers; ++v)
        for (size_t r = 1; r <= 12 && r <= rows; ++r) {
            if (r * v + v + 2 > registers) continue; // sums, a row of B, a value of A, and one to spare
            const size_t full = column_registers / v, rest = column_registers % v;
            const size_t total =
                (rows / r) * (full * cost(r, v) + cost(r, rest)) + (full * cost(rows % r, v) + cost(rows % r, rest));
            if (total < least || (total == least && r * v > best.rows * best.registers)) {
                least = total;
                best = {r, v};
            }
        }
    return best;
}

/// Rows × (Full whole registers + at most one tail) of C, with all sums in registers.
template <product_shape S, start Start, size_t First, size_t Rows, class Plan, size_t Full, bool Tail, class T,
          class Sink>
INLAY_INLINE inline void product_tile(const T* a, const T* b, const T* bias, T* c, Sink sink) {
    // Products may add to overlapping rows one after the other (input gradients of convolutions). g++ 12 would
    // else carry what it loaded past a store that overlaps it in part: a fault of its predictive commoning.
    if constexpr (Start == start::accumulate) c = opaque(c);
    // It would also keep the bias in registers from tile to tile, and sums in memory for lack of them.
    if constexpr (Start == start::bias) bias = opaque(bias);
    constexpr size_t lanes = Plan::lanes, used = Tail ? Plan::tail_used : 1, at = Full * lanes;
    using wide = pack<T, lanes>;
    using thin = pack<T, Tail ? Plan::tail_lanes : 1>;
    wide sums[Rows][Full ? Full : 1];
    thin tails[Rows];
    unroll<Rows>([&](auto r) INLAY_INLINE {
        unroll<Full>([&](auto v) INLAY_INLINE {
            if constexpr (Start == start::zero) sums[r][v] = wide(T(0));
            else if constexpr (Start == start::bias) sums[r][v] = wide::load(bias + v * lanes);
            else sums[r][v] = wide::load(c + r * S.c_row + v * lanes);
        });
        if constexpr (Tail) {
            if constexpr (Start == start::zero) tails[r] = thin(T(0));
            else if constexpr (Start == start::bias) tails[r] = thin::template load_first<used>(bias + at);
            else tails[r] = thin::template load_first<used>(c + r * S.c_row + at);
        }
    });
    for (size_t outer = 0; outer < S.outer; ++outer, a += S.a_outer) {
        const T* x = a;
        const auto step = [&]() INLAY_INLINE {
            wide right[Full ? Full : 1];
            thin right_tail;
            unroll<Full>([&](auto v) INLAY_INLINE {
                right[v] = wide::load(b + v * lanes);
                if constexpr (Rows > 1) right[v] = right[v].pinned();
            });
            if constexpr (Tail) right_tail = thin::template load_first<used>(b + at);
            unroll<Rows>([&](auto r) INLAY_INLINE {
                if constexpr (Full > 0) {
                    const wide left(x[S.a_at(First + r)]);
                    unroll<Full>([&](auto v) INLAY_INLINE {
                        if constexpr (is_single<S, Start>) sums[r][v] = left * right[v];
                        else sums[r][v] = fma(left, right[v], sums[r][v]);
                    });
                }
                if constexpr (Tail) {
                    const thin left(x[S.a_at(First + r)]);
                    if constexpr (is_single<S, Start>) tails[r] = left * right_tail;
                    else tails[r] = fma(left, right_tail, tails[r]);
                }
            });
            x = opaque(x + S.a_inner);
            b += S.b_row;
        };
        // A short inner loop is unrolled; a long one would only grow the code.
        if constexpr (S.inner <= 8) unroll<S.inner>([&](auto) INLAY_INLINE { step(); });
        else
            for (size_t inner = 0; inner < S.inner; ++inner) step();
    }
    unroll<Rows>([&](auto r) INLAY_INLINE {
        unroll<Full>([&](auto v) INLAY_INLINE { sink.template put<lanes>(sums[r][v], c + r * S.c_row + v * lanes); });
        if constexpr (Tail) sink.template put<used>(tails[r], c + r * S.c_row + at);
    });
}

/// One group of columns, over all rows.
template <product_shape S, start Start, size_t TileRows, class Plan, size_t Full, bool Tail, class T, class Sink>
inline void product_columns(const T* a, const T* b, const T* bias, T* c, Sink sink) {
    constexpr size_t whole = S.rows / TileRows, rest = S.rows % TileRows;
    if constexpr (S.block > 0) {
        unroll<whole>([&](auto tile) INLAY_INLINE {
            product_tile<S, Start, tile * TileRows, TileRows, Plan, Full, Tail>(a, b, bias,
                                                                                c + tile * TileRows * S.c_row, sink);
        });
        if constexpr (rest > 0)
            product_tile<S, Start, whole * TileRows, rest, Plan, Full, Tail>(a, b, bias, c + whole * TileRows * S.c_row,
                                                                             sink);
    } else {
        for (size_t tile = 0; tile < whole; ++tile)
            product_tile<S, Start, 0, TileRows, Plan, Full, Tail>(a + tile * TileRows * S.a_row, b, bias,
                                                                  c + tile * TileRows * S.c_row, sink);
        if constexpr (rest > 0)
            product_tile<S, Start, 0, rest, Plan, Full, Tail>(a + whole * TileRows * S.a_row, b, bias,
                                                              c + whole * TileRows * S.c_row, sink);
    }
}

/// The same as a function of its own. In a larger one compilers run out of registers for the pointers, and sums wait for
/// those.
template <product_shape S, start Start, size_t TileRows, class Plan, size_t Full, bool Tail, class T, class Sink>
[[gnu::noinline]] void product_columns_apart(const T* a, const T* b, const T* bias, T* c, Sink sink) {
    product_columns<S, Start, TileRows, Plan, Full, Tail>(a, b, bias, c, sink);
}

} // namespace detail

/// The product described by S, each element of C put where `sink` says: `writes<Epilogue>` writes it, the epilogue
/// applied. Each sum runs over j in order from its start, so that every target and width gives the same bits. `bias` is
/// read for start::bias only.
template <class Target, product_shape S, start Start, class T, class Sink = writes<identity>>
INLAY_FLATTEN constexpr void product(const T* a, const T* b, const T* bias, T* c, Sink sink = {}) {
    if constexpr (S.rows == 0 || S.columns == 0) return;
    else if constexpr (Target::template strips<T>) {
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
    } else if constexpr (Target::template lanes<T> == 1) {
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
    } else {
        using plan = cover<Target, T, S.columns>;
        constexpr detail::tile_shape tile = detail::best_tile(S.rows, plan::registers, Target::registers);
        constexpr size_t groups = plan::registers / tile.registers, rest = plan::registers % tile.registers;
        constexpr bool tail = plan::tail_used > 0;
        constexpr size_t step = tile.registers * plan::lanes;
        // The tail rides in the last group, whether that is a whole one or the rest.
        constexpr size_t plain = rest == 0 && tail ? groups - 1 : groups;
        const auto columns = [&]<size_t Full, bool Tail>(size_t at) INLAY_INLINE {
            const T* const start_at = Start == start::bias ? bias + at : bias;
            if constexpr (S.rows * S.outer * S.inner >= 1024)
                detail::product_columns_apart<S, Start, tile.rows, plan, Full, Tail>(a, b + at, start_at, c + at, sink);
            else detail::product_columns<S, Start, tile.rows, plan, Full, Tail>(a, b + at, start_at, c + at, sink);
        };
        for (size_t group = 0; group < plain; ++group) columns.template operator()<tile.registers, false>(group * step);
        constexpr size_t last = rest == 0 ? (tail ? tile.registers : 0) : rest;
        if constexpr (last > 0) columns.template operator()<last - (tail ? 1 : 0), tail>(plain * step);
    }
}

/// to[c] = start + Σᵣ from[r][c], put where `sink` says: the bias gradient. From 16 rows on in four
/// partial sums, row r in sum r mod 4, folded in halves at the end.
template <class Target, size_t Rows, size_t Columns, start Start, class T, class Sink = writes<identity>>
constexpr void column_sums(const T* from, T* to, Sink sink = {}) {
    constexpr size_t split = Rows >= 16 ? 4 : 1;
    each_stretch<Target, T, Columns>([&](auto part) INLAY_INLINE {
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
