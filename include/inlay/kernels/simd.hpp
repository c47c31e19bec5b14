// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The only door to xsimd. `pack<T, N>` is N values of T in one register, with the primitives that the texts of
// core/math.hpp and of the kernels are written in. Everything that depends on the xsimd release (8.1 to 14) or on an
// instruction set is here. xsimd does not know microcontrollers: Helium has a pack of its own (helium.hpp), elsewhere
// only `pack<T, 1>` exists, and sums are held in strips of scalar registers (strips.hpp).
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/core/math.hpp>

#include <bit>
#include <utility>

#if __has_include(<xsimd/config/xsimd_config.hpp>)
#include <xsimd/config/xsimd_config.hpp>
#if !defined(XSIMD_NO_SUPPORTED_ARCHITECTURE)
// Each in a block of its own, or clang-format would sort them: xsimd is read with the macros aside.
#include <inlay/core/macros_aside.inc>

#include <xsimd/xsimd.hpp>

#include <inlay/core/macros_back.inc>
#define INLAY_HAS_XSIMD 1
#endif
#endif
#ifndef INLAY_HAS_XSIMD
#define INLAY_HAS_XSIMD 0
#endif
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include <inlay/core/macros_aside.inc>

#if defined(__AVX512F__) && defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the registers that its own AVX-512 intrinsics leave undefined on purpose for forgotten ones.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace inlay::inline INLAY_TARGET::kernels {

// The primitives for plain scalars; those for packs are found through their argument.
using math::abs, math::copysign, math::fma, math::max, math::min, math::select, math::sqrt;

/// Calls `body(std::integral_constant<size_t, i>)` for i in [0, Count), unrolled. Mark the lambda INLAY_INLINE.
template <size_t Count, class Body>
INLAY_INLINE constexpr void unroll(Body&& body) {
    [&]<size_t... I>(std::index_sequence<I...>) INLAY_INLINE { (body(std::integral_constant<size_t, I>{}), ...); }
    (std::make_index_sequence<Count>{});
}

/// The same pointer, but the compiler cannot tell: values loaded through it are loaded anew. Where neighbouring steps
/// overlap, clang would else keep every value and spill the sums.
template <class T>
INLAY_INLINE inline T* hide_provenance(T* pointer) {
    asm("" : "+r"(pointer));
    return pointer;
}

/// Memory is as written here before anything after it is read. g++ 12 -O3 would else jam loops whose sums overlap in
/// memory, and add in another order.
INLAY_INLINE inline void compiler_barrier() { asm volatile("" ::: "memory"); }

namespace detail {

#if INLAY_HAS_XSIMD
template <class T, size_t N>
struct sized_batch {
    using type = xsimd::make_sized_batch_t<T, N>;
};
#else
template <class T, size_t N>
struct sized_batch {
    using type = void;
};
#endif
template <class T>
struct sized_batch<T, 1> {
    using type = T;
};

template <class T>
using integer_of = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

} // namespace detail

/// Whether the target holds N values of T in one register. One value always fits.
template <class T, size_t N>
inline constexpr bool has_lanes = !std::is_void_v<typename detail::sized_batch<T, N>::type>;

/// N values of T in one register. `pack<T, 1>`, the scalar twin, is in core/math.hpp.
template <class T, size_t N>
struct pack {
#if INLAY_HAS_XSIMD
    static_assert(has_lanes<T, N>, "inlay: this target has no register of that many lanes");
    using batch = typename detail::sized_batch<T, N>::type;
    using arch = typename batch::arch_type;
    using native = typename batch::register_type;
    using mask = xsimd::batch_bool<T, arch>;
    using integer = detail::integer_of<T>;
    using integer_batch = xsimd::batch<integer, arch>;

    static constexpr size_t bytes = N * sizeof(T);
    static constexpr bool is_double = sizeof(T) == 8;

    native value;

    pack() = default;
    INLAY_INLINE pack(batch b) : value(b) {}
    INLAY_INLINE explicit pack(T scalar) : value(batch(scalar)) {}

