// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Elementary functions: one implementation for packs of float and double of any width, one value included, at run time and in constant
// expressions, with the same bits everywhere. Nothing of <cmath> is used: a microcontroller need not link a libm.
//
// Three rules make the bits equal:
//  - no branch depends on a value: both sides are computed and select() picks one;
//  - compilers contract a · b + c when they please, also where product and sum meet through inlining or memory, and with
//    options such as -fassociative-math they take sums apart. So the operations of packs are closed: what they return is
//    rounded() to the compiler. Plain scalars are not safe: they become packs, or use fma() and product();
//  - every primitive is correctly rounded or exact.
//
// A pack type of scalars S takes part by defining, where argument-dependent lookup finds them, + - * / and unary -, the
// comparisons (giving a mask), the primitives below, in_register(), a constructor from S, and by specialising scalar_of.
//
// The coefficients come from tools/fit_math.py. The errors stated are the largest seen, in units in the last place: for
// float over every float whose result is not trivial, for double over some millions of random points. Of two numbers
// the first holds with a fused multiply-add, the second without (INLAY_HAS_FMA == 0). A NaN gives a NaN everywhere; an
// operation that yields one is no constant expression, though.
#pragma once

#include <inlay/core/config.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::math {

template <class T>
concept scalar = std::same_as<T, float> || std::same_as<T, double>;

/// The type of one element of V. Specialised for packs.
template <class V>
struct scalar_of {
    using type = V;
};

template <class V>
using scalar_of_t = typename scalar_of<V>::type;

namespace detail {

template <class V>
inline constexpr bool single_precision = std::same_as<scalar_of_t<V>, float>;

/// The layout of a format. `magic` = 1.5 · 2^fraction_bits: added to a small number, it leaves the number's nearest
/// integer in the low bits of the fraction.
template <scalar T>
struct format;

template <>
struct format<float> {
    using bits = std::uint32_t;
    static constexpr int fraction_bits = 23;
    static constexpr float bias = 127.0f;
    static constexpr float magic = 12582912.0f;
};

template <>
struct format<double> {
    using bits = std::uint64_t;
    static constexpr int fraction_bits = 52;
    static constexpr double bias = 1023.0;
    static constexpr double magic = 6755399441055744.0;
};

// ------------------------------------------------------------------------------ arithmetic for constant evaluation

/// False for infinities and NaN. v - v == 0 would not be a constant expression.
constexpr bool finite(double v) {
    return v <= (std::numeric_limits<double>::max)() && v >= -(std::numeric_limits<double>::max)();
}

/// a + b rounded to odd: when the sum is inexact the last bit of the result is 1, so that rounding it once more, to a
/// format at least two bits narrower, gives the correctly rounded sum.
/// S. Boldo, G. Melquiond, Emulation of a FMA and correctly rounded sums, IEEE Trans. Computers 57 (2008).
constexpr double sum_to_odd(double a, double b) {
    const double sum = a + b;
    const double b_part = sum - a;
    const double error = (a - (sum - b_part)) + (b - b_part);
    const auto bits = std::bit_cast<std::uint64_t>(sum);
    if (error == 0.0 || (bits & 1u) != 0) return sum;
    return std::bit_cast<double>((error > 0.0) == (sum > 0.0) ? bits + 1 : bits - 1);
}

/// a · b + c with one rounding. The product of two floats is exact in double.
constexpr float fused(float a, float b, float c) {
    constexpr double overflow = 0x1.ffffffp127_double; // halfway from the largest float to 2^128
    const double product = double(a) * double(b);
    const double plain = product + double(c);
    if (!finite(plain)) return float(plain);
    // Rounding twice goes wrong only from a midpoint of two floats, where the 29 bits that float drops read 10…0; those
    // apart, which are rare, the rounded sum will do. (Below the normal range float drops more.)
    const double size = plain < 0 ? -plain : plain;
    if ((std::bit_cast<std::uint64_t>(plain) & 0x1fffffffu) != 0x10000000u && size > 0x1p-126 && size < 0x1p127)
        return float(plain);
    const double sum = sum_to_odd(product, double(c));
    if (sum >= overflow) return std::numeric_limits<float>::infinity();
    if (sum <= -overflow) return -std::numeric_limits<float>::infinity();
    return float(sum);
}

/// high · 2^64 + low.
struct wide {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    constexpr bool zero() const { return (high | low) == 0; }
    constexpr bool less(wide b) const { return high < b.high || (high == b.high && low < b.low); }
    constexpr int leading_zeros() const { return high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(low); }
    constexpr wide shifted_left(int n) const {
        if (n == 0) return *this;
        if (n >= 64) return {low << (n - 64), 0};
        return {high << n | low >> (64 - n), low << n};
    }
    /// The bits shifted out are or-ed into the last one, which rounds to odd.
    constexpr wide shifted_right_to_odd(int n) const {
        if (n == 0) return *this;
        if (n >= 128) return {0, zero() ? 0u : 1u};
        if (n == 64) return {0, high | (low != 0 ? 1u : 0u)};
        if (n > 64) return {0, high >> (n - 64) | ((high << (128 - n) | low) != 0 ? 1u : 0u)};
        return {high >> n, high << (64 - n) | low >> n | (low << (64 - n) != 0 ? 1u : 0u)};
    }
    constexpr wide plus(wide b) const {
        const std::uint64_t sum = low + b.low;
        return {high + b.high + (sum < low ? 1u : 0u), sum};
    }
    constexpr wide minus(wide b) const { return {high - b.high - (low < b.low ? 1u : 0u), low - b.low}; }
};

constexpr wide full_product(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t a0 = a & 0xffffffffu, a1 = a >> 32, b0 = b & 0xffffffffu, b1 = b >> 32;
    const std::uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
    const std::uint64_t crossed = a0 * b1 + (middle & 0xffffffffu);
    return {a1 * b1 + (middle >> 32) + (crossed >> 32), a * b};
}

/// |v| = fraction · 2^exponent for a finite v.
struct unpacked {
    std::uint64_t fraction;
    int exponent;
    bool negative;

