// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/map.hpp>

#include <limits>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// How squares are summed without an order. Scaled by a power of two, all |x| < 1; each x² is split into three multiples
/// of unit₁, unit₂ and unit₃, `bits` bits each, which are summed apart. Such sums are exact as long as at most `run` of
/// them meet in one number; after that they go into an integer. So neither order nor lanes nor padding change the result.
/// What a square holds below unit₃ is dropped: less than 2⁻²³ (2⁻⁵²) of the whole for up to 2²⁰ numbers.
/// J. Demmel, H. D. Nguyen, Fast reproducible floating-point summation, ARITH 21 (2013).
template <class Scalar>
struct square_units {
    static constexpr int digits = std::numeric_limits<Scalar>::digits;
    static constexpr int bits = digits == 24 ? 15 : 36;
    static constexpr size_t run = size_t{1} << (digits - bits);
    static constexpr Scalar unit(int number) noexcept {
        Scalar result(1);
        for (int i = 0; i < number * (bits + 1) - 1; ++i) result /= Scalar(2);
        return result;
    }
    /// Added to a number and subtracted again, it leaves the nearest multiple of unit number `number`.
    static constexpr Scalar rounder(int number) noexcept {
        return unit(number) * static_cast<Scalar>(std::uint64_t{3} << (digits - 2));
    }
};

/// Three sums of multiples, in the lanes of V.
template <class V, class Scalar>
struct square_sums {
    using units = square_units<Scalar>;
    V sums[3] = {V(Scalar(0)), V(Scalar(0)), V(Scalar(0))};

    INLAY_INLINE constexpr void add(V x) noexcept {
        using math::fma;
        constexpr Scalar first = units::rounder(1), second = units::rounder(2), third = units::rounder(3);
        const V high = fma(x, x, V(first)) - V(first), rest = fma(x, x, -high);
        const V middle = (rest + V(second)) - V(second), last = rest - middle;
        sums[0] = sums[0] + high;
        sums[1] = sums[1] + middle;
        sums[2] = sums[2] + ((last + V(third)) - V(third));
    }
    /// Moves what was summed into integers.
    INLAY_INLINE constexpr void flush(std::int64_t (&totals)[3]) noexcept {
        using integer = std::conditional_t<sizeof(Scalar) == 4, std::int32_t, std::int64_t>;
        for (int k = 0; k < 3; ++k) {
            const Scalar unit = units::unit(k + 1);
            if constexpr (std::is_same_v<V, Scalar>) totals[k] += static_cast<integer>(sums[k] / unit);
            else {
                constexpr size_t lanes = sizeof(V) / sizeof(Scalar);
                alignas(64) Scalar all[lanes];
                sums[k].store(all);
                for (const Scalar one : all) totals[k] += static_cast<integer>(one / unit);
            }
            sums[k] = V(Scalar(0));
        }
    }
};

/// Calls `body(values)` with [0, Extent) of `from`, a register at a time, zeros after the last.
template <class V, size_t Lanes, size_t Extent, class Scalar, class Body>
INLAY_INLINE constexpr void each_register(const Scalar* from, Body&& body) {
    if constexpr (Lanes == 1)
        for (size_t i = 0; i < Extent; ++i) body(from[i]);
    else {
        size_t i = 0;
        for (; i + Lanes <= Extent; i += Lanes) body(V::load(from + i));
        if constexpr (Extent % Lanes > 0) body(V::template load_first<Extent % Lanes>(from + i));
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
        V largest(Scalar(0)), zeros(Scalar(0));
        each_register<V, lanes, Extent>(values, [&](V v) INLAY_INLINE {
            using math::abs, math::fma, math::select;
            const V size = abs(v);
            largest = select(size > largest, size, largest);
            zeros = fma(v, V(Scalar(0)), zeros); // ∞ and NaN make NaN of it
        });
        if constexpr (lanes == 1) most = largest, bad = zeros;
        else {
            alignas(64) Scalar all[2][lanes];
            largest.store(all[0]);
            zeros.store(all[1]);
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
    const two_powers<Scalar> down(-exponent), up(exponent);
    square_sums<V, Scalar> sums;
    std::int64_t totals[3]{};
    size_t left = units::run;
    each_register<V, lanes, Extent>(values, [&](V v) INLAY_INLINE {
        sums.add((v * V(down.first)) * V(down.second));
        if (--left == 0) {
            sums.flush(totals);
            left = units::run;
        }
    });
    sums.flush(totals);
    const Scalar low = static_cast<Scalar>(totals[1]) * units::unit(2) + static_cast<Scalar>(totals[2]) * units::unit(3);
    return (math::sqrt(static_cast<Scalar>(totals[0]) * units::unit(1) + low) * up.first) * up.second;
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
        const Scalar scale = limit / (norm + static_cast<Scalar>(1e-6));
        if (!(scale >= 1))
            kernels::map<Machine, Extent>(
                gradients, [scale](auto g) INLAY_INLINE { return g * decltype(g)(scale); }, gradients);
        return norm;
    }
}

} // namespace inlay::inline INLAY_TARGET