    INLAY_INLINE batch get() const { return batch(value); }
    INLAY_INLINE integer_batch bits() const {
        return integer_batch(math::bit_cast<typename integer_batch::register_type>(value));
    }
    static INLAY_INLINE pack from_bits(integer_batch b) {
        return batch(math::bit_cast<native>(static_cast<typename integer_batch::register_type>(b)));
    }

    static INLAY_INLINE pack load(const T* from) { return batch::load_unaligned(from); }
    INLAY_INLINE void store(T* to) const { get().store_unaligned(to); }

    /// The first Count values from memory, zeros after them; nothing beyond them is read.
    template <size_t Count>
    static INLAY_INLINE pack load_first(const T* from);
    /// The same from small integers, which become T's.
    static INLAY_INLINE pack load(const std::int8_t* from) { return load_first<N>(from); }
    template <size_t Count>
    static INLAY_INLINE pack load_first(const std::int8_t* from);
    /// Writes the first Count lanes only.
    template <size_t Count>
    INLAY_INLINE void store_first(T* to) const;

    /// The same value, from now on in a register: g++ would else load it again for every use, and both compilers contract
    /// a product with a sum (math::rounded).
    INLAY_INLINE pack in_register() const { return batch(math::rounded(value)); }

    // What these return is closed: no compiler contracts a product with a sum, or takes sums apart, whatever its flags.
    friend INLAY_INLINE pack operator+(pack a, pack b) { return math::settled(pack(a.get() + b.get())); }
    friend INLAY_INLINE pack operator-(pack a, pack b) { return math::settled(pack(a.get() - b.get())); }
    friend INLAY_INLINE pack operator*(pack a, pack b) { return pack(a.get() * b.get()).in_register(); }
    friend INLAY_INLINE pack operator/(pack a, pack b) {
#if defined(__aarch64__) // xsimd 8.1 makes an estimate of it
        if constexpr (bytes == 16 && !is_double) return batch(vdivq_f32(a.value, math::settled(b).value));
        else
#endif
            return a.get() / math::settled(b).get(); // or -freciprocal-math would share reciprocals
    }
    friend INLAY_INLINE pack operator-(pack a) { return from_bits(a.bits() ^ sign_bit()); }
    friend INLAY_INLINE mask operator<(pack a, pack b) { return a.get() < b.get(); }
    friend INLAY_INLINE mask operator>(pack a, pack b) { return a.get() > b.get(); }
    friend INLAY_INLINE mask operator<=(pack a, pack b) { return a.get() <= b.get(); }
    friend INLAY_INLINE mask operator>=(pack a, pack b) { return a.get() >= b.get(); }
    friend INLAY_INLINE mask operator==(pack a, pack b) { return a.get() == b.get(); }
    friend INLAY_INLINE mask operator!=(pack a, pack b) { return !(a.get() == b.get()); } // 8.1: wrong on SSE2

    /// a·b + c with one rounding where the target has it, with two everywhere else. xsimd 8.1 lacks it for AVX-512.
    friend INLAY_INLINE pack fma(pack a, pack b, pack c) {
#if defined(__FMA__)
        if constexpr (bytes == 16 && !is_double) return batch(_mm_fmadd_ps(a.value, b.value, c.value));
        else if constexpr (bytes == 16 && is_double) return batch(_mm_fmadd_pd(a.value, b.value, c.value));
        else if constexpr (bytes == 32 && !is_double) return batch(_mm256_fmadd_ps(a.value, b.value, c.value));
        else if constexpr (bytes == 32 && is_double) return batch(_mm256_fmadd_pd(a.value, b.value, c.value));
        else
#endif
#if defined(__AVX512F__)
            if constexpr (bytes == 64 && !is_double)
            return batch(_mm512_fmadd_ps(a.value, b.value, c.value));
        else if constexpr (bytes == 64 && is_double) return batch(_mm512_fmadd_pd(a.value, b.value, c.value));
        else
#endif
#if INLAY_HAS_FMA
            return xsimd::fma(a.get(), b.get(), c.get());
#else
        if constexpr (INLAY_CONTRACTS) return a * b + c;
        else return math::settled(pack(a.get() * b.get() + c.get()));
#endif
    }

