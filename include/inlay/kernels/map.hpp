// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/simd.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

/// The epilogue that changes nothing.
struct identity {
    template <class V>
    static INLAY_INLINE constexpr V apply(V v) {
        return v;
    }
    static constexpr bool brief = true;
};

/// Whether a function is a few instructions, to be repeated for every value that is available. It says so itself:
/// `static constexpr bool brief = true`.
template <class Function>
inline constexpr bool is_brief = requires {
    requires Function::brief;
};

/// What becomes of finished sums: they are written, `Epilogue` applied. V is a pack, of which Used lanes count, or T.
template <class Epilogue>
struct store_with {
    static constexpr bool brief = is_brief<Epilogue>;
    template <size_t Used, class V, class T>
    INLAY_INLINE constexpr void put(V sums, T* to) const {
        Epilogue::apply(packed(sums)).template store_first<Used>(to);
    }
};

/// What becomes of finished gradients: a step of plain gradient descent from what is there, w ← w − rate·(g + decay·w).
template <class T>
struct sgd_update {
    static constexpr bool brief = true;
    T rate, decay;

    template <size_t Used, class V>
    INLAY_INLINE constexpr void put(V gradient, T* to) const {
        const auto g = packed(gradient);
        step(g, decltype(packed(gradient))::template load_first<Used>(to)).template store_first<Used>(to);
    }
    template <class V>
    INLAY_INLINE constexpr V step(V g, V w) const {
        return moved(decays() ? decayed(g, w) : g, w);
    }
    // Its parts: who has several gradients available asks once.
    INLAY_INLINE constexpr bool decays() const { return decay != 0; }
    template <class V>
    INLAY_INLINE constexpr V decayed(V g, V w) const {
        using math::fma;
        return fma(V(decay), w, g);
    }
    template <class V>
    INLAY_INLINE constexpr V moved(V g, V w) const {
        using math::fma;
        return fma(V(-rate), g, w);
    }
};

/// What becomes of finished gradients of an activation's outputs: dx = dy · f'(x), computed from those outputs, `seen`, which
/// are stored among themselves as the targets after `first` are.
template <class Function, class T>
struct times_slope {
    static constexpr bool brief = true;
    const T *seen, *first;

    template <size_t Used, class V>
    INLAY_INLINE constexpr void put(V dy, T* to) const {
        using pack_of = decltype(packed(dy));
        const auto y = pack_of::template load_first<Used>(seen + (to - first));
        (packed(dy) * Function::slope_from_output(y)).template store_first<Used>(to);
    }
};

/// What a sum starts from: nothing, a bias per column, or what the target holds already.
enum class start { zero, bias, accumulate };

/// A chunk of neighbouring values that is worked on together: `Lanes` of them in a register, of which `Used` count.
template <class T, size_t Lanes, size_t Used>
struct chunk {
    static constexpr size_t used = Used;
    size_t at;
    INLAY_INLINE constexpr auto load(const T* from) const {
        return pack<T, Lanes>::template load_first<Used>(from + at);
    }
    INLAY_INLINE constexpr void store(T* to, pack<T, Lanes> v) const { v.template store_first<Used>(to + at); }
};

/// Calls `body(chunk)` until [0, Extent) is covered. The body is generic: it computes with packs of any width, of one
/// value in the scalar twin, with the same bits.
template <class Backend, class T, size_t Extent, class Body>
INLAY_INLINE constexpr void each_chunk(Body&& body) {
    if constexpr (Extent == 0) return;
    else if constexpr (Backend::template lanes<T> == 1) {
        for (size_t i = 0; i < Extent; ++i) body(chunk<T, 1, 1>{i});
    } else {
        using plan = lane_plan<Backend, T, Extent>;
        if constexpr (plan::full <= (Backend::template sums_in_strips<T> ? 1 : 8)) // a chip's flash is small
            unroll<plan::full>([&](auto i) INLAY_INLINE { body(chunk<T, plan::lanes, plan::lanes>{i * plan::lanes}); });
        else
            for (size_t i = 0; i < plan::full * plan::lanes; i += plan::lanes)
                body(chunk<T, plan::lanes, plan::lanes>{i});
        if constexpr (plan::tail_used > 0) body(chunk<T, plan::tail_lanes, plan::tail_used>{plan::full * plan::lanes});
    }
}

/// to[i] = f(from[i]…) for i in [0, Extent). `to` may be one of the sources.
template <class Backend, size_t Extent, class T, class Function, class... Sources>
constexpr void map(T* to, Function f, const Sources*... from) {
    each_chunk<Backend, T, Extent>([&](auto part) INLAY_INLINE { part.store(to, f(part.load(from)...)); });
}

/// to[i] = value.
template <size_t Extent, class T>
constexpr void fill(T* to, T value) {
    for (size_t i = 0; i < Extent; ++i) to[i] = value;
}

/// to[i] = from[i]. The ranges do not overlap.
template <size_t Extent, class T>
INLAY_INLINE constexpr void copy(T* to, const T* from) {
    if (!std::is_constant_evaluated()) __builtin_memcpy(to, from, Extent * sizeof(T));
    else
        for (size_t i = 0; i < Extent; ++i) to[i] = from[i];
}

/// The same in moves of 32 bytes at most, for values that are soon read one by one: what a wider store has written a narrow
/// load must wait for (20 ns on Zen 4).
template <size_t Extent, class T>
INLAY_INLINE constexpr void copy_soon_read(T* to, const T* from) {
    constexpr size_t lanes = 32 / sizeof(T), rest = Extent % lanes;
    if constexpr (!has_lanes<T, 2 * lanes>) copy<Extent>(to, from);
    else {
        if (std::is_constant_evaluated()) return copy<Extent>(to, from);
        for (size_t i = 0; i + lanes <= Extent; i += lanes) pack<T, lanes>::load(from + i).store(to + i);
        copy<rest>(to + Extent - rest, from + Extent - rest);
    }
}

/// to[c][r] = from[r][c]; rows of `from` and `to` start every FromRow and ToRow values. The ranges do not overlap.
template <class Backend, size_t Rows, size_t Columns, size_t FromRow, size_t ToRow, class T>
constexpr void transpose(const T* from, T* to) {
    if constexpr (Backend::template lanes<T> >= 4 && has_transpose4<T> && Rows >= 4 && Columns >= 4) {
        // Blocks of 4 × 4; the last ones overlap those before.
        for (size_t i = 0; i < Columns; i += 4)
            for (size_t j = 0; j < Rows; j += 4) {
                const size_t c = i + 4 < Columns ? i : Columns - 4, r = j + 4 < Rows ? j : Rows - 4;
                transpose4<T, FromRow, ToRow>(from + r * FromRow + c, to + c * ToRow + r);
            }
    } else
        for (size_t c = 0; c < Columns; ++c)
            for (size_t r = 0; r < Rows; ++r) to[c * ToRow + r] = from[r * FromRow + c];
}

/// to[i] += from[i].
template <class Backend, size_t Extent, class T>
constexpr void add(T* to, const T* from) {
    map<Backend, Extent>(
        to, [](auto a, auto b) INLAY_INLINE { return a + b; }, to, from);
}

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>
