// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The data sets of the TensorFlow playground, with numbers that are the same on every machine: sines are computed here, for
// those of C libraries differ in their last bits.
#pragma once

#include <inlay/inlay.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace playground {

using inlay::random_generator;
namespace math = inlay::math;

constexpr std::size_t features = 7, most_points = 500;
using input_type = std::array<float, features>;
using target_type = std::array<float, 1>;

/// sin x for |x| < 1000: a multiple of π is taken off, then Taylor's series.
inline double sine(double x) {
    constexpr double pi_high = 0x1.921fb54400000p+1, pi_low = 0x1.0b4611a600000p-33, per_pi = 0x1.45f306dc9c883p-2;
    const auto half_turns = static_cast<int>(math::fma(x, per_pi, x < 0 ? -0.5 : 0.5));
    const double n = half_turns;
    const double r = math::fma(-n, pi_low, math::fma(-n, pi_high, x)), square = r * r;
    double series = 1;
    for (int k = 19; k > 1; k -= 2) series = math::fma(series, -square / (k * (k - 1)), 1.0);
    const double value = r * series;
    return half_turns % 2 ? -value : value;
}
inline double cosine(double x) { return sine(x + 0x1.921fb54442d18p+0); }

/// x₁ x₂ x₁² x₂² x₁x₂ sin x₁ sin x₂, those whose bit is set in `mask`; the others are 0.
inline input_type features_of(double a, double b, std::uint32_t mask) {
    const std::array<double, features> all{a, b, a * a, b * b, a * b, mask >> 5 & 1 ? sine(a) : 0.0,
                                           mask >> 6 & 1 ? sine(b) : 0.0};
    input_type x{};
    for (std::size_t f = 0; f < features; ++f) x[f] = mask >> f & 1 ? static_cast<float>(all[f]) : 0.0f;
    return x;
}

enum class data_set { circle, exclusive_or, gaussian, spiral, plane, hills };

/// Points in random order, the first `train` of them for training.
struct points {
    std::size_t train = 0;
    std::array<std::array<float, 2>, most_points> at{};
    std::array<input_type, most_points> inputs{};
    std::array<target_type, most_points> targets{};

    /// `noise` is 0 to 0.5 (spiral: times 1; the playground's slider in hundredths), `share` of the points is for training.
    void make(data_set kind, double noise, double share, std::uint64_t from) {
        random_generator random{inlay::seed{from}};
        const auto uniform = [&](double low, double high) { return random.uniform<double>(low, high); };
        constexpr double pi = 0x1.921fb54442d18p+1;
        for (std::size_t i = 0; i < most_points; ++i) {
            const bool first = i < most_points / 2;
            const auto index = static_cast<double>(i % (most_points / 2));
            double a = 0, b = 0, y = first ? 1 : -1;
            switch (kind) {
            case data_set::circle: {
                const double radius = first ? uniform(0, 2.5) : uniform(3.5, 5), angle = uniform(0, 2 * pi);
                a = radius * sine(angle), b = radius * cosine(angle);
                const double u = math::fma(uniform(-5, 5), noise, a), v = math::fma(uniform(-5, 5), noise, b);
                y = math::fma(u, u, v * v) < 2.5 * 2.5 ? 1 : -1;
                break;
            }
            case data_set::exclusive_or: {
                a = uniform(-5, 5), b = uniform(-5, 5);
                a += a > 0 ? 0.3 : -0.3, b += b > 0 ? 0.3 : -0.3;
                const double u = math::fma(uniform(-5, 5), noise, a), v = math::fma(uniform(-5, 5), noise, b);
                y = u * v >= 0 ? 1 : -1;
                break;
            }
            case data_set::gaussian: {
                const double deviation = math::sqrt(math::fma(noise, 7.0, 0.5));
                a = random.normal<double>(2 * y, deviation), b = random.normal<double>(2 * y, deviation);
                break;
            }
            case data_set::spiral: {
                const double part = index / (most_points / 2), radius = 5 * part;
                const double angle = math::fma(part, 3.5 * pi, first ? 0.0 : pi);
                a = math::fma(radius, sine(angle), uniform(-1, 1) * noise);
                b = math::fma(radius, cosine(angle), uniform(-1, 1) * noise);
                break;
            }
            case data_set::plane: {
                a = uniform(-6, 6), b = uniform(-6, 6);
                const double u = math::fma(uniform(-6, 6), noise, a), v = math::fma(uniform(-6, 6), noise, b);
                y = std::clamp((u + v) / 10, -1.0, 1.0);
                break;
            }
            case data_set::hills: {
                a = uniform(-6, 6), b = uniform(-6, 6);
                const double u = math::fma(uniform(-6, 6), noise, a), v = math::fma(uniform(-6, 6), noise, b);
                constexpr double tops[6][3]{{-4, 2.5, 1}, {0, 2.5, -1}, {4, 2.5, 1}, {-4, -2.5, -1}, {0, -2.5, 1}, {4, -2.5, -1}};
                y = 0;
                for (const auto& top : tops) {
                    const double p = u - top[0], q = v - top[1];
                    const double height = 1 - math::sqrt(math::fma(p, p, q * q)) / 2;
                    if (height > math::abs(y)) y = top[2] * height;
                }
                break;
            }
            }
            at[i] = {static_cast<float>(a), static_cast<float>(b)};
            targets[i] = {static_cast<float>(y)};
        }
        std::array<std::uint16_t, most_points> order{};
        for (std::size_t i = 0; i < most_points; ++i) order[i] = static_cast<std::uint16_t>(i);
        inlay::shuffle(order.data(), most_points, random);
        const auto at_before = at;
        const auto targets_before = targets;
        for (std::size_t i = 0; i < most_points; ++i) at[i] = at_before[order[i]], targets[i] = targets_before[order[i]];
        train = static_cast<std::size_t>(share * most_points);
    }
    void choose(std::uint32_t mask) {
        for (std::size_t i = 0; i < most_points; ++i)
            inputs[i] = features_of(static_cast<double>(at[i][0]), static_cast<double>(at[i][1]), mask);
    }
};

} // namespace playground