    friend INLAY_INLINE pack select(mask m, pack a, pack b) { return xsimd::select(m, a.get(), b.get()); }
    friend INLAY_INLINE pack sqrt(pack a) {
#if defined(__aarch64__) // the same
        if constexpr (bytes == 16 && !is_double) return batch(vsqrtq_f32(a.value));
        else
#endif
            return xsimd::sqrt(a.get());
    }
    friend INLAY_INLINE pack abs(pack a) { return from_bits(a.bits() & ~sign_bit()); }
    friend INLAY_INLINE pack copysign(pack magnitude, pack sign) {
        return from_bits((magnitude.bits() & ~sign_bit()) | (sign.bits() & sign_bit()));
    }
    // a < b ? a : b and a > b ? a : b, NaN and zeros included: so do the instructions, but not every xsimd.
    friend INLAY_INLINE pack min(pack a, pack b) {
#if defined(__SSE2__)
        if constexpr (bytes == 16 && !is_double) return batch(_mm_min_ps(a.value, b.value));
        else if constexpr (bytes == 16 && is_double) return batch(_mm_min_pd(a.value, b.value));
        else
#endif
#if defined(__AVX__)
            if constexpr (bytes == 32 && !is_double)
            return batch(_mm256_min_ps(a.value, b.value));
        else if constexpr (bytes == 32 && is_double) return batch(_mm256_min_pd(a.value, b.value));
        else
#endif
#if defined(__AVX512F__)
            if constexpr (bytes == 64 && !is_double)
            return batch(_mm512_min_ps(a.value, b.value));
        else if constexpr (bytes == 64 && is_double) return batch(_mm512_min_pd(a.value, b.value));
        else
#endif
            return select(a < b, a, b);
    }
    friend INLAY_INLINE pack max(pack a, pack b) {
#if defined(__SSE2__)
        if constexpr (bytes == 16 && !is_double) return batch(_mm_max_ps(a.value, b.value));
        else if constexpr (bytes == 16 && is_double) return batch(_mm_max_pd(a.value, b.value));
        else
#endif
#if defined(__AVX__)
            if constexpr (bytes == 32 && !is_double)
            return batch(_mm256_max_ps(a.value, b.value));
        else if constexpr (bytes == 32 && is_double) return batch(_mm256_max_pd(a.value, b.value));
        else
#endif
#if defined(__AVX512F__)
            if constexpr (bytes == 64 && !is_double)
            return batch(_mm512_max_ps(a.value, b.value));
        else if constexpr (bytes == 64 && is_double) return batch(_mm512_max_pd(a.value, b.value));
        else
#endif
            return select(a > b, a, b);
    }
    friend INLAY_INLINE pack pow2(pack n) { return from_bits((n + pack(shifter + T(exponent_bias))).bits() << digits); }
    friend INLAY_INLINE pack exponent(pack a) {
        return from_bits((a.bits() >> digits) | pack(ulp_is_one).bits()) - pack(ulp_is_one + T(exponent_bias));
    }
    friend INLAY_INLINE pack mantissa(pack a) {
        return from_bits((a.bits() & integer_batch((integer{1} << digits) - 1)) | pack(T(1)).bits());
    }

  private:
    static constexpr int digits = sizeof(T) == 4 ? 23 : 52;
    static constexpr integer exponent_bias = sizeof(T) == 4 ? 127 : 1023;
    static constexpr T ulp_is_one = static_cast<T>(integer{1} << digits);
    static constexpr T shifter = ulp_is_one * T(1.5);
    static INLAY_INLINE integer_batch sign_bit() { return integer_batch(std::numeric_limits<integer>::min()); }
#endif
};

#if INLAY_HAS_XSIMD