    constexpr explicit unpacked(double v) : fraction(0), exponent(0), negative(false) {
        const auto bits = std::bit_cast<std::uint64_t>(v);
        const int biased = int(bits >> 52 & 0x7ffu);
        fraction = (bits & 0xfffffffffffffu) | (biased != 0 ? std::uint64_t{1} << 52 : 0u);
        exponent = (biased != 0 ? biased : 1) - 1075;
        negative = bits >> 63 != 0;
    }
};

/// a · b + c with one rounding, in integers: double has no wider format to lean on, and error-free transformations
/// break down where the product's error underflows.
constexpr double fused(double a, double b, double c) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (!finite(a) || !finite(b)) return a * b + c;
    if (!finite(c)) return c;
    if (a == 0.0 || b == 0.0) return a * b + c;

    const unpacked ua(a), ub(b), uc(c);
    bool negative = ua.negative != ub.negative;
    int exponent = ua.exponent + ub.exponent;
    wide sum = full_product(ua.fraction, ub.fraction);
    // Leading ones go to bit 126, which leaves room for a carry.
    int shift = sum.leading_zeros() - 1;
    sum = sum.shifted_left(shift);
    exponent -= shift;
    if (uc.fraction != 0) {
        wide addend{uc.fraction, 0};
        shift = addend.leading_zeros() - 1;
        addend = addend.shifted_left(shift);
        int addend_exponent = uc.exponent - 64 - shift;
        bool addend_negative = uc.negative;
        if (exponent < addend_exponent || (exponent == addend_exponent && sum.less(addend))) {
            const wide w = sum;
            const int e = exponent;
            const bool n = negative;
            sum = addend, exponent = addend_exponent, negative = addend_negative;
            addend = w, addend_exponent = e, addend_negative = n;
        }
        addend = addend.shifted_right_to_odd(exponent - addend_exponent);
        sum = negative == addend_negative ? sum.plus(addend) : sum.minus(addend);
        if (sum.zero()) return 0.0;
    }
    shift = sum.leading_zeros();
    sum = sum.shifted_left(shift);
    const int biased = exponent - shift + 127 + 1023;
    if (biased >= 2047) return negative ? -infinity : infinity;
    if (biased < 1) sum = sum.shifted_right_to_odd(1 - biased);
    const std::uint64_t odd = sum.high | (sum.low != 0 ? 1u : 0u);
    std::uint64_t bits = (odd >> 11) + (biased > 1 ? std::uint64_t(biased - 1) << 52 : 0u);
    const std::uint64_t rest = odd & 0x7ffu;
    if (rest > 0x400u || (rest == 0x400u && (bits & 1u) != 0)) ++bits;
    return std::bit_cast<double>(bits | (negative ? std::uint64_t{1} << 63 : 0u));
}

