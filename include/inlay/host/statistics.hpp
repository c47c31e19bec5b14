// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Figures that sum up repeated runs. NaN among the values makes every one of them NaN.
#pragma once

#include <inlay/core/config.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// The arithmetic mean. Throws std::invalid_argument without values.
[[nodiscard]] inline double mean(std::span<const double> values) {
    if (values.empty()) throw std::invalid_argument("inlay: mean of no values");
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

/// The sample standard deviation (divided by n - 1). Throws std::invalid_argument with fewer than two values.
[[nodiscard]] inline double standard_deviation(std::span<const double> values) {
    if (values.size() < 2)
        throw std::invalid_argument("inlay: standard deviation of " + std::to_string(values.size()) +
                                    " values: expected 2");
    const double centre = mean(values);
    double squares = 0;
    for (const double value : values) squares += (value - centre) * (value - centre);
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

/// The quantiles at `positions` (each 0 to 1; 0 is the smallest value, 1 the largest), interpolated linearly between
/// neighbours as numpy does. Throws std::invalid_argument without values or for a position outside 0 to 1.
[[nodiscard]] inline std::vector<double> quantiles(std::span<const double> values, std::span<const double> positions) {
    if (values.empty()) throw std::invalid_argument("inlay: quantiles of no values");
    for (const double position : positions)
        if (!(position >= 0 && position <= 1))
            throw std::invalid_argument("inlay: quantile at " + std::to_string(position) + ": expected 0 to 1");
    if (std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); }))
        return std::vector<double>(positions.size(), std::numeric_limits<double>::quiet_NaN());

    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> found;
    found.reserve(positions.size());
    for (const double position : positions) {
        const double place = position * static_cast<double>(sorted.size() - 1);
        const auto below = static_cast<size_t>(place);
        const double low = sorted[below], high = sorted[std::min(below + 1, sorted.size() - 1)];
        const double part = place - static_cast<double>(below);
        // A value itself is taken as it is: beside an infinite one, lerp would give 0 · ∞.
        found.push_back(part > 0 && low < high ? std::lerp(low, high, part) : low);
    }
    return found;
}

/// The quantile at `position`; see quantiles.
[[nodiscard]] inline double quantile(std::span<const double> values, double position) {
    return quantiles(values, std::span<const double>(&position, 1)).front();
}

/// The median: half of the values are smaller. Throws std::invalid_argument without values.
[[nodiscard]] inline double median(std::span<const double> values) { return quantile(values, 0.5); }

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