template <class T, size_t N>
template <size_t Count>
INLAY_INLINE inline pack<T, N> pack<T, N>::load_first(const T* from) {
    static_assert(Count >= 1 && Count <= N);
    if constexpr (Count == N) return load(from);
#if defined(__AVX512F__)
    else if constexpr (bytes == 64 && !is_double) return batch(_mm512_maskz_loadu_ps((1u << Count) - 1, from));
    else if constexpr (bytes == 64 && is_double) return batch(_mm512_maskz_loadu_pd((1u << Count) - 1, from));
#endif
#if defined(__AVX__)
    else if constexpr (bytes == 32 && !is_double) {
        constexpr auto on = [](size_t lane) { return lane < Count ? -1 : 0; };
        return batch(
            _mm256_maskload_ps(from, _mm256_setr_epi32(on(0), on(1), on(2), on(3), on(4), on(5), on(6), on(7))));
    } else if constexpr (bytes == 32 && is_double) {
        constexpr auto on = [](size_t lane) { return lane < Count ? -1 : 0; };
        return batch(_mm256_maskload_pd(from, _mm256_setr_epi64x(on(0), on(1), on(2), on(3))));
    }
#endif
#if defined(__SSE2__)
    else if constexpr (bytes == 16 && is_double)
        return batch(_mm_load_sd(from));
    else if constexpr (bytes == 16 && !is_double) {
        if constexpr (Count == 1) return batch(_mm_load_ss(from));
        const __m128 two = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
        if constexpr (Count == 2) return batch(two);
        else return batch(_mm_movelh_ps(two, _mm_load_ss(from + 2)));
    }
#endif
    else {
        alignas(64) T lanes[N] = {};
        __builtin_memcpy(lanes, from, Count * sizeof(T));
        return load(lanes);
    }
}

template <class T, size_t N>
template <size_t Count>
INLAY_INLINE inline pack<T, N> pack<T, N>::load_first(const std::int8_t* from) {
    static_assert(Count >= 1 && Count <= N);
#if defined(__SSE4_1__)
    const auto read = [from]() INLAY_INLINE {
        if constexpr (Count == 16) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        else if constexpr (Count == 8) return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
        else if constexpr (Count <= 4) {
            int four = 0;
            __builtin_memcpy(&four, from, Count);
            return _mm_cvtsi32_si128(four);
        } else {
            alignas(16) std::int8_t all[16] = {};
            __builtin_memcpy(all, from, Count);
            return _mm_load_si128(reinterpret_cast<const __m128i*>(all));
        }
    };
    const __m128i eight_bits = read();
#if defined(__AVX512F__)
    if constexpr (bytes == 64 && !is_double) return batch(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(eight_bits)));
    else if constexpr (bytes == 64) return batch(_mm512_cvtepi32_pd(_mm256_cvtepi8_epi32(eight_bits)));
    else
#endif
#if defined(__AVX2__)
        if constexpr (bytes == 32 && !is_double)
        return batch(_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(eight_bits)));
    else if constexpr (bytes == 32) return batch(_mm256_cvtepi32_pd(_mm_cvtepi8_epi32(eight_bits)));
    else
#endif
        if constexpr (bytes == 16 && !is_double)
        return batch(_mm_cvtepi32_ps(_mm_cvtepi8_epi32(eight_bits)));
    else if constexpr (bytes == 16 && is_double) return batch(_mm_cvtepi32_pd(_mm_cvtepi8_epi32(eight_bits)));
    else
#endif
    {
        alignas(64) T lanes[N];
        for (size_t i = 0; i < N; ++i) lanes[i] = i < Count ? static_cast<T>(from[i]) : T(0);
        return load(lanes);
    }
}

template <class T, size_t N>
template <size_t Count>
INLAY_INLINE inline void pack<T, N>::store_first(T* to) const {
    static_assert(Count >= 1 && Count <= N);
    if constexpr (Count == N) store(to);
#if defined(__AVX512F__)
    else if constexpr (bytes == 64) { // in pieces: what a masked store has written is slow to load again
        using half = pack<T, N / 2>;
        using half_batch = typename half::batch;
        const half low = [&] {
            if constexpr (is_double) return half(half_batch(_mm512_castpd512_pd256(value)));
            else return half(half_batch(_mm512_castps512_ps256(value)));
        }();
        if constexpr (Count <= N / 2) low.template store_first<Count>(to);
        else {
            low.store(to);
            if constexpr (!is_double && Count <= 12) {
                const pack<T, 4> high = xsimd::batch<T, typename pack<T, 4>::arch>(_mm512_extractf32x4_ps(value, 2));
                high.template store_first<Count - 8>(to + 8);
            } else {
                const half high = [&] {
                    if constexpr (is_double) return half(half_batch(_mm512_extractf64x4_pd(value, 1)));
                    else return half(half_batch(_mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(value), 1))));
                }();
                high.template store_first<Count - N / 2>(to + N / 2);
            }
        }
    }
