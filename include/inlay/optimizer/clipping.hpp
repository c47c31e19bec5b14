// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/map.hpp>

#include <limits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// How squares are summed without an order. Scaled by a power of two, all |x| < 1; each x² is split into a multiple of
/// unit₁ and one of unit₂, of `bits` bits each, and these integers are added, which is exact. So neither order nor lanes
/// nor padding change the result. What a square holds below unit₂ is dropped: less than 2⁻²⁴ (2⁻⁵³) of the whole for up to
/// 2¹⁹ numbers, and in practice far less.
/// After J. Demmel, H. D. Nguyen, Fast reproducible floating-point summation, ARITH 21 (2013).
template <class Scalar>
struct square_units {
    static constexpr int digits = std::numeric_limits<Scalar>::digits;
    static constexpr int bits = digits == 24 ? 22 : 36;
    /// How many meet in a lane before they go into a wider integer.
    static constexpr size_t run = digits == 24 ? 256 : size_t{1} << 24;
    /// Exponents of the largest |x| up to which nothing overflows or underflows without scaling.
    static constexpr int plain = digits == 24 ? 36 : 400;

    static constexpr Scalar unit(int number) noexcept {
        Scalar result(1);
        for (int i = 0; i < number * (bits + 1) - 1; ++i) result /= Scalar(2);
        return result;
    }
    /// Added to a number, it leaves the nearest multiple of unit `number` in the low bits of the sum.
    static constexpr Scalar rounder(int number) noexcept {
        return unit(number) * static_cast<Scalar>(std::uint64_t{3} << (digits - 2));
    }
};

/// Integers in the lanes of V: the bits of V's numbers, added.
template <class V, class Scalar>
struct lane_sums {
    using integer = typename math::detail::format<Scalar>::bits;
    static INLAY_INLINE constexpr auto bits_of(V v) noexcept {
        if constexpr (std::is_same_v<V, Scalar>) return std::bit_cast<integer>(v);
        else return v.bits();
    }
    decltype(bits_of(V(Scalar(0)))) sum = bits_of(V(Scalar(0)));

    INLAY_INLINE constexpr void add(V v) noexcept { sum = sum + bits_of(v); }
    /// What `count` numbers were above `base`, in units of their last place. Starts anew.
    INLAY_INLINE constexpr std::int64_t taken(size_t count, Scalar base) noexcept {
        const integer bases = static_cast<integer>(static_cast<integer>(count) * std::bit_cast<integer>(base));
        std::int64_t total = 0;
        if constexpr (std::is_same_v<V, Scalar>) total = static_cast<std::make_signed_t<integer>>(sum - bases);
        else {
            constexpr size_t lanes = sizeof(V) / sizeof(Scalar);
            alignas(64) Scalar all[lanes];
            V::from_bits(sum).store(all);
            for (const Scalar& one : all) {
                integer lane;
                __builtin_memcpy(&lane, &one, sizeof lane); // no arithmetic: it may be a signalling NaN
                total += static_cast<std::make_signed_t<integer>>(lane - bases);
            }
        }
        sum = bits_of(V(Scalar(0)));
        return total;
    }
};

/// Calls `body(values, lane of four)` with [0, Extent) of `from`, a register at a time, zeros after the last.
template <class V, size_t Lanes, size_t Extent, class Scalar, class Body>
INLAY_INLINE constexpr void each_register(const Scalar* from, Body&& body) {
    constexpr auto at = [](auto place) { return place; };
    if constexpr (Lanes == 1)
        for (size_t i = 0; i < Extent; ++i) body(from[i], at(std::integral_constant<size_t, 0>{}));
    else {
        size_t i = 0;
        for (; i + 4 * Lanes <= Extent; i += 4 * Lanes)
            kernels::unroll<4>([&](auto k) INLAY_INLINE { body(V::load(from + i + k * Lanes), k); });
        for (; i + Lanes <= Extent; i += Lanes) body(V::load(from + i), at(std::integral_constant<size_t, 0>{}));
        if constexpr (Extent % Lanes > 0)
            body(V::template load_first<Extent % Lanes>(from + i), at(std::integral_constant<size_t, 0>{}));
    }
}

/// 2ⁿ for −149 ≤ n ≤ 128 (−1074 ≤ n ≤ 1024), as the product of two normal numbers.
template <class Scalar>
struct two_powers {
    Scalar first, second;
    constexpr explicit two_powers(int n) noexcept
        : first(math::pow2(static_cast<Scalar>(n / 2))), second(math::pow2(static_cast<Scalar>(n - n / 2))) {}
};

/// e with v < 2ᵉ ≤ 2v for a finite v > 0.
template <class Scalar>
constexpr int exponent_above(Scalar v) noexcept {
    using format = math::detail::format<Scalar>;
    const auto bits = std::bit_cast<typename format::bits>(v);
    const int field = static_cast<int>(bits >> format::fraction_bits);
    constexpr int bias = static_cast<int>(format::bias);
    return field > 0 ? field - bias + 1 : static_cast<int>(std::bit_width(bits)) - bias + 1 - format::fraction_bits;
}