/// The correctly rounded square root, digit by digit.
constexpr double square_root(double x) {
    if (x < 0.0) return std::numeric_limits<double>::quiet_NaN();
    if (x == 0.0 || !finite(x)) return x;
    unpacked u(x);
    while (u.fraction >> 52 == 0) u.fraction <<= 1, --u.exponent;
    if (u.exponent % 2 != 0) u.fraction <<= 1, --u.exponent;
    // root = floor(sqrt(fraction · 2^54)), 54 bits: one more than the result has
    std::uint64_t root = 0, rest = 0;
    for (int digit = 26; digit > -28; --digit) {
        rest = rest << 2 | (digit >= 0 ? u.fraction >> (2 * digit) & 3u : 0u);
        const std::uint64_t trial = root << 2 | 1u;
        root <<= 1;
        if (rest >= trial) rest -= trial, root |= 1u;
    }
    std::uint64_t bits = (root >> 1) + (std::uint64_t((u.exponent - 54) / 2 + 1075) << 52);
    if ((root & 1u) != 0 && (rest != 0 || (bits & 1u) != 0)) ++bits;
    return std::bit_cast<double>(bits);
}

/// The same in integers of float's size, for chips without an FPU.
constexpr float square_root(float x) {
    if (x < 0.0f) return std::numeric_limits<float>::quiet_NaN();
    if (x == 0.0f || !(x <= (std::numeric_limits<float>::max)())) return x;
    auto fraction = std::bit_cast<std::uint32_t>(x);
    int exponent = int(fraction >> 23) - 150; // x = fraction · 2^exponent
    if (exponent == -150) exponent = -149;    // subnormal
    else fraction = (fraction & 0x7fffffu) | 0x800000u;
    while (fraction >> 24 == 0) fraction <<= 1, --exponent;
    if (exponent % 2 != 0) fraction <<= 1, --exponent;
    // root = floor(sqrt(fraction · 2^24)), 25 bits: one more than the result has
    std::uint32_t root = 0, rest = 0;
    for (int digit = 12; digit > -13; --digit) {
        rest = rest << 2 | (digit >= 0 ? fraction >> (2 * digit) & 3u : 0u);
        const std::uint32_t trial = root << 2 | 1u;
        root <<= 1;
        if (rest >= trial) rest -= trial, root |= 1u;
    }
    std::uint32_t bits = (root >> 1) + (std::uint32_t((exponent - 24) / 2 + 150) << 23);
    if ((root & 1u) != 0 && (rest != 0 || (bits & 1u) != 0)) ++bits;
    return std::bit_cast<float>(bits);
}

} // namespace detail

// ------------------------------------------------------------------------------------------------------ primitives

/// v, but the compiler cannot tell where it comes from: a sum or product is rounded here, whatever flags allow and whatever
/// is done with it next. It costs no instruction, only the knowledge. V is a scalar or a vector register.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V rounded(V v) {
    if (std::is_constant_evaluated()) return v;
    if constexpr (requires { v.in_register(); }) return v.in_register();
    else {
#if defined(__AVX512F__)
        asm("" : "+v"(v));
#elif defined(__SSE2__)
        asm("" : "+x"(v));
#elif defined(__aarch64__)
        asm("" : "+w"(v));
#elif defined(__arm__)
        if constexpr (sizeof(V) <= INLAY_FPU_BYTES && sizeof(V) == 4) asm("" : "+t"(v));
        else if constexpr (sizeof(V) <= INLAY_FPU_BYTES || sizeof(V) > 8) asm("" : "+w"(v));
        else asm("" : "+r"(v)); // software arithmetic
#elif defined(__riscv)
        if constexpr (sizeof(V) <= INLAY_FPU_BYTES) asm("" : "+f"(v));
        else if constexpr (sizeof(V) <= 8) asm("" : "+r"(v));
        else asm("" : "+m"(v));
#elif defined(__wasm__)
        // has no fused multiply-add that a compiler may choose
#else
        asm("" : "+m"(v));
#endif
        return v;
    }
}