#endif
#if defined(__AVX__) // in pieces: a masked store costs tens of cycles on AMD
    else if constexpr (bytes == 32 && !is_double) {
        const pack<T, 4> low = xsimd::batch<T, typename pack<T, 4>::arch>(_mm256_castps256_ps128(value));
        if constexpr (Count <= 4) low.template store_first<Count>(to);
        else {
            low.store(to);
            const pack<T, 4> high = xsimd::batch<T, typename pack<T, 4>::arch>(_mm256_extractf128_ps(value, 1));
            high.template store_first<Count - 4>(to + 4);
        }
    } else if constexpr (bytes == 32 && is_double) {
        const pack<T, 2> low = xsimd::batch<T, typename pack<T, 2>::arch>(_mm256_castpd256_pd128(value));
        if constexpr (Count <= 2) low.template store_first<Count>(to);
        else {
            low.store(to);
            _mm_store_sd(to + 2, _mm256_extractf128_pd(value, 1));
        }
    }
#endif
#if defined(__SSE2__)
    else if constexpr (bytes == 16 && is_double)
        _mm_store_sd(to, value);
    else if constexpr (bytes == 16 && !is_double) {
        if constexpr (Count == 1) _mm_store_ss(to, value);
        else {
            _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_castps_si128(value));
            if constexpr (Count == 3) _mm_store_ss(to + 2, _mm_movehl_ps(value, value));
        }
    }
#endif
    else {
        alignas(64) T lanes[N];
        store(lanes);
        __builtin_memcpy(to, lanes, Count * sizeof(T));
    }
}

#endif

} // namespace inlay::inline INLAY_TARGET::kernels

#if INLAY_HAS_HELIUM
#include <inlay/kernels/chip/helium.hpp>
#endif

namespace inlay::inline INLAY_TARGET::kernels {

/// Where a or b holds: masks of packs, or those of one value, which are bool.
template <class Mask>
INLAY_INLINE constexpr Mask either(Mask a, Mask b) {
    if constexpr (std::is_same_v<Mask, bool>) return a || b;
    else return a | b;
}

/// Whether `native` sums T in strips of registers (strips.hpp): on targets with a fused multiply-add but without xsimd.
template <class T>
inline constexpr bool has_strips = !INLAY_HAS_XSIMD && INLAY_HAS_FMA && std::is_same_v<T, float>;

/// Where the arithmetic runs. `native` uses the widest registers of the target, `scalar` one value at a time; both give
/// the same bits for every kernel that says so, because the order of each sum follows from the shapes alone.
struct scalar {
    template <class T>
    static constexpr size_t lanes = 1;
    template <class T>
    static constexpr bool sums_in_strips = false;
    static constexpr bool shares = false;
    static constexpr size_t registers = 16;
};

/// One value at a time, layers of a kind sharing one loop: the least code.
struct compact : scalar {
    static constexpr bool shares = true;
};

struct native {
    /// The widest register of the target, in values of T.
    template <class T>
    static constexpr size_t lanes = has_lanes<T, 16>  ? 16
                                    : has_lanes<T, 8> ? 8
                                    : has_lanes<T, 4> ? 4
                                    : has_lanes<T, 2> ? 2
                                                      : 1;
    /// Whether sums are held in strips of scalar registers: see strips.hpp.
    template <class T>
    static constexpr bool sums_in_strips = has_strips<T>;
    /// Whether layers of a kind share code that takes their sizes at run time.
    static constexpr bool shares = false;
    static constexpr size_t registers = INLAY_VECTOR_REGISTERS;
};

/// `native` in registers of half the width, where the widest have 512 bits: for networks whose layers would leave most of
/// those empty. They are slower to add and divide, and may slow the clock.
struct halved : native {
    template <class T>
    static constexpr size_t lanes = has_lanes<T, 64 / sizeof(T)> ? 32 / sizeof(T) : native::lanes<T>;
};
/// What one sample goes through a network with, whose widest layer computes `Widest` values side by side: one of the two for
/// all layers, since a wide register that loads what narrow ones have just stored waits long.
template <class T, size_t Widest>
using native_for = std::conditional_t<has_lanes<T, 64 / sizeof(T)> && Widest <= 64 / sizeof(T), halved, native>;

/// A back end in registers of half the width, where it has wide ones.
template <class Backend>
using narrowed = std::conditional_t<std::is_same_v<Backend, native>, halved, Backend>;

/// How `Extent` neighbouring values fill registers: `full` registers of `lanes`, then one of `tail_lanes` of which
/// `tail_used` count. The tail takes the narrowest register that holds it.
template <class Backend, class T, size_t Extent>
struct lane_plan {
    static constexpr size_t widest = Backend::template lanes<T>;
    static constexpr size_t fit(size_t extent) {
        size_t least = widest;
        while (least > 1 && least / 2 >= extent && exists(least / 2)) least /= 2;
        return least;
    }
    static constexpr size_t lanes = fit(Extent);
    static constexpr size_t full = Extent / lanes;
    static constexpr size_t tail_used = Extent % lanes;
    static constexpr size_t tail_lanes = tail_used ? fit(tail_used) : 1;
    static constexpr size_t registers = full + (tail_used ? 1 : 0);

