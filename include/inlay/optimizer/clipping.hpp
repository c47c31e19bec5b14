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
    /// How many meet in a lane before they go into a wider integer: a multiple of 4, below 2ⁿ⁻¹⁻ᵇⁱᵗˢ of n-bit integers.
    static constexpr size_t run = digits == 24 ? 508 : size_t{1} << 24;
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
        if constexpr (std::is_same_v<V, Scalar>) return math::bit_cast<integer>(v);
        else return v.bits();
    }
    decltype(bits_of(V(Scalar(0)))) sum = bits_of(V(Scalar(0)));

    INLAY_INLINE constexpr void add(V v) noexcept { sum = sum + bits_of(v); }
    /// What `count` numbers were above `base`, in units of their last place. Starts anew.
    INLAY_INLINE constexpr std::int64_t taken(size_t count, Scalar base) noexcept {
        const integer bases = static_cast<integer>(static_cast<integer>(count) * math::bit_cast<integer>(base));
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
    const auto bits = math::bit_cast<typename format::bits>(v);
    const int field = static_cast<int>(bits >> format::fraction_bits);
    constexpr int bias = static_cast<int>(format::bias);
    return field > 0 ? field - bias + 1 : static_cast<int>(std::bit_width(bits)) - bias + 1 - format::fraction_bits;
}

/// The largest |x|, and Σx² as it comes: to about Extent units in the last place, not finite if an x is not or if it
/// overflows.
template <class Scalar>
struct magnitudes {
    Scalar largest, squares;
};
template <class Backend, size_t Extent, class Scalar>
constexpr magnitudes<Scalar> magnitudes_of(const Scalar* values) noexcept {
    if (std::is_constant_evaluated()) { // in which overflow is an error: nothing is said of the squares
        magnitudes<Scalar> result{0, std::numeric_limits<Scalar>::infinity()};
        for (size_t i = 0; i < Extent; ++i)
            if (const Scalar size = math::abs(values[i]); size > result.largest) result.largest = size;
        return result;
    }
    constexpr size_t lanes = Backend::template lanes<Scalar>;
    using V = std::conditional_t<lanes == 1, Scalar, kernels::pack<Scalar, lanes>>;
    constexpr size_t chains = lanes == 1 ? 1 : 4;
    V largest[chains], squares[chains];
    for (size_t k = 0; k < chains; ++k) largest[k] = squares[k] = V(Scalar(0));
    each_register<V, lanes, Extent>(values, [&](V v, auto k) INLAY_INLINE {
        using math::abs, math::fma, math::max;
        largest[k] = max(largest[k], abs(v));
        squares[k] = fma(v, v, squares[k]);
    });
    magnitudes<Scalar> result{};
    for (size_t k = 0; k < chains; ++k) {
        alignas(64) Scalar all[2][lanes];
        if constexpr (lanes == 1) all[0][0] = largest[k], all[1][0] = squares[k];
        else largest[k].store(all[0]), squares[k].store(all[1]);
        for (size_t j = 0; j < lanes; ++j) {
            if (all[0][j] > result.largest) result.largest = all[0][j];
            result.squares += all[1][j];
        }
    }
    return result;
}

/// Whether ‖v‖₂ is so far below the limit that no rounding can make clip_by_norm change anything: most of the time, and in
/// a third of the time that the norm takes.
template <size_t Extent, class Scalar>
constexpr bool clearly_below(magnitudes<Scalar> of, Scalar limit) noexcept {
    constexpr Scalar error =
        static_cast<Scalar>(Extent) * std::numeric_limits<Scalar>::epsilon(); // twice what it can be
    const Scalar least = math::fma(limit, Scalar(0.998_double), -Scalar(2e-6_double));
    return error < Scalar(0.5) && least > 0 && of.squares < least * least * (Scalar(1) - error);
}

