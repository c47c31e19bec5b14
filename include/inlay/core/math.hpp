// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Elementary functions: one implementation for packs of float and double of any width, one value included, at run time and in
// constant expressions, with the same bits everywhere. Nothing of <cmath> is used: a microcontroller need not link a libm.
//
// Three rules make the bits equal:
//  - no branch depends on a value: both sides are computed and select() picks one;
//  - the operations of packs are closed: see arithmetic.hpp;
//  - every primitive is correctly rounded or exact.
//
// The coefficients come from tools/fit_math.py. The errors stated are the largest seen, in units in the last place: for
// float over every float whose result is not trivial, for double over some millions of random points. Of two numbers
// the first holds with a fused multiply-add, the second without (INLAY_HAS_FMA == 0). A NaN gives a NaN everywhere; an
// operation that yields one is no constant expression, though.
#pragma once

#include <inlay/core/arithmetic.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::math {

/// The integer nearest to v, ties to even, |v| < 2^21; +0 for those that round to zero.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V round_even(V v) {
    const V magic = V(detail::format<scalar_of_t<V>>::magic);
    return math::rounded(v + magic) - magic;
}

/// The integer nearest to a · b, as round_even.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V round_product(V a, V b) {
    const V magic = V(detail::format<scalar_of_t<V>>::magic);
    return math::rounded(fma(a, b, magic)) - magic;
}

/// c₀ + x (c₁ + x (c₂ + …))
template <class V, class S>
[[nodiscard]] INLAY_INLINE constexpr V horner(V, S c0) {
    return V(c0);
}

template <class V, class S, class... Rest>
[[nodiscard]] INLAY_INLINE constexpr V horner(V x, S c0, Rest... rest) {
    return fma(horner(x, rest...), x, V(c0));
}

namespace detail {

template <class V>
inline constexpr bool single_precision = std::same_as<scalar_of_t<V>, float>;

/// a · 2^n where the product may overflow, which g++ does not accept in a constant expression.
template <class V>
INLAY_INLINE constexpr V scaled(V a, V power) {
    if constexpr (std::same_as<V, kernels::pack<scalar_of_t<V>, 1>>) {
        using limits = std::numeric_limits<scalar_of_t<V>>;
        if (std::is_constant_evaluated() && power.value > 1 && abs(a).value > (limits::max)() / power.value)
            return copysign(V(limits::infinity()), a);
    }
    return a * power;
}

/// ln 2 = high + low; high has so few bits that its product with an exponent is exact.
template <scalar T>
struct ln2;

template <>
struct ln2<float> {
    static constexpr float high = 0.69314575f, low = 1.4286068e-06f, inverse = 1.442695f;
};

template <>
struct ln2<double> {
    static constexpr double high = 0.6931471805601177_double, low = -1.7239444525614835e-13_double,
                            inverse = 1.4426950408889634_double;
};

/// (e^r - 1 - r) / r² for |r| ≤ ln2 / 2
template <class V>
INLAY_INLINE constexpr V exp_tail(V r) {
    if constexpr (single_precision<V>)
        return horner(r, 0.49999997f, 0.16666539f, 0.041667745f, 0.008367139f, 0.0013836916f);
    else
        return horner(r, 0.5, 0.16666666666666677_double, 0.041666666666666685_double, 0.008333333333322012_double,
                      0.001388888888890202_double, 0.0001984126988467071_double, 2.4801587255723598e-05_double,
                      2.755724582595172e-06_double, 2.7557348232971134e-07_double, 2.5108471086807917e-08_double,
                      2.0889849390929444e-09_double);
}

/// e^x / 2^n, n the integer nearest to x / ln2. double also carries what r loses in rounding; float saves the two
/// operations instead.
template <class V>
INLAY_INLINE constexpr V exp_mantissa(V x, V n) {
    using S = scalar_of_t<V>;
    const V above = fma(n, V(-ln2<S>::high), x);
    const V r = math::rounded(fma(n, V(-ln2<S>::low), above));
    if constexpr (single_precision<V>) return fma(r * r, exp_tail(r), r) + V(S(1));
    else return (fma(r * r, exp_tail(r), fma(n, V(-ln2<S>::low), above - r)) + r) + V(S(1));
}

/// e^x where the result is a normal number.
template <class V>
INLAY_INLINE constexpr V exp_normal(V x) {
    const V n = round_product(x, V(ln2<scalar_of_t<V>>::inverse));
    return exp_mantissa(x, n) * pow2(n);
}

/// e ln2 + log(1 + f + f_rest), f from log_reduced. The sum of e ln2 and f is kept in two parts, first + rest.
template <class V>
INLAY_INLINE constexpr V log_sum(V e, V f, V f_rest) {
    using S = scalar_of_t<V>;
    const V first = math::rounded(fma(e, V(ln2<S>::high), f));
    const V rest = fma(e, V(ln2<S>::low), (fma(e, V(ln2<S>::high), -first) + f) + f_rest);
    if constexpr (single_precision<V>) {
        // log(1 + f) = f + f² (-1/2 + f P(f))
        const V p = horner(f, 0.33333215f, -0.24999784f, 0.20010477f, -0.16681218f, 0.14004426f, -0.12172699f,
                           0.13992685f, -0.12947968f);
        return first + fma(f * f, fma(f, p, V(-0.5f)), rest);
    } else {
        // log(1 + f) = f - f²/2 + s (f²/2 + R(s²)), s = f / (2 + f): fdlibm's e_log.c (Sun Microsystems, 1993)
        const V s = f / (f + V(2.0));
        const V z = s * s;
        const V p = horner(z, 0.6666666666666733_double, 0.3999999999942508_double, 0.2857142873994296_double,
                           0.22222198838533042_double, 0.18183549773212354_double, 0.15314442243393445_double,
                           0.1479183989350089_double);
        const V half = f * V(0.5);
        return first + fma(s, fma(half, f, z * p), fma(-half, f, rest));
    }
}

/// v = 2^e (1 + f) for a positive normal v; f in [-1/3, 1/3] for float, [1/√2 - 1, √2 - 1] for double.
template <class V>
struct log_reduced {
    V e, f;