  private:
    static constexpr bool exists(size_t count) {
        return count == 8 ? has_lanes<T, 8> : count == 4 ? has_lanes<T, 4> : count == 2 ? has_lanes<T, 2> : false;
    }
};

/// Whether a `four_broadcasts` can fill pack<T, N>.
template <class T, size_t N>
inline constexpr bool has_quads =
#if defined(__AVX512F__)
    std::is_same_v<T, float> && (N == 8 || N == 16);
#elif defined(__AVX__)
    std::is_same_v<T, float>&& N == 8;
#else
    false;
#endif

/// Four neighbouring values, one load, of which each can fill a pack of at most N lanes without another.
template <class T, size_t N>
struct four_broadcasts;

#if defined(__AVX__)
template <>
struct four_broadcasts<float, 8> {
    __m256 value; // twice the four
    /// clang would else make four loads of it again.
    static INLAY_INLINE four_broadcasts load(const float* from) {
        return {pack<float, 8>(_mm256_broadcast_ps(reinterpret_cast<const __m128*>(from))).in_register().value};
    }
    /// N times value I.
    template <size_t I, size_t N>
    INLAY_INLINE pack<float, N> spread() const {
        const __m256 all = _mm256_permute_ps(value, I * 0x55);
        if constexpr (N == 8) return pack<float, 8>(all);
        else if constexpr (N == 4) return pack<float, 4>(_mm256_castps256_ps128(all));
        else return pack<float, 1>(_mm256_cvtss_f32(all));
    }
};
#endif
#if defined(__AVX512F__)
template <>
struct four_broadcasts<float, 16> {
    __m512 value; // four times the four
    static INLAY_INLINE four_broadcasts load(const float* from) {
        return {pack<float, 16>(_mm512_broadcast_f32x4(_mm_loadu_ps(from))).in_register().value};
    }
    template <size_t I, size_t N>
    INLAY_INLINE pack<float, N> spread() const {
        const __m512 all = _mm512_permute_ps(value, I * 0x55);
        if constexpr (N == 16) return pack<float, 16>(all);
        else if constexpr (N == 8) return pack<float, 8>(_mm512_castps512_ps256(all));
        else if constexpr (N == 4) return pack<float, 4>(_mm512_castps512_ps128(all));
        else return pack<float, 1>(_mm512_cvtss_f32(all));
    }
};
#endif

/// Lanes [0, N/2) plus lanes [N/2, N): the first of fold's additions.
template <class T, size_t N>
INLAY_INLINE inline pack<T, N / 2> halve(pack<T, N> v) {
    using half = pack<T, N / 2>;
#if defined(__AVX512F__)
    if constexpr (N == 16 && sizeof(T) == 4)
        return half(typename half::batch(_mm512_castps512_ps256(v.value))) +
               half(typename half::batch(_mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(v.value), 1))));
    else
#endif
#if defined(__AVX__)
        if constexpr (N == 8 && sizeof(T) == 4)
        return half(typename half::batch(_mm256_castps256_ps128(v.value))) +
               half(typename half::batch(_mm256_extractf128_ps(v.value, 1)));
    else
