// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Tiles of sums in registers.
#pragma once

#include <inlay/kernels/product_shape.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels::detail {

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
    if constexpr (Start == start::accumulate) c = hide_provenance(c);
    // It would also keep the bias in registers from tile to tile, and sums in memory for lack of them.
    if constexpr (Start == start::bias) bias = hide_provenance(bias);
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
                if constexpr (Rows > 1) right[v] = right[v].in_register();
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
            x = hide_provenance(x + S.a_inner);
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

template <class Backend, product_shape S, start Start, class T, class Sink>
INLAY_INLINE constexpr void vector_product(const T* a, const T* b, const T* bias, T* c, Sink sink) {
    using plan = lane_plan<Backend, T, S.columns>;
    constexpr tile_shape tile = best_tile(S.rows, plan::registers, Backend::registers);
    constexpr size_t groups = plan::registers / tile.registers, rest = plan::registers % tile.registers;
    constexpr bool tail = plan::tail_used > 0;
    constexpr size_t step = tile.registers * plan::lanes;
    // The tail rides in the last group, whether that is a whole one or the rest.
    constexpr size_t plain = rest == 0 && tail ? groups - 1 : groups;
    const auto columns = [&]<size_t Full, bool Tail>(size_t at) INLAY_INLINE {
        const T* const start_at = Start == start::bias ? bias + at : bias;
        if constexpr (S.rows * S.outer * S.inner >= 1024)
            product_columns_apart<S, Start, tile.rows, plan, Full, Tail>(a, b + at, start_at, c + at, sink);
        else product_columns<S, Start, tile.rows, plan, Full, Tail>(a, b + at, start_at, c + at, sink);
    };
    for (size_t group = 0; group < plain; ++group) columns.template operator()<tile.registers, false>(group * step);
    constexpr size_t last = rest == 0 ? (tail ? tile.registers : 0) : rest;
    if constexpr (last > 0) columns.template operator()<last - (tail ? 1 : 0), tail>(plain * step);
}

} // namespace inlay::inline INLAY_TARGET::kernels::detail

#include <inlay/core/macros_back.inc>
