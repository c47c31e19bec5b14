// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Registers of 16 floats made of two of 8: the paths that AVX-512 takes, on machines that have AVX only. For -include,
// before anything else of inlay.
#pragma once

#define INLAY_VECTOR_REGISTERS 32
#include <inlay/kernels/simd.hpp>

namespace inlay::inline INLAY_TARGET::kernels {

template <>
struct detail::sized_batch<float, 16> {
    using type = pack<float, 8>[2];
};

template <>
struct pack<float, 16> {
    using half = pack<float, 8>;
    struct mask {
        half::mask low, high;
        friend mask operator|(mask a, mask b) { return {a.low | b.low, a.high | b.high}; }
        friend mask operator&(mask a, mask b) { return {a.low & b.low, a.high & b.high}; }
    };

    half low, high;

    pack() = default;
    pack(half l, half h) : low(l), high(h) {}
    explicit pack(float scalar) : low(scalar), high(scalar) {}

    static pack load(const float* from) { return {half::load(from), half::load(from + 8)}; }
    void store(float* to) const {
        low.store(to);
        high.store(to + 8);
    }
    template <size_t Count>
    static pack load_first(const float* from) {
        if constexpr (Count <= 8) return {half::load_first<Count>(from), half(0.0f)};
        else return {half::load(from), half::load_first<Count - 8>(from + 8)};
    }
    template <size_t Count>
    void store_first(float* to) const {
        if constexpr (Count <= 8) low.store_first<Count>(to);
        else {
            low.store(to);
            high.store_first<Count - 8>(to + 8);
        }
    }
    pack in_register() const { return {low.in_register(), high.in_register()}; }

    friend pack operator+(pack a, pack b) { return {a.low + b.low, a.high + b.high}; }
    friend pack operator-(pack a, pack b) { return {a.low - b.low, a.high - b.high}; }
    friend pack operator*(pack a, pack b) { return {a.low * b.low, a.high * b.high}; }
    friend pack operator/(pack a, pack b) { return {a.low / b.low, a.high / b.high}; }
    friend pack operator-(pack a) { return {-a.low, -a.high}; }
    friend mask operator<(pack a, pack b) { return {a.low < b.low, a.high < b.high}; }
    friend mask operator>(pack a, pack b) { return {a.low > b.low, a.high > b.high}; }
    friend mask operator<=(pack a, pack b) { return {a.low <= b.low, a.high <= b.high}; }
    friend mask operator>=(pack a, pack b) { return {a.low >= b.low, a.high >= b.high}; }
    friend mask operator==(pack a, pack b) { return {a.low == b.low, a.high == b.high}; }
    friend mask operator!=(pack a, pack b) { return {a.low != b.low, a.high != b.high}; }

    friend pack fma(pack a, pack b, pack c) { return {fma(a.low, b.low, c.low), fma(a.high, b.high, c.high)}; }
    friend pack select(mask m, pack a, pack b) { return {select(m.low, a.low, b.low), select(m.high, a.high, b.high)}; }
    friend pack sqrt(pack a) { return {sqrt(a.low), sqrt(a.high)}; }
    friend pack abs(pack a) { return {abs(a.low), abs(a.high)}; }
    friend pack copysign(pack a, pack b) { return {copysign(a.low, b.low), copysign(a.high, b.high)}; }
    friend pack min(pack a, pack b) { return {min(a.low, b.low), min(a.high, b.high)}; }
    friend pack max(pack a, pack b) { return {max(a.low, b.low), max(a.high, b.high)}; }
    friend pack pow2(pack a) { return {pow2(a.low), pow2(a.high)}; }
    friend pack exponent(pack a) { return {exponent(a.low), exponent(a.high)}; }
    friend pack mantissa(pack a) { return {mantissa(a.low), mantissa(a.high)}; }
};

static_assert(native::lanes<float> == 16 && native::registers == 32);

} // namespace inlay::inline INLAY_TARGET::kernels
