// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Registers of several lanes.
#pragma once

#include <inlay/kernels/order.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels::detail {

/// Registers × lanes neighbouring outputs.
template <size_t Length, size_t Split, size_t Row, bool Bias, class Epilogue, class Plan, size_t Full, bool Tail,
          class T, class Weight>
INLAY_INLINE inline void matvec_group(const T* x, const Weight* w, const T* bias, T* y) {
    constexpr size_t split = Split;
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
    // One input: `left(n)` gives it in n lanes.
    const auto term = [&](auto s, auto left, const Weight* row) INLAY_INLINE {
        if constexpr (Full > 0) {
            const wide all = left(std::integral_constant<size_t, lanes>{});
            unroll<Full>([&](auto v) INLAY_INLINE { sums[s][v] = fma(all, wide::load(row + v * lanes), sums[s][v]); });
        }
        if constexpr (Tail)
            tails[s] = fma(left(std::integral_constant<size_t, Plan::tail_lanes>{}),
                           thin::template load_first<used>(row + at), tails[s]);
    };
    // Several: from memory one by one, or in fours where loads hold the sums back more than latency does.
    constexpr bool in_fours = has_quads<T, lanes> && Full > 0 && (Length >= 20 || (Length >= 4 && Full >= 4));
    constexpr size_t turn = in_fours && split < 4 ? 4 : split, turns = Length / turn;
    const auto terms = [&](auto count, auto fours) INLAY_INLINE {
        if constexpr (in_fours) { // known without the arguments: clang looks into what is left
            if constexpr (fours)
                unroll<count / 4>([&](auto q) INLAY_INLINE {
                    const auto four = four_broadcasts<T, lanes>::load(x + q * 4);
                    unroll<4>([&](auto i) INLAY_INLINE {
                        constexpr size_t k = q * 4 + i;
                        term(
                            std::integral_constant<size_t, k % split>{},
                            [&](auto n) INLAY_INLINE { return four.template spread<i, n>(); }, w + k * Row);
                    });
                });
        }
        constexpr size_t done = fours ? count / 4 * 4 : 0;
        unroll<count - done>([&](auto i) INLAY_INLINE {
            constexpr size_t k = done + i;
            term(
                std::integral_constant<size_t, k % split>{}, [&](auto n) INLAY_INLINE { return pack<T, n>(x[k]); },
                w + k * Row);
        });
        x += count;
        w += count * Row;
    };
    constexpr std::integral_constant<size_t, turn> all;
    constexpr std::bool_constant<in_fours> fours;
    if constexpr (turns * turn <= 4 * split) unroll<turns>([&](auto) INLAY_INLINE { terms(all, fours); });
    else if constexpr (in_fours && Length >= 32) {
        // The first and the last input often have just been stored one by one: a wider load of them would wait.
        terms(all, std::false_type{});
        for (size_t k = 2; k < turns; ++k) terms(all, fours);
        terms(all, std::false_type{});
    } else
        for (size_t k = 0; k < turns; ++k) terms(all, fours);
    terms(std::integral_constant<size_t, Length % turn>{}, fours);
    unroll<Full>([&](auto v) INLAY_INLINE {
        fold_halves<split>([&](size_t s) INLAY_INLINE -> wide& { return sums[s][v]; });
        Epilogue::apply(sums[0][v]).store(y + v * lanes);
    });
    if constexpr (Tail) {
        fold_halves<split>([&](size_t s) INLAY_INLINE -> thin& { return tails[s]; });
        Epilogue::apply(tails[0]).template store_first<used>(y + at);
    }
}

template <class Backend, size_t Length, size_t Columns, size_t Row, size_t Split, bool Bias, class Epilogue, class T,
          class Weight>
INLAY_INLINE constexpr void vector_matvec(const T* x, const Weight* w, const T* bias, T* y) {
    constexpr size_t split = Split;
    using plan = lane_plan<Backend, T, Columns>;
    // Half of the registers hold sums, so that weights and broadcasts find room; more where each has one sum only,
    // whose latency is hidden by its neighbours.
    constexpr size_t room = split > 1 ? Backend::registers / 2 : Backend::registers - 4;
    constexpr size_t most = room / split ? room / split : 1;
    constexpr bool tail = plan::tail_used > 0;
    constexpr size_t groups = (plan::registers + most - 1) / most;
    unroll<groups>([&](auto group) INLAY_INLINE {
        constexpr size_t first = group * most;
        constexpr size_t count = plan::registers - first < most ? plan::registers - first : most;
        constexpr bool with_tail = tail && first + count == plan::registers;
        constexpr size_t at = first * plan::lanes;
        matvec_group<Length, Split, Row, Bias, Epilogue, plan, count - (with_tail ? 1 : 0), with_tail>(
            x, w + at, Bias ? bias + at : bias, y + at);
    });
}

