// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Convolution with positions in lanes, for images of one channel and few filters.
#pragma once

#include <inlay/kernels/map.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

/// A row of outputs and its windows: `positions` neighbours under `filters` filters. The window has `height` rows of
/// `width` terms, rows of x are x_row apart.
struct correlation {
    size_t positions, filters, height, width, x_row;
};

namespace detail {

/// How many filters and how many registers of positions are summed together: enough chains to hide the latency of a
/// fused multiply-add, and room for positions and a weight.
struct correlation_tile {
    size_t filters, registers;
};
constexpr correlation_tile best_tile(correlation s, size_t column_registers, size_t registers) {
    const size_t v = column_registers < 3 ? column_registers : 3;
    size_t most = (registers - v - 1) / v;
    if (most > 8) most = 8;
    const size_t groups = (s.filters + most - 1) / most;
    return {(s.filters + groups - 1) / groups, v};
}

/// Sums of `Filters` filters, from number `First` on, at Registers × lanes positions, left at to[filter][position].
template <correlation S, size_t First, size_t Filters, size_t Registers, size_t Lanes, class Epilogue, class T>
INLAY_INLINE inline void conv_rows_tile(const T* x, const T* w, const T* bias, T* to,
                                        const std::array<size_t, Registers>& at) {
    using wide = pack<T, Lanes>;
    wide sums[Filters][Registers];
    unroll<Filters>([&](auto f) INLAY_INLINE {
        unroll<Registers>([&](auto v) INLAY_INLINE { sums[f][v] = wide(bias[First + f]); });
    });
    w += First;
    for (size_t u = 0; u < S.height; ++u, x += S.x_row) {
        const auto step = [&](size_t k) INLAY_INLINE {
            wide right[Registers];
            unroll<Registers>([&](auto v) INLAY_INLINE { right[v] = wide::load(x + at[v] + k).in_register(); });
            unroll<Filters>([&](auto f) INLAY_INLINE {
                const wide left(w[f]);
                unroll<Registers>([&](auto v) INLAY_INLINE { sums[f][v] = fma(right[v], left, sums[f][v]); });
            });
            w += S.filters;
        };
        if constexpr (S.width <= 8) unroll<S.width>([&](auto k) INLAY_INLINE { step(k); });
        else
            for (size_t k = 0; k < S.width; ++k) step(k);
    }
    unroll<Filters>([&](auto f) INLAY_INLINE {
        unroll<Registers>(
            [&](auto v) INLAY_INLINE { Epilogue::apply(sums[f][v]).store(to + (First + f) * S.positions + at[v]); });
    });
}

} // namespace detail

/// Whether positions fill lanes better than filters do, their way into place included.
template <class Backend, class T>
constexpr bool prefers_positions_in_lanes(correlation s) {
    constexpr size_t lanes = Backend::template lanes<T>;
    if (lanes < 4 || Backend::template sums_in_strips<T> || s.positions < lanes) return false;
    const size_t by_filters = s.positions * ((s.filters + lanes - 1) / lanes);
    const size_t by_positions = s.filters * ((s.positions + lanes - 1) / lanes);
    return by_positions * 5 <= by_filters * 4;
}

/// y[j][f] = epilogue(bias[f] + Σ_{u, v} x[u·x_row + j + v] · w[u][v][f])        for j < positions, f < filters
///
/// Neighbouring positions are held in lanes, each weight is broadcast. Every sum starts from its bias and takes its terms in
/// order: the bits are those of kernels::product. Needs `prefers_positions_in_lanes`.
template <class Backend, correlation S, class Epilogue, class T>
INLAY_FLATTEN void conv_rows(const T* x, const T* w, const T* bias, T* y) {
    constexpr size_t lanes = Backend::template lanes<T>, registers = (S.positions + lanes - 1) / lanes;
    constexpr detail::correlation_tile tile = detail::best_tile(S, registers, Backend::registers);
    alignas(64) T sums[S.filters * S.positions];
    const auto group = [&]<size_t First, size_t Count>() INLAY_INLINE {
        // The last register overlaps the one before rather than to run over the end.
        constexpr auto at = [=] {
            std::array<size_t, Count> all{};
            for (size_t v = 0; v < Count; ++v) {
                const size_t place = (First + v) * lanes, last = S.positions - lanes;
                all[v] = place < last ? place : last;
            }
            return all;
        }();
        constexpr size_t whole = S.filters / tile.filters, rest = S.filters % tile.filters;
        unroll<whole>([&](auto g) INLAY_INLINE {
            detail::conv_rows_tile<S, g * tile.filters, tile.filters, Count, lanes, Epilogue>(x, w, bias, sums, at);
        });
        if constexpr (rest > 0)
            detail::conv_rows_tile<S, whole * tile.filters, rest, Count, lanes, Epilogue>(x, w, bias, sums, at);
    };
    constexpr size_t groups = registers / tile.registers, rest = registers % tile.registers;
    unroll<groups>([&](auto g) INLAY_INLINE { group.template operator()<g * tile.registers, tile.registers>(); });
    if constexpr (rest > 0) group.template operator()<groups * tile.registers, rest>();
    transpose<Backend, S.filters, S.positions, S.positions, S.filters>(sums, y);
}

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>
