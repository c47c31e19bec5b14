// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The operations that everything is computed with, for plain scalars, and a pack of one: correctly rounded or exact, and
// closed. Compilers contract a · b + c when they please, also where product and sum meet through inlining or memory, and with
// options such as -fassociative-math they take sums apart. So what the operations of a pack return is rounded() to the
// compiler. Plain scalars are not safe: they become packs, or use fma() and product().
//
// A pack type of scalars S takes part by defining, where argument-dependent lookup finds them, + - * / and unary -, the
// comparisons (giving a mask), the primitives below, in_register(), a constructor from S, and by specialising scalar_of.
#pragma once

#include <inlay/core/exact.hpp>

#include <type_traits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::math {

/// The type of one element of V. Specialised for packs.
template <class V>
struct scalar_of {
    using type = V;
};

template <class V>
using scalar_of_t = typename scalar_of<V>::type;

/// v, but the compiler cannot tell where it comes from: a sum or product is rounded here, whatever flags allow and whatever
/// is done with it next. It costs no instruction, only the knowledge. V is a scalar or a vector register.
template <class V>
[[nodiscard]] INLAY_INLINE constexpr V rounded(V v) {
    if (std::is_constant_evaluated()) return v;
    if constexpr (requires { v.in_register(); }) return v.in_register();
    else {
#if defined(__AVX512F__)
        asm("" : "+v"(v));
#elif defined(__wasm__)
        asm("" : "+r"(v));
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
    const auto bits = math::bit_cast<typename format::bits>(n + (format::magic + format::bias));
    return math::bit_cast<T>(typename format::bits(bits << format::fraction_bits));
}

/// floor(log2(v)) of a positive normal v. The exponent field becomes the low bits of a number in [2^p, 2^(p+1)), where
/// neighbours are 1 apart.
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T exponent(T v) {
    using format = detail::format<T>;
    constexpr T base = T(typename format::bits(1) << format::fraction_bits);
    const auto field = math::bit_cast<typename format::bits>(v) >> format::fraction_bits;
    return math::bit_cast<T>(typename format::bits(field | math::bit_cast<typename format::bits>(base))) -
           (base + format::bias);
}

/// v / 2^exponent(v), in [1, 2).
template <scalar T>
[[nodiscard]] INLAY_INLINE constexpr T mantissa(T v) {
    using format = detail::format<T>;
    constexpr auto mask = (typename format::bits(1) << format::fraction_bits) - 1;
    return math::bit_cast<T>(typename format::bits((math::bit_cast<typename format::bits>(v) & mask) |
                                                   math::bit_cast<typename format::bits>(T(1))));
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
} // namespace inlay::inline INLAY_TARGET::math

#include <inlay/core/macros_back.inc>
