// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/core/math.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A seed, spelled out at the call: `initialize(net, seed{42})`.
struct seed {
    std::uint64_t value = 0;
};

/// The library's only source of randomness: PCG32 (XSH-RR 64/32; O'Neill 2014, "PCG: a family of simple fast
/// space-efficient statistically good algorithms"). 16 bytes, integer arithmetic only, usable in constant expressions;
/// a seed gives the same numbers on every target and compiler.
///
///     state' = state · 6364136223846793005 + increment        output = rotr32((state ⊕ state≫18) ≫ 27, state ≫ 59)
///
/// Satisfies std::uniform_random_bit_generator, but the distributions of `<random>` differ between standard libraries:
/// the members below do not.
class random_generator {
  public:
    using result_type = std::uint32_t;

    constexpr random_generator() noexcept : random_generator(seed{}) {}

    /// `stream` selects one of 2⁶³ independent sequences of the same seed.
    constexpr explicit random_generator(seed start, std::uint64_t stream = 0x14057b7ef767814fu) noexcept
        : increment_((stream << 1) | 1u) {
        (*this)();
        state_ += start.value;
        (*this)();
    }

    [[nodiscard]] static constexpr result_type min() noexcept { return 0; }
    [[nodiscard]] static constexpr result_type max() noexcept { return 0xffffffffu; }

    /// The next 32 random bits.
    constexpr result_type operator()() noexcept {
        const std::uint64_t old = state_;
        state_ = old * 6364136223846793005u + increment_;
        const auto folded = static_cast<std::uint32_t>(((old >> 18) ^ old) >> 27);
        const auto turn = static_cast<std::uint32_t>(old >> 59);
        return (folded >> turn) | (folded << ((32u - turn) & 31u));
    }

    /// Uniform over {0, …, bound-1}, without bias (rejection; Lemire 2019). `bound` must not be 0.
    [[nodiscard]] constexpr std::uint32_t below(std::uint32_t bound) noexcept {
        std::uint64_t product = std::uint64_t{(*this)()} * bound;
        if (static_cast<std::uint32_t>(product) < bound) {
            const std::uint32_t floor = (0u - bound) % bound;
            while (static_cast<std::uint32_t>(product) < floor) product = std::uint64_t{(*this)()} * bound;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

    /// Uniform over [0, 1) in steps of 2⁻²⁴, for every scalar type, so that float and double nets start alike.
    template <class Scalar>
    [[nodiscard]] constexpr Scalar unit() noexcept {
        return static_cast<Scalar>((*this)() >> 8) * static_cast<Scalar>(0x1p-24); // exact
    }

    /// Uniform over [low, high).
    template <class Scalar>
    [[nodiscard]] constexpr Scalar uniform(Scalar low, Scalar high) noexcept {
        return math::fma(unit<Scalar>(), high - low, low);
    }

    /// Normal with the given mean and standard deviation (polar method, Marsaglia 1964; the second deviate is dropped so
    /// that the generator has no hidden half-step).
    template <class Scalar>
    [[nodiscard]] constexpr Scalar normal(Scalar mean = 0, Scalar deviation = 1) noexcept {
        for (;;) {
            const Scalar a = uniform<Scalar>(-1, 1), b = uniform<Scalar>(-1, 1);
            const Scalar square = math::fma(a, a, b * b);
            if (square >= 1 || square == 0) continue;
            const Scalar factor = math::sqrt(Scalar(-2) * math::log(square) / square);
            return math::fma(deviation, a * factor, mean);
        }
    }

  private:
    std::uint64_t state_ = 0;
    std::uint64_t increment_;
};

/// Puts `count` values in random order (Fisher and Yates).
template <class Value>
constexpr void shuffle(Value* values, size_t count, random_generator& random) {
    for (size_t i = count; i > 1; --i) {
        const size_t j = random.below(static_cast<std::uint32_t>(i));
        const Value kept = values[i - 1];
        values[i - 1] = values[j];
        values[j] = kept;
    }
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
