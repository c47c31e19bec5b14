// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Dot products of neighbouring steps of a sequence, where outputs are too few to fill lanes.
#pragma once

#include <inlay/kernels/matvec.hpp>

#include <utility>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

namespace detail {

/// Count·Lanes values in registers of the compiler's own.
template <size_t Lanes, size_t Count, class T>
struct shuffled {
    typedef T vector __attribute__((vector_size(Lanes * sizeof(T))));
    vector rows[Count];

    INLAY_INLINE void load(const T* from) { __builtin_memcpy(rows, from, sizeof rows); }
    INLAY_INLINE void store(T* to) const { __builtin_memcpy(to, rows, sizeof rows); }

    /// Rows before number `Next` have been looked through: where lane i of row Row comes from, of what was found (its lanes
    /// first) and row Next.
    template <class From, size_t Row, size_t Next>
    static constexpr int lane(size_t i) {
        const size_t at = From{}(Row * Lanes + i);
        return static_cast<int>(at / Lanes == Next ? Lanes + at % Lanes : Next == 1 ? at % Lanes : i);
    }
    template <class From, size_t Row, size_t Next, size_t... I>
    INLAY_INLINE void look_through(vector& found, std::index_sequence<I...>) const {
        found = __builtin_shufflevector(found, rows[Next], lane<From, Row, Next>(I)...);
    }
    /// Value i becomes number From{}(i).
    template <class From>
    INLAY_INLINE void reorder(From) {
        shuffled to;
        unroll<Count>([&](auto r) INLAY_INLINE {
            to.rows[r] = rows[0];
            unroll<Count - 1>([&](auto next) INLAY_INLINE {
                this->template look_through<From, r, next + 1>(to.rows[r], std::make_index_sequence<Lanes>{});
            });
        });
        *this = to;
    }
};

} // namespace detail

/// to[c][t] = x[t][c]        t < Lanes, c < Channels
template <size_t Lanes, size_t Channels, class T>
INLAY_INLINE inline void steps_to_lanes(const T* x, T* to) {
    detail::shuffled<Lanes, Channels, T> all;
    all.load(x);
    all.reorder([](size_t i) { return i % Lanes * Channels + i / Lanes; });
    all.store(to);
}
/// to[t][c] = x[c][t]        t < Lanes, c < Channels
template <size_t Lanes, size_t Channels, class T>
INLAY_INLINE inline void lanes_to_steps(const T* x, T* to) {
    detail::shuffled<Lanes, Channels, T> all;
    all.load(x);
    all.reorder([](size_t i) { return i % Channels * Lanes + i / Channels; });
    all.store(to);
}

/// y[t][r] = epilogue(start + Σ꜀ m[r][c] · x[c][t])        t < Lanes, r < Rows, c < Length
///
/// Steps are held in lanes, each m[r][c] is broadcast. Every sum is split and folded as `dots` does it, so that a step has the
/// same bits alone and among others.
template <size_t Lanes, size_t Rows, size_t Length, start Start, class Epilogue, class T>
INLAY_INLINE inline void step_dots(const T* m, const T* x, [[maybe_unused]] const T* bias, T* y) {
    using V = pack<T, Lanes>;
    constexpr size_t parts = detail::parts_of(Length), turns = Length / parts, rest = Length % parts;
    alignas(64) T all[Rows * Lanes];
    unroll<Rows>([&](auto r) INLAY_INLINE {
        V sums[parts];
        const auto term = [&](auto p, size_t c)
                              INLAY_INLINE { sums[p] = fma(V(m[r * Length + c]), V::load(x + c * Lanes), sums[p]); };
        unroll<parts>([&](auto p) INLAY_INLINE {
            sums[p] = V(T(0));
            term(p, p);
        });
        for (size_t i = 1; i < turns; ++i) unroll<parts>([&](auto p) INLAY_INLINE { term(p, i * parts + p); });
        unroll<rest>([&](auto p) INLAY_INLINE { term(p, turns * parts + p); });
        detail::fold_halves<parts>([&](size_t s) INLAY_INLINE -> V& { return sums[s]; });
        if constexpr (Start == start::bias) sums[0] = sums[0] + V(bias[r]);
        Epilogue::apply(sums[0]).store(all + r * Lanes);
    });
    lanes_to_steps<Lanes, Rows>(all, y);
}

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>