#endif
    {
        alignas(64) T all[N];
        v.store(all);
        return half::load(all) + half::load(all + N / 2);
    }
}

namespace detail {

/// Values fold in halves wherever inlay adds up partial sums: value j takes value j + count/2, until value 0 holds all.
/// This one does it in registers: `values(j)` is a reference to value j, a scalar or a pack.
template <size_t Count, class Values>
INLAY_INLINE constexpr void fold_halves(Values&& values) {
    if constexpr (Count > 1) {
        unroll<Count / 2>([&](auto j) INLAY_INLINE { values(j) = math::settled(values(j) + values(j + Count / 2)); });
        fold_halves<Count / 2>(values);
    }
}

/// The same in memory, in a loop; `combine(a, b)` takes packs of one value.
template <class T, class Combine>
INLAY_INLINE constexpr void fold_halves(T* values, size_t count, Combine combine) {
    for (size_t half = count / 2; half; half /= 2)
        for (size_t j = 0; j < half; ++j) values[j] = combine(packed(values[j]), packed(values[j + half])).value;
}
template <class T>
INLAY_INLINE constexpr void fold_halves(T* values, size_t count) {
    fold_halves(values, count, [](auto a, auto b) INLAY_INLINE { return a + b; });
}

} // namespace detail

/// The sum of all lanes, folded in halves.
template <class T, size_t N>
INLAY_INLINE constexpr T fold(pack<T, N> v) {
    if constexpr (N == 1) return v.value;
    else if constexpr (N > 4 && sizeof(T) == 4) return fold(halve(v));
#if defined(__SSE2__)
    else if constexpr (N == 4 && sizeof(T) == 4) {
        const __m128 two = _mm_add_ps(v.value, _mm_movehl_ps(v.value, v.value));
        return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
    }
#endif
    else {
        alignas(64) T lanes[N];
        v.store(lanes);
        detail::fold_halves(lanes, N);
        return lanes[0];
    }
}

/// Whether `transpose4` exists for T.
template <class T>
inline constexpr bool has_transpose4 =
#if defined(__SSE2__)
    sizeof(T) == 4;
#else
    false;
#endif

/// to[c][r] = from[r][c] for a block of 4 × 4.
template <class T, size_t FromRow, size_t ToRow>
INLAY_INLINE inline void transpose4([[maybe_unused]] const T* from, [[maybe_unused]] T* to) {
#if defined(__SSE2__)
    __m128 a = _mm_loadu_ps(from), b = _mm_loadu_ps(from + FromRow), c = _mm_loadu_ps(from + 2 * FromRow),
           d = _mm_loadu_ps(from + 3 * FromRow);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(to, a);
    _mm_storeu_ps(to + ToRow, b);
    _mm_storeu_ps(to + 2 * ToRow, c);
    _mm_storeu_ps(to + 3 * ToRow, d);
#endif
}

/// The folds of four packs side by side: lane i of the result is fold(v_i), in the same order of additions.
template <class T>
INLAY_INLINE inline pack<T, 4> fold_each(pack<T, 4> a, pack<T, 4> b, pack<T, 4> c, pack<T, 4> d) {
#if defined(__SSE2__)
    if constexpr (sizeof(T) == 4) {
        const __m128 ab = _mm_add_ps(_mm_movelh_ps(a.value, b.value), _mm_movehl_ps(b.value, a.value));
        const __m128 cd = _mm_add_ps(_mm_movelh_ps(c.value, d.value), _mm_movehl_ps(d.value, c.value));
        return typename pack<T, 4>::batch(_mm_add_ps(_mm_shuffle_ps(ab, cd, _MM_SHUFFLE(2, 0, 2, 0)),
                                                     _mm_shuffle_ps(ab, cd, _MM_SHUFFLE(3, 1, 3, 1))));
    } else
#endif
    {
        alignas(64) T all[4] = {fold(a), fold(b), fold(c), fold(d)};
        return pack<T, 4>::load(all);
    }
}

} // namespace inlay::inline INLAY_TARGET::kernels

#if defined(__AVX512F__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <inlay/core/macros_back.inc>
