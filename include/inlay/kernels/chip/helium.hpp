// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// `pack<float, 4>` for Cortex-M's vector extension, which xsimd does not know. Division and square root go lane by lane:
// Helium has neither. Its vectors flush subnormal numbers to zero, so that bits agree with other targets' down to 2^-126.
// Part of simd.hpp, which includes it where the target has it.
#pragma once

#include <inlay/core/config.hpp>

#if INLAY_HAS_HELIUM
#include <arm_mve.h>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::kernels {

template <>
struct detail::sized_batch<float, 4> {
    using type = float32x4_t;
};

template <>
struct pack<float, 4> {
    using mask = mve_pred16_t;

    float32x4_t value;

    pack() = default;
    INLAY_INLINE pack(float32x4_t v) : value(v) {}
    INLAY_INLINE explicit pack(float scalar) : value(vdupq_n_f32(scalar)) {}

    INLAY_INLINE int32x4_t bits() const { return vreinterpretq_s32_f32(value); }
    static INLAY_INLINE pack from_bits(int32x4_t b) { return vreinterpretq_f32_s32(b); }

    static INLAY_INLINE pack load(const float* from) { return vld1q_f32(from); }
    INLAY_INLINE void store(float* to) const { vst1q_f32(to, value); }
    template <size_t Count>
    static INLAY_INLINE pack load_first(const float* from) {
        if constexpr (Count == 4) return load(from);
        else return vldrwq_z_f32(from, first(Count));
    }
    template <size_t Count>
    static INLAY_INLINE pack load_first(const std::int8_t* from) {
        return vcvtq_f32_s32(vldrbq_z_s32(from, first(Count)));
    }
    template <size_t Count>
    INLAY_INLINE void store_first(float* to) const {
        if constexpr (Count == 4) store(to);
        else vstrwq_p_f32(to, value, first(Count));
    }
    INLAY_INLINE pack in_register() const { return math::rounded(value); }

    friend INLAY_INLINE pack operator+(pack a, pack b) { return math::settled(vaddq_f32(a.value, b.value)); }
    friend INLAY_INLINE pack operator-(pack a, pack b) { return math::settled(vsubq_f32(a.value, b.value)); }
    friend INLAY_INLINE pack operator*(pack a, pack b) { return math::rounded(vmulq_f32(a.value, b.value)); }
    friend INLAY_INLINE pack operator/(pack a, pack b) {
        return each([](float x, float y) INLAY_INLINE { return x / y; }, a, b);
    }
    friend INLAY_INLINE pack operator-(pack a) { return vnegq_f32(a.value); }
    friend INLAY_INLINE mask operator<(pack a, pack b) { return vcmpltq_f32(a.value, b.value); }
    friend INLAY_INLINE mask operator>(pack a, pack b) { return vcmpgtq_f32(a.value, b.value); }
    friend INLAY_INLINE mask operator<=(pack a, pack b) { return vcmpleq_f32(a.value, b.value); }
    friend INLAY_INLINE mask operator>=(pack a, pack b) { return vcmpgeq_f32(a.value, b.value); }
    friend INLAY_INLINE mask operator==(pack a, pack b) { return vcmpeqq_f32(a.value, b.value); }
    friend INLAY_INLINE mask operator!=(pack a, pack b) { return vcmpneq_f32(a.value, b.value); }

    friend INLAY_INLINE pack fma(pack a, pack b, pack c) { return vfmaq_f32(c.value, a.value, b.value); }
    friend INLAY_INLINE pack select(mask m, pack a, pack b) { return vpselq_f32(a.value, b.value, m); }
    friend INLAY_INLINE pack sqrt(pack a) {
        return each([](float x, float) INLAY_INLINE { return math::sqrt(x); }, a, a);
    }
    friend INLAY_INLINE pack abs(pack a) { return vabsq_f32(a.value); }
    friend INLAY_INLINE pack copysign(pack magnitude, pack sign) {
        const int32x4_t bit = vdupq_n_s32(std::numeric_limits<std::int32_t>::min());
        return from_bits(vorrq_s32(vbicq_s32(magnitude.bits(), bit), vandq_s32(sign.bits(), bit)));
    }
    friend INLAY_INLINE pack min(pack a, pack b) { return select(a < b, a, b); }
    friend INLAY_INLINE pack max(pack a, pack b) { return select(a > b, a, b); }
    friend INLAY_INLINE pack pow2(pack n) { return from_bits(vshlq_n_s32((n + pack(shifter + 127.0f)).bits(), 23)); }
    friend INLAY_INLINE pack exponent(pack a) {
        const pack raw = from_bits(vorrq_s32(vshrq_n_s32(a.bits(), 23), pack(0x1p23f).bits()));
        return raw - pack(0x1p23f + 127.0f);
    }
    friend INLAY_INLINE pack mantissa(pack a) {
        return from_bits(vorrq_s32(vandq_s32(a.bits(), vdupq_n_s32((1 << 23) - 1)), pack(1.0f).bits()));
    }

  private:
    static constexpr float shifter = 0x1.8p23f;
    /// The predicate of the first `count` lanes. Not a constant: g++ 12 makes all lanes of those.
    static INLAY_INLINE mask first(std::uint32_t count) { return vctp32q(count); }

    template <class Function>
    static INLAY_INLINE pack each(Function f, pack a, pack b) {
        float32x4_t result = a.value;
        result = vsetq_lane_f32(f(vgetq_lane_f32(a.value, 0), vgetq_lane_f32(b.value, 0)), result, 0);
        result = vsetq_lane_f32(f(vgetq_lane_f32(a.value, 1), vgetq_lane_f32(b.value, 1)), result, 1);
        result = vsetq_lane_f32(f(vgetq_lane_f32(a.value, 2), vgetq_lane_f32(b.value, 2)), result, 2);
        return vsetq_lane_f32(f(vgetq_lane_f32(a.value, 3), vgetq_lane_f32(b.value, 3)), result, 3);
    }
};

} // namespace inlay::inline INLAY_TARGET::kernels

#include <inlay/core/macros_back.inc>

#endif
