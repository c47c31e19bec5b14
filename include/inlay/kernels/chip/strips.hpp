// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Sums for chips that xsimd does not know. A microcontroller's FPU has 32 registers and loads several of them in one
// instruction: a strip of neighbouring outputs is summed in registers, weights stream past in the order they are stored in.
// Three backends, the same bits: Cortex-M with an FPU (load-multiple), Helium (four lanes), and plain C++ for RISC-V and
// whatever else multiplies and adds in one instruction. The emulated counts are in docs/chips.md.
#pragma once

#include <inlay/kernels/map.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

/// How many neighbouring outputs, each in `split` partial sums, make a strip of T: 16 sums at most. Weights are stored in
/// blocks of that width, so that a strip reads them one after the other. Without strips a block is as wide as a panel.
template <class T>
constexpr size_t strip_width(size_t split, size_t panel) {
    if (!has_strips<T>) return panel;
    const size_t width = split <= 2 ? 8 : split == 4 || INLAY_HAS_HELIUM ? 4 : 2;
    return width < panel ? width : panel;
}

/// Neighbouring sums in registers.
template <class T, size_t Columns>
struct strip {
    T values[Columns];

    static INLAY_INLINE constexpr strip load(const T* from) {
        strip all;
        unroll<Columns>([&](auto c) INLAY_INLINE { all.values[c] = from[c]; });
        return all;
    }
    INLAY_INLINE constexpr strip times(T factor) const {
        strip all;
        unroll<Columns>([&](auto c) INLAY_INLINE { all.values[c] = math::product(factor, values[c]); });
        return all;
    }
    /// Gives all to a sink such as `store_with`. What is long is not repeated for every register.
    template <class Sink>
    INLAY_INLINE constexpr void into(T* to, Sink sink) const {
        if constexpr (std::is_same_v<Sink, sgd_update<T>>) {
            strip g = *this;
            const strip w = load(to);
            if (sink.decays())
                unroll<Columns>([&](auto c) INLAY_INLINE { g.values[c] = sink.decayed(g.values[c], w.values[c]); });
            unroll<Columns>([&](auto c) INLAY_INLINE { to[c] = sink.moved(g.values[c], w.values[c]); });
        } else if constexpr (Sink::brief)
            unroll<Columns>([&](auto c) INLAY_INLINE { sink.template put<1>(values[c], to + c); });
        else {
            unroll<Columns>([&](auto c) INLAY_INLINE { to[c] = values[c]; });
            for (size_t c = 0; c < Columns; ++c) sink.template put<1>(to[c], to + c);
        }
    }
};

#if INLAY_HAS_HELIUM
template <size_t Columns>
requires(Columns > 1) struct strip<float, Columns> {
    static constexpr size_t registers = (Columns + 3) / 4;
    static constexpr size_t used(size_t v) { return Columns - v * 4 < 4 ? Columns - v * 4 : 4; }
    pack<float, 4> values[registers];

    static INLAY_INLINE strip load(const float* from) {
        strip all;
        unroll<registers>([&](auto v)
                              INLAY_INLINE { all.values[v] = pack<float, 4>::load_first<used(v)>(from + v * 4); });
        return all;
    }
    INLAY_INLINE strip times(float factor) const {
        strip all;
        unroll<registers>([&](auto v)
                              INLAY_INLINE { all.values[v] = math::rounded(vmulq_n_f32(values[v].value, factor)); });
        return all;
    }
    template <class Sink>
    INLAY_INLINE void into(float* to, Sink sink) const {
        unroll<registers>([&](auto v) INLAY_INLINE { sink.template put<used(v)>(values[v], to + v * 4); });
    }
};
#endif

/// Calls `body(width, first column)` for every strip of Columns outputs.
template <class T, size_t Columns, size_t Split, class Body>
INLAY_INLINE constexpr void each_strip(Body&& body) {
    constexpr size_t width = strip_width<T>(Split, Columns), left = Columns % width;
    if constexpr (Columns == width) body(std::integral_constant<size_t, width>{}, 0);
    else
        for (size_t c = 0; c + width <= Columns; c += width) body(std::integral_constant<size_t, width>{}, c);
    if constexpr (left > 0) body(std::integral_constant<size_t, left>{}, Columns - left);
}

