// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Matrix times vector, for one sample at a time. Both kernels fix the order of every sum by the shapes alone.
#pragma once

#include <inlay/kernels/map.hpp>

namespace inlay::kernels {

namespace detail {

/// Into how many partial sums a sum over `length` inputs is split when its `columns` outputs lie in lanes: enough
/// independent chains to hide the latency of a fused multiply-add, and at least two terms in each.
constexpr size_t split_of(size_t length, size_t columns) {
    size_t split = columns <= 8 ? 8 : 4;
    while (split > 1 && split * 2 > length) split /= 2;
    return split;
}

/// Into how many partial sums a dot product of `length` terms is split; term i goes to sum i mod parts.
constexpr size_t parts_of(size_t length) {
    size_t parts = 16;
    while (parts > 1 && parts > length) parts /= 2;
    return parts;
}

/// Adds values[j + Count/2] to values[j], in halves, until values[0] holds the sum of all.
template <size_t Count, class Values>
INLAY_INLINE constexpr void fold_halves(Values&& values) {
    if constexpr (Count > 1) {
        unroll<Count / 2>([&](auto j) INLAY_INLINE { values(j) = values(j) + values(j + Count / 2); });
        fold_halves<Count / 2>(values);
    }
}

/// Registers × lanes neighbouring outputs.
template <size_t Length, size_t Columns, size_t Row, bool Bias, class Epilogue, class Plan, size_t Full, bool Tail,
          class T>
INLAY_INLINE inline void matvec_group(const T* x, const T* w, const T* bias, T* y) {
    constexpr size_t split = split_of(Length, Columns), rest = Length % split;
    constexpr size_t lanes = Plan::lanes, used = Tail ? Plan::tail_used : 1, at = Full * lanes;
    using wide = pack<T, lanes>;
    using thin = pack<T, Tail ? Plan::tail_lanes : 1>;
    wide sums[split][Full ? Full : 1];
    thin tails[split];
    unroll<split>([&](auto s) INLAY_INLINE {
        unroll<Full>([&](auto v) INLAY_INLINE {
            if constexpr (Bias && s == 0) sums[s][v] = wide::load(bias + v * lanes);
            else sums[s][v] = wide(T(0));
        });
        if constexpr (Tail) {
            if constexpr (Bias && s == 0) tails[s] = thin::template load_first<used>(bias + at);
            else tails[s] = thin(T(0));
        }
    });
    const auto term = [&](auto s, const T* from, const T* row) INLAY_INLINE {
        if constexpr (Full > 0) {
            const wide left(*from);
            unroll<Full>([&](auto v) INLAY_INLINE { sums[s][v] = fma(left, wide::load(row + v * lanes), sums[s][v]); });
        }
        if constexpr (Tail) tails[s] = fma(thin(*from), thin::template load_first<used>(row + at), tails[s]);
    };
    if constexpr (Length / split <= 4) {
        unroll<Length / split>([&](auto k) INLAY_INLINE {
            unroll<split>([&](auto s) INLAY_INLINE { term(s, x + k * split + s, w + (k * split + s) * Row); });
        });
        x += Length - rest;
        w += (Length - rest) * Row;
    } else {
        for (size_t k = 0; k < Length / split; ++k, x += split, w += split * Row)
            unroll<split>([&](auto s) INLAY_INLINE { term(s, x + s, w + s * Row); });
    }
    unroll<rest>([&](auto s) INLAY_INLINE { term(s, x + s, w + s * Row); });
    unroll<Full>([&](auto v) INLAY_INLINE {
        fold_halves<split>([&](size_t s) INLAY_INLINE -> wide& { return sums[s][v]; });
        Epilogue::apply(sums[0][v]).store(y + v * lanes);
    });
    if constexpr (Tail) {
        fold_halves<split>([&](size_t s) INLAY_INLINE -> thin& { return tails[s]; });
        Epilogue::apply(tails[0]).template store_first<used>(y + at);
    }
}

} // namespace detail

/// y[c] = epilogue(bias[c] + Σₖ x[k] · w[k][c])        k < Length, c < Columns; row k of w starts at w + k·Row.
///
/// Outputs lie in lanes, each x[k] is broadcast. Partial sum s takes the terms k ≡ s (mod split); they are folded in
/// halves at the end. `Bias` false leaves the bias out.
template <class Target, size_t Length, size_t Columns, size_t Row, bool Bias, class Epilogue = identity, class T>
constexpr void matvec(const T* x, const T* w, const T* bias, T* y) {
    constexpr size_t split = detail::split_of(Length, Columns);
    if constexpr (Target::template lanes<T> == 1) {
        for (size_t c = 0; c < Columns; ++c) {
            T sums[split];
            for (size_t s = 0; s < split; ++s) sums[s] = Bias && s == 0 ? bias[c] : T(0);
            size_t s = 0;
            for (size_t k = 0; k < Length; ++k) {
                sums[s] = math::fma(x[k], w[k * Row + c], sums[s]);
                if (++s == split) s = 0;
            }
            for (size_t half = split / 2; half; half /= 2)
                for (size_t j = 0; j < half; ++j) sums[j] += sums[j + half];
            y[c] = Epilogue::apply(sums[0]);
        }
    } else {
        using plan = cover<Target, T, Columns>;
        // Half of the registers hold sums, so that weights and broadcasts find room.
        constexpr size_t most = Target::registers / 2 / split ? Target::registers / 2 / split : 1;
        constexpr bool tail = plan::tail_used > 0;
        constexpr size_t groups = (plan::registers + most - 1) / most;
        unroll<groups>([&](auto group) INLAY_INLINE {
            constexpr size_t first = group * most;
            constexpr size_t count = plan::registers - first < most ? plan::registers - first : most;
            constexpr bool with_tail = tail && first + count == plan::registers;
            constexpr size_t at = first * plan::lanes;
            detail::matvec_group<Length, Columns, Row, Bias, Epilogue, plan, count - (with_tail ? 1 : 0), with_tail>(
                x, w + at, bias + at, y + at);
        });
    }
}

/// y[r] = epilogue(start + Σ꜀ m[r][c] · x[c])        r < Rows, c < Length; row r of m starts at m + r·Row.
///
/// Inputs lie in lanes: for narrow outputs, and for input gradients of one sample. Term c goes to partial sum
/// c mod parts, the parts are folded in halves, the start (nothing, `bias[r]`, or what y[r] holds) is added last.
template <class Target, size_t Rows, size_t Length, size_t Row, start Start, class Epilogue = identity, class T>
constexpr void dots(const T* m, const T* x, const T* bias, T* y) {
    constexpr size_t parts = detail::parts_of(Length);
    const auto finish = [&](T sum, size_t r) INLAY_INLINE {
        if constexpr (Start == start::bias) sum += bias[r];
        else if constexpr (Start == start::accumulate) sum += y[r];
        y[r] = Epilogue::apply(sum);
    };
    if constexpr (Target::template lanes<T> == 1) {
        for (size_t r = 0; r < Rows; ++r) {
            T sums[parts];
            for (size_t s = 0; s < parts; ++s) sums[s] = T(0);
            size_t s = 0;
            for (size_t c = 0; c < Length; ++c) {
                sums[s] = math::fma(m[r * Row + c], x[c], sums[s]);
                if (++s == parts) s = 0;
            }
            for (size_t half = parts / 2; half; half /= 2)
                for (size_t j = 0; j < half; ++j) sums[j] += sums[j + half];
            finish(sums[0], r);
        }
    } else {
        using plan = cover<Target, T, parts>;
        static_assert(plan::tail_used == 0 || plan::full == 0);
        constexpr size_t lanes = plan::full ? plan::lanes : plan::tail_lanes;
        constexpr size_t registers = plan::full ? plan::full : 1;
        constexpr size_t used = plan::full ? lanes : parts; // of each register
        using wide = pack<T, lanes>;
        const auto row = [&](const T* from) INLAY_INLINE -> T {
            wide sums[registers];
            unroll<registers>([&](auto v) INLAY_INLINE { sums[v] = wide(T(0)); });
            const T* left = from;
            const T* right = x;
            const auto step = [&]() INLAY_INLINE {
                unroll<registers>([&](auto v) INLAY_INLINE {
                    sums[v] = fma(wide::template load_first<used>(left + v * lanes),
                                  wide::template load_first<used>(right + v * lanes), sums[v]);
                });
                left += parts;
                right += parts;
            };
            if constexpr (Length / parts <= 8) unroll<Length / parts>([&](auto) INLAY_INLINE { step(); });
            else
                for (size_t i = 0; i < Length / parts; ++i) step();
            constexpr size_t rest = Length % parts;
            unroll<registers>([&](auto v) INLAY_INLINE {
                if constexpr (rest > v * lanes) {
                    constexpr size_t count = rest - v * lanes < used ? rest - v * lanes : used;
                    sums[v] = fma(wide::template load_first<count>(left + v * lanes),
                                  wide::template load_first<count>(right + v * lanes), sums[v]);
                }
            });
            detail::fold_halves<registers>([&](size_t v) INLAY_INLINE -> wide& { return sums[v]; });
            if constexpr (used == lanes) return fold(sums[0]);
            else { // lanes beyond `used` hold zeros
                alignas(64) T all[lanes];
                sums[0].store(all);
                for (size_t half = used / 2; half; half /= 2)
                    for (size_t j = 0; j < half; ++j) all[j] += all[j + half];
                return all[0];
            }
        };
        if constexpr (Rows <= 4) unroll<Rows>([&](auto r) INLAY_INLINE { finish(row(m + r * Row), r); });
        else
            for (size_t r = 0; r < Rows; ++r) finish(row(m + r * Row), r);
    }
}

} // namespace inlay::kernels