    INLAY_INLINE constexpr explicit log_reduced(V v) : e(exponent(v)), f(mantissa(v)) {
        using S = scalar_of_t<V>;
        const auto upper = f > V(single_precision<V> ? S(1.3333334_double) : S(1.4142135623730951_double));
        e = select(upper, e + V(S(1)), e);
        f = select(upper, fma(f, V(S(0.5)), V(S(-1))), f - V(S(1)));
    }
};

/// log(1 + x) for -1 < x ≤ the largest finite number. What u = 1 + x, rounded, loses is given back to f, in two parts.
template <class V>
INLAY_INLINE constexpr V log1p_finite(V x, V u) {
    using S = scalar_of_t<V>;
    constexpr S top = single_precision<V> ? S(100) : S(1000); // beyond, nothing was lost and 2^-e might underflow
    const V lost = x - (u - V(S(1)));
    const log_reduced<V> part(u);
    const V power = pow2(-min(V(top), part.e));
    const V f = math::rounded(fma(lost, power, part.f));
    return log_sum(part.e, f, fma(lost, power, part.f - f));
}

/// result where v > 0; the limits of log elsewhere.
template <class V>
INLAY_INLINE constexpr V with_log_limits(V v, V result) {
    using limits = std::numeric_limits<scalar_of_t<V>>;
    const V outside = select(v == V(scalar_of_t<V>(0)), V(-limits::infinity()), V(limits::quiet_NaN()));
    return select(v > V(scalar_of_t<V>(0)), result, outside);
}

} // namespace detail

/// e^x = 2^n e^r, n = round(x / ln2), r = x - n ln2, for every x; -inf gives 0, +inf and overflow give +inf. The
/// scaling goes in two steps: the first is exact, so that subnormal results are rounded once.
/// Error: float 1.04 / 1.02, double 0.84 / 0.86.
/// Method: W. Cody, W. Waite, Software Manual for the Elementary Functions (1980).
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V exp(V x) {
    using S = scalar_of_t<V>;
    constexpr S low = detail::single_precision<V> ? S(-104) : S(-746);
    constexpr S high = detail::single_precision<V> ? S(89) : S(710);
    x = min(V(high), max(V(low), x));
    const V n = round_product(x, V(detail::ln2<S>::inverse));
    const V first = round_product(n, V(S(0.5)));
    return detail::scaled(detail::exp_mantissa(x, n) * pow2(first), pow2(n - first));
}