/// ‖v‖₂ to two units in the last place, with the same bits in any order and on any target with (or on any without) fused
/// multiply-add; NaN if any value is, else +∞ if any is infinite. `of` is what magnitudes_of found.
template <class Backend, size_t Extent, class Scalar>
constexpr Scalar norm(const Scalar* values, magnitudes<Scalar> of) noexcept {
    constexpr size_t lanes = Backend::template lanes<Scalar>;
    using V = std::conditional_t<lanes == 1, Scalar, kernels::pack<Scalar, lanes>>;
    using limits = std::numeric_limits<Scalar>;
    using units = square_units<Scalar>;
    const Scalar most = of.largest;
    if (!(of.squares <= (limits::max)())) { // not finite, or its square overflows
        Scalar wrong(0);
        for (size_t i = 0; i < Extent; ++i)
            if (values[i] != values[i]) return limits::quiet_NaN();
            else if (!(math::abs(values[i]) <= (limits::max)())) wrong = limits::infinity();
        if (wrong != 0) return wrong;
    }
    if (most == 0) return Scalar(0);

    const int exponent = exponent_above(most);
    std::int64_t totals[2]{};
    // x = `prepare(value)`; `scale` is what its square is too large by.
    const auto sum = [&](auto prepare, Scalar scale) INLAY_INLINE {
        const Scalar bases[2] = {units::rounder(1) * scale, units::rounder(2) * scale};
        const V first(bases[0]), second(bases[1]);
        lane_sums<V, Scalar> large, small;
        const auto take = [&]<size_t Count>(const Scalar* from, std::integral_constant<size_t, Count>) INLAY_INLINE {
            each_register<V, lanes, Count>(from, [&](V v, auto) INLAY_INLINE {
                using math::fma;
                const V x = prepare(v), high = fma(x, x, first), rest = fma(x, x, first - high);
                large.add(high);
                small.add(rest + second);
            });
            constexpr size_t count = (Count + lanes - 1) / lanes;
            totals[0] += large.taken(count, bases[0]);
            totals[1] += small.taken(count, bases[1]);
        };
        constexpr size_t block = units::run * lanes;
        for (size_t i = 0; i + block <= Extent; i += block) take(values + i, std::integral_constant<size_t, block>{});
        if constexpr (Extent % block > 0)
            take(values + Extent / block * block, std::integral_constant<size_t, Extent % block>{});
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
template <class Backend, size_t Extent, class Scalar>
constexpr void clip_by_value(Scalar* gradients, Scalar limit) noexcept {
    kernels::map<Backend, Extent>(
        gradients,
        [limit](auto g) INLAY_INLINE {
            using V = decltype(g);
            using math::select;
            return select(g > V(limit), V(limit), select(g < V(-limit), V(-limit), g));
        },
        gradients);
}

namespace detail {

template <class Backend, size_t Extent, class Scalar>
constexpr Scalar norm(const Scalar* values) noexcept {
    return norm<Backend, Extent>(values, magnitudes_of<Backend, Extent>(values));
}

/// Scales all to `limit`, if their norm is more.
template <class Backend, size_t Extent, class Scalar>
constexpr Scalar scale_to(Scalar* gradients, Scalar norm, Scalar limit) noexcept {
    const Scalar scale = limit / (norm + Scalar(1e-6_double));
    if (!(scale >= 1))
        kernels::map<Backend, Extent>(
            gradients, [scale](auto g) INLAY_INLINE { return g * decltype(g)(scale); }, gradients);
    return norm;
}

} // namespace detail

/// Scales all gradients by limit/(‖g‖₂ + 1e-6) if that is below 1, and returns ‖g‖₂ (torch.nn.utils.clip_grad_norm_).
/// The norm, and with it every bit, does not depend on where the gradients are stored. As in PyTorch one NaN makes all of
/// them NaN, and an infinite one becomes NaN and the others 0.
template <class Backend, size_t Extent, class Scalar>
constexpr Scalar clip_by_norm(Scalar* gradients, Scalar limit) noexcept {
    if constexpr (Extent == 0) return Scalar(0);
    else {
        const auto size = detail::magnitudes_of<Backend, Extent>(gradients);
        return detail::scale_to<Backend, Extent>(gradients, detail::norm<Backend, Extent>(gradients, size), limit);
    }
}

namespace detail {

/// The same, faster where nothing is to be done: false if a gradient is not finite.
template <class Backend, size_t Extent, class Scalar>
[[gnu::noinline]] constexpr bool hold_norm(Scalar* gradients, Scalar limit) noexcept {
    if constexpr (Extent == 0) return true;
    else {
        const auto size = magnitudes_of<Backend, Extent>(gradients);
        if (clearly_below<Extent>(size, limit)) return true;
        const Scalar length = scale_to<Backend, Extent>(gradients, norm<Backend, Extent>(gradients, size), limit);
        return length <= (std::numeric_limits<Scalar>::max)();
    }
}

} // namespace detail

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
