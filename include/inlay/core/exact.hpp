// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Fused multiply-add and square root, correctly rounded, from sums, products and integers: for constant expressions, and for
// chips that lack them.
#pragma once

#include <inlay/core/bit_cast.hpp>
#include <inlay/core/config.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::math {

template <class T>
concept scalar = std::same_as<T, float> || std::same_as<T, double>;

namespace detail {

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
    const auto bits = math::bit_cast<std::uint64_t>(sum);
    if (error == 0.0 || (bits & 1u) != 0) return sum;
    return math::bit_cast<double>((error > 0.0) == (sum > 0.0) ? bits + 1 : bits - 1);
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
    if ((math::bit_cast<std::uint64_t>(plain) & 0x1fffffffu) != 0x10000000u && size > 0x1p-126 && size < 0x1p127)
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
        const auto bits = math::bit_cast<std::uint64_t>(v);
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
    return math::bit_cast<double>(bits | (negative ? std::uint64_t{1} << 63 : 0u));
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
    return math::bit_cast<double>(bits);
}

/// The same in integers of float's size, for chips without an FPU.
constexpr float square_root(float x) {
    if (x < 0.0f) return std::numeric_limits<float>::quiet_NaN();
    if (x == 0.0f || !(x <= (std::numeric_limits<float>::max)())) return x;
    auto fraction = math::bit_cast<std::uint32_t>(x);
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
    return math::bit_cast<float>(bits);
}

} // namespace detail

} // namespace inlay::inline INLAY_TARGET::math

#include <inlay/core/macros_back.inc>