/// rounded(v) where the compiler may reorder sums and quotients; else v is safe as it is.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V settled(V v) {
    if constexpr (INLAY_REORDERS) return math::rounded(v);
    else return v;
}

/// a · b, rounded: no compiler contracts it with a sum. What packs do in operator*.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V product(V a, V b) {
    if constexpr (!scalar<V>) return a * b;
    else if constexpr (sizeof(V) > INLAY_FPU_BYTES) return a * b; // in software nothing is contracted
    else return math::rounded(a * b);
}

/// a · b + c, rounded once if the target can, twice everywhere if it cannot.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T fma(T a, T b, T c) {
#if INLAY_HAS_FMA
    if (std::is_constant_evaluated()) return detail::fused(a, b, c);
    if constexpr (std::same_as<T, float>) return __builtin_fmaf(a, b, c);
    else return __builtin_fma(a, b, c);
#else
    // twice as many empty statements are twice as dear to compile
    if constexpr (!INLAY_CONTRACTS || sizeof(T) > INLAY_FPU_BYTES) return math::settled(a * b + c);
    else return math::settled(math::product(a, b) + c);
#endif
}

/// mask ? a : b
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T select(bool mask, T a, T b) {
    return mask ? a : b;
}

/// a < b ? a : b, the minimum of the x86 instruction: b when either is NaN. The bound goes first, so that a NaN passes.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T min(T a, T b) {
    return a < b ? a : b;
}

/// a > b ? a : b: b when either is NaN, as min.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T max(T a, T b) {
    return a > b ? a : b;
}

template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T abs(T v) {
    if constexpr (std::same_as<T, float>) return __builtin_fabsf(v);
    else return __builtin_fabs(v);
}

template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T copysign(T magnitude, T sign) {
    if constexpr (std::same_as<T, float>) return __builtin_copysignf(magnitude, sign);
    else return __builtin_copysign(magnitude, sign);
}

/// √v, correctly rounded; NaN below zero. -fno-math-errno spares the call to libm that sets errno.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T sqrt(T v) {
    if (std::is_constant_evaluated() || sizeof(T) > INLAY_FPU_BYTES) return detail::square_root(v);
    if constexpr (std::same_as<T, float>) return __builtin_sqrtf(v);
    else return __builtin_sqrt(v);
}

/// 2^n for an integral n in the normal exponent range. The sum with the magic constant holds n + bias in its low bits.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T pow2(T n) {
    using format = detail::format<T>;
    const auto bits = std::bit_cast<typename format::bits>(n + (format::magic + format::bias));
    return std::bit_cast<T>(typename format::bits(bits << format::fraction_bits));
}

/// floor(log2(v)) of a positive normal v. The exponent field becomes the low bits of a number in [2^p, 2^(p+1)), where
/// neighbours are 1 apart.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T exponent(T v) {
    using format = detail::format<T>;
    constexpr T base = T(typename format::bits(1) << format::fraction_bits);
    const auto field = std::bit_cast<typename format::bits>(v) >> format::fraction_bits;
    return std::bit_cast<T>(typename format::bits(field | std::bit_cast<typename format::bits>(base))) -
           (base + format::bias);
}

/// v / 2^exponent(v), in [1, 2).
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T mantissa(T v) {
    using format = detail::format<T>;
    constexpr auto mask = (typename format::bits(1) << format::fraction_bits) - 1;
    return std::bit_cast<T>(typename format::bits((std::bit_cast<typename format::bits>(v) & mask) |
                                                  std::bit_cast<typename format::bits>(T(1))));
}

} // namespace inlay::inline INLAY_TARGET::math

// ------------------------------------------------------------------------------------------- one value, as a pack is