/// e^x - 1 = (2^n - 1) + 2^n (e^r - 1), accurate for small x; -inf gives -1, +inf and overflow give +inf, -0 stays.
/// Both sums are kept in two parts: T. Dekker, Numerische Mathematik 18 (1971).
/// Error: float 1.08 / 1.09, double 1.11 / 1.13.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V expm1(V x) {
    using S = scalar_of_t<V>;
    constexpr S low = detail::single_precision<V> ? S(-18) : S(-38);
    constexpr S high = detail::single_precision<V> ? S(89) : S(710);
    constexpr S tiny = std::numeric_limits<S>::epsilon() / S(4);
    const V bounded = min(V(high), max(V(low), x));
    const V n = round_product(bounded, V(detail::ln2<S>::inverse));
    const V above = fma(n, V(-detail::ln2<S>::high), bounded);
    const V r = math::rounded(fma(n, V(-detail::ln2<S>::low), above));
    const V r_rest = fma(n, V(-detail::ln2<S>::low), above - r);
    const V tail = fma(r * r, detail::exp_tail(r), r_rest);
    // half of everything, so that 2^n does not overflow before the result does
    const V power = pow2(n - V(S(1)));
    const V offset = power - V(S(0.5));
    const V first = math::rounded(fma(power, r, offset));
    const V rest = fma(power, tail, fma(power, r, offset - first));
    return select(abs(x) < V(tiny), x, detail::scaled(first + rest, V(S(2))));
}

/// log x = e ln2 + log(1 + f), x = 2^e (1 + f), for every x; zeros give -inf, negative x NaN, +inf stays.
/// Error: float 0.89 / 0.92, double 0.80 / 0.86.
/// Method: as exp, for the reduction; log_sum for the rest.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V log(V x) {
    using S = scalar_of_t<V>;
    using limits = std::numeric_limits<S>;
    constexpr S up = detail::single_precision<V> ? S(0x1p24) : S(0x1p54);
    constexpr S up_exponent = detail::single_precision<V> ? S(24) : S(54);
    const auto subnormal = x < V((limits::min)());
    const detail::log_reduced<V> part(detail::scaled(x, select(subnormal, V(up), V(S(1)))));
    const V e = select(subnormal, part.e - V(up_exponent), part.e);
    const V result = detail::with_log_limits(x, detail::log_sum(e, part.f, V(S(0))));
    return select(x == V(limits::infinity()), x, result);
}

/// log(1 + x), accurate for small x; -1 gives -inf, x below it NaN, +inf and -0 stay. As log of the rounded sum, the
/// rounding error of the sum being added to f.
/// Error: float 1.09 / 1.22, double 0.87 / 0.85.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V log1p(V x) {
    using S = scalar_of_t<V>;
    using limits = std::numeric_limits<S>;
    const V bounded = min(V((limits::max)()), x);
    const V u = bounded + V(S(1));
    const V result = detail::with_log_limits(u, detail::log1p_finite(bounded, u));
    // zero keeps its sign, infinity stays
    return select(x == V(S(0)), x, select(x == V(limits::infinity()), x, result));
}

/// tanh x = 1 - 2 / (e^2x + 1), and x + x³ P(x²) / Q(x²) below 0.65; both share the division. Odd, -0 stays, ±inf gives
/// ±1.
/// Error: float 1.30 / 1.30, double 1.28 / 1.28.
/// Method: S. Moshier, Cephes (1984), for the two cases; the fit is our own.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V tanh_precise(V x) {
    using S = scalar_of_t<V>;
    constexpr S top = detail::single_precision<V> ? S(10) : S(20);
    const V a = min(V(top), abs(x));
    const V z = a * a;
    V p, q;
    if constexpr (detail::single_precision<V>) {
        p = horner(z, -0.33333302f, -0.0015380904f);
        q = horner(z, 1.0f, 0.40459982f);
    } else {
        p = horner(z, -0.3333333333333332_double, -0.02049553106933974_double, -0.00019903335012792195_double);
        q = horner(z, 1.0, 0.4614865932079979_double, 0.023286975429169906_double, 0.0002063787819541846_double);
    }
    const auto small = a < V(S(0.65_double));
    const V numerator = select(small, z * p, V(S(-2)));
    const V denominator = select(small, q, detail::exp_normal(a + a) + V(S(1)));
    const V base = select(small, a, V(S(1)));
    return copysign(fma(base, numerator / denominator, base), x);
}

/// tanh x = x P(x²) / Q(x²), both of degree 4, a minimax fit up to 9.02 where tanh rounds to 1. Odd, never beyond ±1,
/// -0 stays, ±inf gives ±1. In double it is tanh_precise.
/// Error: float 5.14 / 5.23.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V tanh(V x) {
    if constexpr (detail::single_precision<V>) {
        const V bounded = min(V(9.02f), max(V(-9.02f), x));
        const V z = bounded * bounded;
        const V w = z * z;
        // Even and odd powers apart, and x multiplied in early: fewer roundings of full weight than Horner's scheme.
        const V p_even = fma(fma(V(1.3340068e-08f), w, V(0.0034949493f)), w, V(1.0f));
        const V p_odd = fma(V(2.0598618e-05f), w, V(0.13380483f));
        const V q_even = fma(fma(V(7.770609e-07f), w, V(0.025874538f)), w, V(1.0f));
        const V q_odd = fma(V(0.00032845943f), w, V(0.467138f));
        const V numerator = fma(bounded * z, p_odd, bounded * p_even);
        const V denominator = fma(z, q_odd, q_even);
        // rounding may carry the quotient past 1
        return min(V(1.0f), max(V(-1.0f), numerator / denominator));
    } else {
        return math::tanh_precise(x);
    }
}