/// Up to four neighbouring rows of `dots`.
template <class Backend, size_t Rows, size_t Length, size_t Row, start Start, class Epilogue, class T>
INLAY_INLINE inline void dots_block(const T* m, const T* x, const T* bias, T* y) {
    constexpr size_t parts = parts_of(Length);
    using plan = lane_plan<Backend, T, parts>;
    static_assert(plan::tail_used == 0 || plan::full == 0);
    constexpr size_t lanes = plan::full ? plan::lanes : plan::tail_lanes;
    constexpr size_t registers = plan::full ? plan::full : 1;
    constexpr size_t used = plan::full ? lanes : parts; // of each register; the lanes after them hold zeros
    using wide = pack<T, lanes>;
    wide sums[Rows][registers];
    unroll<Rows>([&](auto r)
                     INLAY_INLINE { unroll<registers>([&](auto v) INLAY_INLINE { sums[r][v] = wide(T(0)); }); });
    const auto step = [&](size_t at) INLAY_INLINE {
        unroll<registers>([&](auto v) INLAY_INLINE {
            const wide right = wide::template load_first<used>(x + at + v * lanes);
            unroll<Rows>([&](auto r) INLAY_INLINE {
                sums[r][v] = fma(wide::template load_first<used>(m + r * Row + at + v * lanes), right, sums[r][v]);
            });
        });
    };
    if constexpr (Length / parts <= 8) unroll<Length / parts>([&](auto i) INLAY_INLINE { step(i * parts); });
    else
        for (size_t at = 0; at + parts <= Length; at += parts) step(at);
    constexpr size_t rest = Length % parts, last = Length - rest;
    unroll<registers>([&](auto v) INLAY_INLINE {
        if constexpr (rest > v * lanes) {
            constexpr size_t count = rest - v * lanes < used ? rest - v * lanes : used;
            const wide right = wide::template load_first<count>(x + last + v * lanes);
            unroll<Rows>([&](auto r) INLAY_INLINE {
                sums[r][v] = fma(wide::template load_first<count>(m + r * Row + last + v * lanes), right, sums[r][v]);
            });
        }
    });
    unroll<Rows>([&](auto r) INLAY_INLINE {
        fold_halves<registers>([&](size_t v) INLAY_INLINE -> wide& { return sums[r][v]; });
    });
    if constexpr (used == lanes && lanes >= 4) {
        const auto four = [&](auto r) INLAY_INLINE -> pack<T, 4> {
            if constexpr (r < Rows) {
                if constexpr (lanes == 16) return halve(halve(sums[r][0]));
                else if constexpr (lanes == 8) return halve(sums[r][0]);
                else return sums[r][0];
            } else return pack<T, 4>(T(0));
        };
        pack<T, 4> all =
            fold_each(four(std::integral_constant<size_t, 0>{}), four(std::integral_constant<size_t, 1>{}),
                      four(std::integral_constant<size_t, 2>{}), four(std::integral_constant<size_t, 3>{}));
        if constexpr (Start == start::bias) all = all + pack<T, 4>::template load_first<Rows>(bias);
        else if constexpr (Start == start::accumulate) all = all + pack<T, 4>::template load_first<Rows>(y);
        Epilogue::apply(all).template store_first<Rows>(y);
    } else {
        unroll<Rows>([&](auto r) INLAY_INLINE {
            alignas(64) T all[lanes];
            sums[r][0].store(all);
            fold_halves(all, used);
            y[r] = finished<Start, Epilogue>(all[0], bias, y, r);
        });
    }
}

template <class Backend, size_t Rows, size_t Length, size_t Row, start Start, class Epilogue, class T>
INLAY_INLINE constexpr void vector_dots(const T* m, const T* x, const T* bias, T* y) {
    constexpr size_t parts = parts_of(Length);
    // Four rows at a time share the loads of x and are folded together.
    constexpr size_t block = has_lanes<T, 4> && parts >= 4 ? 4 : 1;
    constexpr size_t whole = Rows / block, rest = Rows % block;
    const auto rows = [&]<size_t Count>(size_t r) INLAY_INLINE {
        dots_block<Backend, Count, Length, Row, Start, Epilogue>(m + r * Row, x, Start == start::bias ? bias + r : bias,
                                                                 y + r);
    };
    if constexpr (whole <= 2) unroll<whole>([&](auto i) INLAY_INLINE { rows.template operator()<block>(i * block); });
    else
        for (size_t i = 0; i < whole; ++i) rows.template operator()<block>(i * block);
    if constexpr (rest > 0) rows.template operator()<rest>(whole * block);
}

} // namespace inlay::inline INLAY_TARGET::kernels::detail

#include <inlay/core/macros_back.inc>
