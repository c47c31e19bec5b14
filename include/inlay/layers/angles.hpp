// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Sine and cosine of p·ω for whole numbers p, as positions in a sequence ask for them. The angle is counted in 2⁻⁶⁴ turns, so
// that whole turns drop out of the product by themselves: the last position is as exact as the first, however many have
// passed, and there is no table.
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/core/math.hpp>

#include <array>
#include <bit>
#include <cstdint>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// ωᵢ = Base^(−2i/Extent) for i < Extent/2, in 2⁻⁶⁴ turns.
template <size_t Base, size_t Extent>
inline constexpr std::array<std::uint64_t, (Extent + 1) / 2> turns_of = [] {
    std::array<std::uint64_t, (Extent + 1) / 2> all{};
    const double step = -2 * math::log(static_cast<double>(Base)) / static_cast<double>(Extent);
    for (size_t i = 0; i < all.size(); ++i) // 2⁶⁴/2π
        all[i] = static_cast<std::uint64_t>(math::exp(static_cast<double>(i) * step) * 2.9358905032820014e18_double);
    return all;
}();

template <class Scalar>
struct cosine_and_sine {
    Scalar cosine, sine;
};

/// (−1)ᵏ/(2k + First)!
template <class Scalar, size_t Terms, size_t First>
inline constexpr std::array<Scalar, Terms> taylor = [] {
    std::array<Scalar, Terms> all{};
    double value = 1;
    for (size_t k = 0; k < Terms; ++k) {
        all[k] = static_cast<Scalar>(value);
        value /= -static_cast<double>((2 * k + First + 1) * (2 * k + First + 2));
    }
    return all;
}();

/// A whole number as a scalar. By the 31 leading bits where that is a float: a chip's own conversion of 64 bits takes doubles.
template <class Scalar>
constexpr Scalar from_64_bits(std::int64_t value) {
    if constexpr (sizeof(Scalar) > 4) return static_cast<Scalar>(value);
    else {
        const auto size = static_cast<std::uint64_t>(value < 0 ? -value : value);
        const int width = static_cast<int>(std::bit_width(size)), shift = width > 31 ? width - 31 : 0;
        const auto leading = static_cast<Scalar>(static_cast<std::int32_t>(size >> shift));
        const Scalar whole =
            math::product(leading, math::bit_cast<Scalar>(static_cast<std::uint32_t>(127 + shift) << 23));
        return value < 0 ? -whole : whole;
    }
}

/// Of `turns`·2⁻⁶⁴ turns: Taylor's series within ±1/8 of one.
template <class Scalar>
constexpr cosine_and_sine<Scalar> on_circle(std::uint64_t turns) {
    constexpr size_t terms = sizeof(Scalar) == 4 ? 6 : 9; // what is left out is below 2e-10, and 3e-18
    const std::uint64_t quarter = (turns + (std::uint64_t{1} << 61)) >> 62;
    const auto rest = static_cast<std::int64_t>(turns - (quarter << 62));
    const Scalar x = math::product(from_64_bits<Scalar>(rest), Scalar(3.4061215800865545e-19_double)); // 2π/2⁶⁴
    const Scalar square = math::product(x, x);
    // cos x = Σ (−1)ᵏ·x²ᵏ/(2k)!        sin x = x·Σ (−1)ᵏ·x²ᵏ/(2k+1)!
    Scalar c = 0, s = 0;
    for (size_t k = terms; k-- > 0;) {
        c = math::fma(square, c, taylor<Scalar, terms, 0>[k]);
        s = math::fma(square, s, taylor<Scalar, terms, 1>[k]);
    }
    s = math::product(s, x);
    switch (quarter) {
    case 1:
        return {-s, c};
    case 2:
        return {-c, -s};
    case 3:
        return {s, -c};
    default:
        return {c, s};
    }
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