/// ‖v‖₂ to two units in the last place, with the same bits in any order and on any target with (or on any without) fused
/// multiply-add; NaN if any value is, else +∞ if any is infinite.
template <class Machine, size_t Extent, class Scalar>
constexpr Scalar norm(const Scalar* values) noexcept {
    constexpr size_t lanes = Machine::template lanes<Scalar>;
    using V = std::conditional_t<lanes == 1, Scalar, kernels::pack<Scalar, lanes>>;
    using limits = std::numeric_limits<Scalar>;
    using units = square_units<Scalar>;
    Scalar most(0), bad(0);
    if (std::is_constant_evaluated()) { // in which ∞ · 0 is an error
        for (size_t i = 0; i < Extent; ++i) {
            const Scalar size = math::abs(values[i]);
            if (size > most) most = size;
            if (!(size <= (limits::max)())) bad = limits::infinity();
        }
    } else {
        constexpr size_t chains = lanes == 1 ? 1 : 4;
        V largest[chains], zeros[chains];
        for (size_t k = 0; k < chains; ++k) largest[k] = zeros[k] = V(Scalar(0));
        each_register<V, lanes, Extent>(values, [&](V v, auto k) INLAY_INLINE {
            using math::abs, math::fma, math::max;
            largest[k] = max(largest[k], abs(v));
            zeros[k] = fma(v, V(Scalar(0)), zeros[k]); // ∞ and NaN make NaN of it
        });
        for (size_t k = 0; k < chains; ++k) {
            alignas(64) Scalar all[2][lanes];
            if constexpr (lanes == 1) all[0][0] = largest[k], all[1][0] = zeros[k];
            else largest[k].store(all[0]), zeros[k].store(all[1]);
            for (size_t j = 0; j < lanes; ++j) {
                if (all[0][j] > most) most = all[0][j];
                bad += all[1][j];
            }
        }
    }
    if (!(bad == 0)) {
        for (size_t i = 0; i < Extent; ++i)
            if (values[i] != values[i]) return limits::quiet_NaN();
        return limits::infinity();
    }
    if (most == 0) return Scalar(0);

    const int exponent = exponent_above(most);
    std::int64_t totals[2]{};
    // x = `prepare(value)`; `scale` is what its square is too large by.
    const auto sum = [&](auto prepare, Scalar scale) INLAY_INLINE {
        const Scalar bases[2] = {units::rounder(1) * scale, units::rounder(2) * scale};
        const V first(bases[0]), second(bases[1]);
        lane_sums<V, Scalar> sums[2];
        size_t count = 0;
        const auto flush = [&]() INLAY_INLINE {
            for (size_t k = 0; k < 2; ++k) totals[k] += sums[k].taken(count, bases[k]);
            count = 0;
        };
        each_register<V, lanes, Extent>(values, [&](V v, auto) INLAY_INLINE {
            using math::fma;
            const V x = prepare(v), high = fma(x, x, first), rest = fma(x, x, first - high);
            sums[0].add(high);
            sums[1].add(rest + second);
            if (++count == units::run) flush();
        });
        flush();
    };
    const two_powers<Scalar> up(exponent);
    if (exponent <= units::plain && exponent >= -units::plain) {
        const Scalar power = up.first * up.second;
        sum([](V v) INLAY_INLINE { return v; }, power * power);
    } else {
        const two_powers<Scalar> down(-exponent);
        sum([&](V v) INLAY_INLINE { return (v * V(down.first)) * V(down.second); }, Scalar(1));
    }
    const Scalar square =
        static_cast<Scalar>(totals[0]) * units::unit(1) + static_cast<Scalar>(totals[1]) * units::unit(2);
    return (math::sqrt(square) * up.first) * up.second;
}

} // namespace detail

/// Holds every gradient between −limit and limit (torch.nn.utils.clip_grad_value_). NaN stays.
template <class Machine, size_t Extent, class Scalar>
constexpr void clip_by_value(Scalar* gradients, Scalar limit) noexcept {
    kernels::map<Machine, Extent>(
        gradients,
        [limit](auto g) INLAY_INLINE {
            using V = decltype(g);
            using math::select;
            return select(g > V(limit), V(limit), select(g < V(-limit), V(-limit), g));
        },
        gradients);
}

/// Scales all gradients by limit/(‖g‖₂ + 1e-6) if that is below 1, and returns ‖g‖₂ (torch.nn.utils.clip_grad_norm_).
/// The norm, and with it every bit, does not depend on where the gradients are stored. As in PyTorch one NaN makes all of
/// them NaN, and an infinite one becomes NaN and the others 0.
template <class Machine, size_t Extent, class Scalar>
constexpr Scalar clip_by_norm(Scalar* gradients, Scalar limit) noexcept {
    if constexpr (Extent == 0) return Scalar(0);
    else {
        const Scalar norm = detail::norm<Machine, Extent>(gradients);
        const Scalar scale = limit / (norm + Scalar(1e-6_double));
        if (!(scale >= 1))
            kernels::map<Machine, Extent>(
                gradients, [scale](auto g) INLAY_INLINE { return g * decltype(g)(scale); }, gradients);
        return norm;
    }
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