/// 1 / (1 + e^-x), for negative x as e^x / (1 + e^x), which reaches 0 only where e^x does; -inf gives 0, +inf 1.
/// Error: float 2.41 / 2.41, double 2.34 / 2.34.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V sigmoid(V x) {
    using S = scalar_of_t<V>;
    const V e = math::exp(-abs(x));
    return select(x < V(S(0)), e, V(S(1))) / (e + V(S(1)));
}

/// erf x = x + x P(x²) below 1, 1 - e^R(|x|) above, R a fit to log(1 - erf). Odd, never beyond ±1, -0 stays, ±inf gives
/// ±1.
/// Error: float 1.08 / 1.43, double 1.10 / 1.37.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V erf(V x) {
    using S = scalar_of_t<V>;
    constexpr S top = detail::single_precision<V> ? S(3.95_double) : S(5.93_double); // where erf rounds to 1
    const V a = min(V(top), abs(x));
    const V z = a * a;
    V p, r;
    if constexpr (detail::single_precision<V>) {
        p = horner(z, 0.12837917f, -0.37612626f, 0.11283579f, -0.026853347f, 0.005187162f, -0.00079978525f,
                   7.8068966e-05f);
        r = horner(a, -0.0003415375f, -1.1270891f, -0.6381449f, -0.10310667f, 0.021838007f, -0.0029476392f,
                   0.00018637687f);
    } else {
        p = horner(z, 0.1283791670955126_double, -0.3761263890318375_double, 0.11283791670954865_double,
                   -0.0268661706450744_double, 0.005223977624796124_double, -0.0008548326979654643_double,
                   0.00012055331071415836_double, -1.4925594364664758e-05_double, 1.6460987010623798e-06_double,
                   -1.635018008018524e-07_double, 1.4658949575412134e-08_double, -1.1369904673857482e-09_double,
                   5.952599698388746e-11_double);
        r = horner(a, -5.028560783836322e-07_double, -1.1283740894327563_double, -0.6366436282083352_double,
                   -0.10270343937736554_double, 0.018990178915481125_double, 0.0004106274335864918_double,
                   -0.0019159425502071079_double, 0.0007706424256950506_double, -0.00013504983146463584_double,
                   -2.026693424816473e-05_double, 2.2822610373686984e-05_double, -8.66719716348627e-06_double,
                   2.135685022033907e-06_double, -3.7330410537323284e-07_double, 4.642301836597348e-08_double,
                   -3.934268896402924e-09_double, 2.0449667469814682e-10_double, -4.928631615150151e-12_double);
    }
    const V large = V(S(1)) - detail::exp_normal(r);
    return copysign(select(a < V(S(1)), fma(a, p, a), large), x);
}

/// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), which neither overflows nor loses the negative tail; -inf gives 0, +inf
/// stays.
/// Error: float 1.74 / 1.76, double 1.58 / 1.58.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V softplus(V x) {
    using S = scalar_of_t<V>;
    const V e = math::exp(-abs(x));
    return max(V(S(0)), x) + detail::log1p_finite(e, e + V(S(1)));
}

// The same for plain scalars, through packs of one: what closes a pack's operations closes theirs.
/// round_even of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T round_even(T v) {
    return math::round_even(kernels::packed(v)).value;
}
/// exp of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T exp(T x) {
    return math::exp(kernels::packed(x)).value;
}
/// expm1 of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T expm1(T x) {
    return math::expm1(kernels::packed(x)).value;
}
/// log of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T log(T x) {
    return math::log(kernels::packed(x)).value;
}
/// log1p of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T log1p(T x) {
    return math::log1p(kernels::packed(x)).value;
}
/// tanh_precise of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T tanh_precise(T x) {
    return math::tanh_precise(kernels::packed(x)).value;
}
/// tanh of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T tanh(T x) {
    return math::tanh(kernels::packed(x)).value;
}
/// sigmoid of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T sigmoid(T x) {
    return math::sigmoid(kernels::packed(x)).value;
}
/// erf of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T erf(T x) {
    return math::erf(kernels::packed(x)).value;
}
/// softplus of a plain scalar, with the bits of a pack.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T softplus(T x) {
    return math::softplus(kernels::packed(x)).value;
}

} // namespace inlay::inline INLAY_TARGET::math

#include <inlay/core/macros_back.inc>