namespace inlay::inline INLAY_TARGET::kernels {

/// N values of T in one register: kernels/simd.hpp.
template <class T, size_t N>
struct pack;

/// One value: the scalar twin. The same members, usable in constant expressions, and as closed: what an operation returns
/// is rounded, for no compiler to contract or to reorder.
template <class T>
struct pack<T, 1> {
    using mask = bool;
    T value;

    pack() = default;
    INLAY_INLINE constexpr explicit pack(T scalar) : value(scalar) {}
    static INLAY_INLINE constexpr pack load(const T* from) { return pack(*from); }
    INLAY_INLINE constexpr void store(T* to) const { *to = value; }
    template <size_t Count>
    static INLAY_INLINE constexpr pack load_first(const T* from) {
        return pack(*from);
    }
    template <size_t Count>
    INLAY_INLINE constexpr void store_first(T* to) const {
        *to = value;
    }
    INLAY_INLINE constexpr pack in_register() const { return pack(math::rounded(value)); }

    friend INLAY_INLINE constexpr pack operator+(pack a, pack b) { return pack(math::settled(a.value + b.value)); }
    friend INLAY_INLINE constexpr pack operator-(pack a, pack b) { return pack(math::settled(a.value - b.value)); }
    friend INLAY_INLINE constexpr pack operator*(pack a, pack b) { return pack(math::product(a.value, b.value)); }
    friend INLAY_INLINE constexpr pack operator/(pack a, pack b) { return pack(a.value / math::settled(b.value)); }
    friend INLAY_INLINE constexpr pack operator-(pack a) { return pack(-a.value); }
    friend INLAY_INLINE constexpr mask operator<(pack a, pack b) { return a.value < b.value; }
    friend INLAY_INLINE constexpr mask operator>(pack a, pack b) { return a.value > b.value; }
    friend INLAY_INLINE constexpr mask operator<=(pack a, pack b) { return a.value <= b.value; }
    friend INLAY_INLINE constexpr mask operator>=(pack a, pack b) { return a.value >= b.value; }
    friend INLAY_INLINE constexpr mask operator==(pack a, pack b) { return a.value == b.value; }
    friend INLAY_INLINE constexpr mask operator!=(pack a, pack b) { return a.value != b.value; }

    friend INLAY_INLINE constexpr pack fma(pack a, pack b, pack c) {
        return pack(math::fma(a.value, b.value, c.value));
    }
    friend INLAY_INLINE constexpr pack select(mask m, pack a, pack b) { return m ? a : b; }
    friend INLAY_INLINE constexpr pack sqrt(pack a) { return pack(math::sqrt(a.value)); }
    friend INLAY_INLINE constexpr pack abs(pack a) { return pack(math::abs(a.value)); }
    friend INLAY_INLINE constexpr pack copysign(pack magnitude, pack sign) {
        return pack(math::copysign(magnitude.value, sign.value));
    }
    friend INLAY_INLINE constexpr pack min(pack a, pack b) { return pack(math::min(a.value, b.value)); }
    friend INLAY_INLINE constexpr pack max(pack a, pack b) { return pack(math::max(a.value, b.value)); }
    friend INLAY_INLINE constexpr pack pow2(pack n) { return pack(math::pow2(n.value)); }
    friend INLAY_INLINE constexpr pack exponent(pack a) { return pack(math::exponent(a.value)); }
    friend INLAY_INLINE constexpr pack mantissa(pack a) { return pack(math::mantissa(a.value)); }
};

/// A lone scalar as a pack: functions of values see nothing else.
template <math::scalar T>
INLAY_INLINE constexpr pack<T, 1> packed(T value) {
    return pack<T, 1>(value);
}
template <class T, size_t N>
INLAY_INLINE constexpr pack<T, N> packed(pack<T, N> value) {
    return value;
}

} // namespace inlay::inline INLAY_TARGET::kernels

namespace inlay::inline INLAY_TARGET::math {

template <class T, size_t N>
struct scalar_of<kernels::pack<T, N>> {
    using type = T;
};

// ------------------------------------------------------------------------------------------- the one implementation for packs

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