/// A strip's terms. With k = (k₁, k₂), k₁ < outer and k₂ < inner, counted through:
///
///     sum[c] = start[c] + Σₖ x[k₁·x_outer + k₂·x_inner] · w[k·w_row + c]        c < columns
///
/// Term k goes to partial sum k mod split; these are folded in halves at the end.
struct strip_shape {
    size_t columns, split, outer, inner;
    size_t x_outer, x_inner, w_row;
    bool starts; ///< from start[c]; else from 0
};

namespace detail {

/// Calls `term(s, x, w)` for every term of S: s is its partial sum, x and w point to its factors. `Turn` terms, a multiple
/// of the split, share the steps of the pointers.
template <strip_shape S, size_t Turn, class T, class Weight, class Term>
INLAY_INLINE inline void each_term(const T* x, const Weight* w, Term&& term) {
    // The sums take turns throughout: a run that is no multiple of the split would shift them.
    static_assert(S.outer == 1 || S.split == 1);
    const auto terms = [&](auto count) INLAY_INLINE {
        unroll<count>([&](auto t) INLAY_INLINE {
            term(std::integral_constant<size_t, t % S.split>{}, x, w);
            x += S.x_inner;
            w += S.w_row;
        });
    };
    for (size_t outer = 0; outer < S.outer; ++outer) {
        for (size_t k = 0; k < S.inner / Turn; ++k) terms(std::integral_constant<size_t, Turn>{});
        terms(std::integral_constant<size_t, S.inner % Turn>{});
        x = x + S.x_outer - S.inner * S.x_inner;
    }
}

/// The plain form.
template <strip_shape S, class T, class Weight>
INLAY_INLINE inline strip<T, S.columns> plain_strip(const T* x, const Weight* w, const T* start) {
    T sums[S.split][S.columns];
    unroll<S.columns>([&](auto c) INLAY_INLINE {
        sums[0][c] = S.starts ? start[c] : T(0);
        unroll<S.split - 1>([&](auto s) INLAY_INLINE { sums[s + 1][c] = T(0); });
    });
    each_term<S, (S.split < 4 ? 4 : S.split)>(x, w, [&](auto s, const T* left, const Weight* right) INLAY_INLINE {
        unroll<S.columns>([&](auto c)
                              INLAY_INLINE { sums[s][c] = math::fma(*left, static_cast<T>(right[c]), sums[s][c]); });
    });
    strip<T, S.columns> result;
    unroll<S.columns>([&](auto c) INLAY_INLINE {
        fold_halves<S.split>([&](size_t s) INLAY_INLINE -> T& { return sums[s][c]; });
        result.values[c] = sums[0][c];
    });
    return result;
}

#if INLAY_HAS_HELIUM

/// Four lanes a register, of which the last may be used in part.
template <strip_shape S, class Weight>
INLAY_INLINE inline strip<float, S.columns> helium_strip(const float* x, const Weight* w, const float* start) {
    using result = strip<float, S.columns>;
    using wide = pack<float, 4>;
    result sums[S.split];
    unroll<result::registers>([&](auto v) INLAY_INLINE {
        if constexpr (S.starts) sums[0].values[v] = wide::load_first<result::used(v)>(start + v * 4);
        else sums[0].values[v] = wide(0);
        unroll<S.split - 1>([&](auto s) INLAY_INLINE { sums[s + 1].values[v] = wide(0); });
    });
    each_term<S, (S.split == 1 ? 4 : 8)>(x, w, [&](auto s, const float* left, const Weight* right) INLAY_INLINE {
        unroll<result::registers>([&](auto v) INLAY_INLINE {
            const wide lanes = wide::load_first<result::used(v)>(right + v * 4);
            sums[s].values[v] = vfmaq_n_f32(sums[s].values[v].value, lanes.value, *left);
        });
    });
    unroll<result::registers>([&](auto v) INLAY_INLINE {
        fold_halves<S.split>([&](size_t s) INLAY_INLINE -> wide& { return sums[s].values[v]; });
    });
    return sums[0];
}

#elif INLAY_HAS_LOAD_MULTIPLE

// One statement per strip, loops and all: between smaller ones g++ moves sums from register to register. Weights pass
// through s0 to s7, inputs through s8 to s15, sums stay in s16 to s31. %c is a constant of the shape; the assembler's .if
// leaves out what the shape does not need.

/// The strips that the statements below are written for; plain_strip does the rest.
template <strip_shape S>
inline constexpr bool
    loads_multiple = S.x_inner == 1 && S.x_outer >= S.inner &&
                     (S.x_outer - S.inner) * 4 < 4096 && S.w_row * 4 < 4096 && S.inner / 8 < 65536 && S.outer < 65536 &&
                     ((S.columns == 8 && S.split <= 2) || (S.columns == 4 && S.split == 4) ||
                      (S.columns == 2 && (S.split == 4 || S.split == 8) && S.inner % S.split == 0 && S.w_row == 2));

#define INLAY_FMA(sum, weight, x) "vfma.f32 s" #sum ", s" #weight ", s" #x "\n\t"
#define INLAY_FMA_4(a, b, c, d, w0, w1, w2, w3, x)                                                                     \
    INLAY_FMA(a, w0, x) INLAY_FMA(b, w1, x) INLAY_FMA(c, w2, x) INLAY_FMA(d, w3, x)
#define INLAY_WEIGHTS(list)                                                                                            \
    ".if %c[apart]\n\t vldmia %[w], {" list "}\n\t addw %[w], %[w], #%c[apart]\n\t"                                    \
    ".else\n\t vldmia %[w]!, {" list "}\n\t .endif\n\t"

// Eight columns: a term for one of two banks of sums.
#define INLAY_EVEN_8(x)                                                                                                \
    INLAY_WEIGHTS("s0-s7")                                                                                             \
    INLAY_FMA_4(16, 17, 18, 19, 0, 1, 2, 3, x) INLAY_FMA_4(20, 21, 22, 23, 4, 5, 6, 7, x)
#define INLAY_ODD_8(x)                                                                                                 \
    ".if %c[split] == 2\n\t" INLAY_WEIGHTS("s0-s7") INLAY_FMA_4(24, 25, 26, 27, 0, 1, 2, 3, x)                         \
        INLAY_FMA_4(28, 29, 30, 31, 4, 5, 6, 7, x) ".else\n\t" INLAY_EVEN_8(x) ".endif\n\t"
#define INLAY_FOUR_8(x0, x1, x2, x3) INLAY_EVEN_8(x0) INLAY_ODD_8(x1) INLAY_EVEN_8(x2) INLAY_ODD_8(x3)

// Four columns: four terms, one for each bank.
#define INLAY_TERM_4(a, b, c, d, x) INLAY_WEIGHTS("s0-s3") INLAY_FMA_4(a, b, c, d, 0, 1, 2, 3, x)
#define INLAY_PAIR_4                                                                                                   \
    ".if %c[apart]\n\t" INLAY_WEIGHTS("s0-s3") INLAY_WEIGHTS("s4-s7") ".else\n\t vldmia %[w]!, {s0-s7}\n\t .endif\n\t"
#define INLAY_FOUR_4(x0, x1, x2, x3)                                                                                   \
    INLAY_PAIR_4 INLAY_FMA_4(16, 17, 18, 19, 0, 1, 2, 3, x0) INLAY_FMA_4(20, 21, 22, 23, 4, 5, 6, 7, x1)               \
        INLAY_PAIR_4 INLAY_FMA_4(24, 25, 26, 27, 0, 1, 2, 3, x2) INLAY_FMA_4(28, 29, 30, 31, 4, 5, 6, 7, x3)

// Two columns: four terms for four banks, from s16 or from s24.
#define INLAY_FOUR_2(a, b, c, d, e, f, g, h, x0, x1, x2, x3)                                                           \
    "vldmia %[w]!, {s0-s7}\n\t" INLAY_FMA(a, 0, x0) INLAY_FMA(b, 1, x0) INLAY_FMA(c, 2, x1) INLAY_FMA(d, 3, x1)        \
        INLAY_FMA(e, 4, x2) INLAY_FMA(f, 5, x2) INLAY_FMA(g, 6, x3) INLAY_FMA(h, 7, x3)
#define INLAY_LOW_2(x0, x1, x2, x3) INLAY_FOUR_2(16, 17, 18, 19, 20, 21, 22, 23, x0, x1, x2, x3)
#define INLAY_HIGH_2                                                                                                   \
    ".if %c[split] == 8\n\t" INLAY_FOUR_2(24, 25, 26, 27, 28, 29, 30, 31, 12, 13, 14,                                  \
                                          15) ".else\n\t" INLAY_LOW_2(12, 13, 14, 15) ".endif\n\t"

// `outer` runs of `turns` times eight terms, perhaps four more, and a rest of up to three.
#define INLAY_LOOPS(eight, four, one, two, three)                                                                      \
    ".if %c[outer] > 1\n\t movw %[m], #%c[outer]\n\t .endif\n2:\n\t"                                                   \
    ".if %c[turns] > 1\n\t movw %[n], #%c[turns]\n\t .endif\n1:\n\t"                                                   \
    ".if %c[turns] > 0\n\t vldmia %[x]!, {s8-s15}\n\t" eight ".endif\n\t"                                              \
    ".if %c[turns] > 1\n\t subs %[n], %[n], #1\n\t bne 1b\n\t .endif\n\t"                                              \
    ".if %c[rest] > 3\n\t vldmia %[x]!, {s8-s11}\n\t" four ".endif\n\t"                                                \
    ".if %c[rest] %% 4 == 1\n\t vldmia %[x]!, {s8}\n\t" one ".endif\n\t"                                               \
    ".if %c[rest] %% 4 == 2\n\t vldmia %[x]!, {s8-s9}\n\t" one two ".endif\n\t"                                        \
    ".if %c[rest] %% 4 == 3\n\t vldmia %[x]!, {s8-s10}\n\t" one two three ".endif\n\t"                                 \
    ".if %c[outer] > 1\n\t addw %[x], %[x], #%c[skip]\n\t subs %[m], %[m], #1\n\t bne 2b\n\t .endif\n\t"
#define INLAY_ZERO(d) "vmov d" #d ", %[n], %[n]\n\t"
#define INLAY_ADD(to, from) "vadd.f32 s" #to ", s" #to ", s" #from "\n\t"
#define INLAY_ADD_UPPER_8                                                                                              \
    INLAY_ADD(16, 24)                                                                                                  \
    INLAY_ADD(17, 25)                                                                                                  \
    INLAY_ADD(18, 26) INLAY_ADD(19, 27) INLAY_ADD(20, 28) INLAY_ADD(21, 29) INLAY_ADD(22, 30) INLAY_ADD(23, 31)
#define INLAY_ADD_UPPER_4 INLAY_ADD(16, 20) INLAY_ADD(17, 21) INLAY_ADD(18, 22) INLAY_ADD(19, 23)
#define INLAY_OPERANDS                                                                                                 \
    [split] "i"(S.split), [outer] "i"(S.outer), [turns] "i"(S.inner / 8), [rest] "i"(S.inner % 8),                     \
        [skip] "i"((S.x_outer - S.inner) * 4), [apart] "i"(S.w_row == S.columns ? 0 : S.w_row * 4),                    \
        [starts] "i"(S.starts), [start] "r"(start)
#define INLAY_INPUTS_AND_WEIGHTS                                                                                       \
    "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15", "cc", "memory"

template <strip_shape S>
INLAY_INLINE inline strip<float, S.columns> multiple_strip(const float* x, const float* w, const float* start) {
    register float a asm("s16");
    register float b asm("s17");
    size_t n, m;
    if constexpr (S.columns == 8) {
        register float c asm("s18");
        register float d asm("s19");
        register float e asm("s20");
        register float f asm("s21");
        register float g asm("s22");
        register float h asm("s23");
        asm volatile(".if %c[starts] == 0 || %c[split] == 2\n\t movs %[n], #0\n\t .endif\n\t"
                     ".if %c[starts]\n\t vldmia %[start], {s16-s23}\n\t .else\n\t" INLAY_ZERO(8) INLAY_ZERO(9)
                         INLAY_ZERO(10) INLAY_ZERO(11) ".endif\n\t.if %c[split] == 2\n\t" INLAY_ZERO(12) INLAY_ZERO(13)
                             INLAY_ZERO(14) INLAY_ZERO(15) ".endif\n\t" //
                     INLAY_LOOPS(INLAY_FOUR_8(8, 9, 10, 11) INLAY_FOUR_8(12, 13, 14, 15), INLAY_FOUR_8(8, 9, 10, 11),
                                 INLAY_EVEN_8(8), INLAY_ODD_8(9), INLAY_EVEN_8(10)) //
                     ".if %c[split] == 2\n\t" INLAY_ADD_UPPER_8 ".endif"
                     : "=t"(a), "=t"(b), "=t"(c), "=t"(d), "=t"(e), "=t"(f), "=t"(g),
                       "=t"(h), [x] "+r"(x), [w] "+r"(w), [n] "=&r"(n), [m] "=&r"(m)
                     : INLAY_OPERANDS
                     : INLAY_INPUTS_AND_WEIGHTS, "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31");
        return {a, b, c, d, e, f, g, h};
    } else if constexpr (S.columns == 4) {
        register float c asm("s18");
        register float d asm("s19");
        asm volatile("movs %[n], #0\n\t"
                     ".if %c[starts]\n\t vldmia %[start], {s16-s19}\n\t .else\n\t" INLAY_ZERO(8)
                         INLAY_ZERO(9) ".endif\n\t" INLAY_ZERO(10) INLAY_ZERO(11) INLAY_ZERO(12) INLAY_ZERO(13)
                             INLAY_ZERO(14) INLAY_ZERO(15) //
                     INLAY_LOOPS(INLAY_FOUR_4(8, 9, 10, 11) INLAY_FOUR_4(12, 13, 14, 15), INLAY_FOUR_4(8, 9, 10, 11),
                                 INLAY_TERM_4(16, 17, 18, 19, 8), INLAY_TERM_4(20, 21, 22, 23, 9),
                                 INLAY_TERM_4(24, 25, 26, 27, 10)) //
                     INLAY_ADD_UPPER_8 INLAY_ADD_UPPER_4
                     : "=t"(a), "=t"(b), "=t"(c), "=t"(d), [x] "+r"(x), [w] "+r"(w), [n] "=&r"(n), [m] "=&r"(m)
                     : INLAY_OPERANDS
                     : INLAY_INPUTS_AND_WEIGHTS, "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29",
                       "s30", "s31");
        return {a, b, c, d};
    } else {
        asm volatile(
            "movs %[n], #0\n\t"
            ".if %c[starts]\n\t vldmia %[start], {s16-s17}\n\t .else\n\t" INLAY_ZERO(8) ".endif\n\t" INLAY_ZERO(9)
                INLAY_ZERO(10) INLAY_ZERO(11) ".if %c[split] == 8\n\t" INLAY_ZERO(12) INLAY_ZERO(13) INLAY_ZERO(14)
                    INLAY_ZERO(15) ".endif\n\t" //
            INLAY_LOOPS(INLAY_LOW_2(8, 9, 10, 11) INLAY_HIGH_2, INLAY_LOW_2(8, 9, 10, 11), "", "",
                        "") ".if %c[split] == 8\n\t" INLAY_ADD_UPPER_8 ".endif\n\t" INLAY_ADD_UPPER_4 INLAY_ADD(16, 18)
                INLAY_ADD(17, 19)
            : "=t"(a), "=t"(b), [x] "+r"(x), [w] "+r"(w), [n] "=&r"(n), [m] "=&r"(m)
            : INLAY_OPERANDS
            : INLAY_INPUTS_AND_WEIGHTS, "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28",
              "s29", "s30", "s31");
        return {a, b};
    }
}

#undef INLAY_ADD
#undef INLAY_ADD_UPPER_4
#undef INLAY_ADD_UPPER_8
#undef INLAY_EVEN_8
#undef INLAY_FMA
#undef INLAY_FMA_4
#undef INLAY_FOUR_2
#undef INLAY_FOUR_4
#undef INLAY_FOUR_8
#undef INLAY_HIGH_2
#undef INLAY_INPUTS_AND_WEIGHTS
#undef INLAY_LOOPS
#undef INLAY_LOW_2
#undef INLAY_ODD_8
#undef INLAY_OPERANDS
#undef INLAY_PAIR_4
#undef INLAY_TERM_4
#undef INLAY_WEIGHTS
#undef INLAY_ZERO

#endif

} // namespace detail

/// The strip of sums that S describes. `start` is read if S.starts. Weights of another type than T become T's.
template <strip_shape S, class T, class Weight>
INLAY_INLINE inline strip<T, S.columns> sum_strip(const T* x, const Weight* w, const T* start) {
#if INLAY_HAS_HELIUM
    if constexpr (std::is_same_v<T, float> && S.columns > 1) return detail::helium_strip<S>(x, w, start);
    else
#elif INLAY_HAS_LOAD_MULTIPLE
    if constexpr (std::is_same_v<T, float> && std::is_same_v<Weight, T> && detail::loads_multiple<S>)
        return detail::multiple_strip<S>(x, w, start);
    else
#endif
        return detail::plain_strip<S>(x, w, start);
}

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>
