// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Samples of `Features` numbers each, and the class every one belongs to (0, 1, …). `inputs` and `labels` have the
/// same length; inputs.data() and labels.data() are what a trainer takes.
template <size_t Features, class Scalar = float>
struct data_set {
    using scalar = Scalar;
    static constexpr size_t features = Features;

    std::vector<std::array<Scalar, Features>> inputs; ///< [samples][Features]
    std::vector<std::size_t> labels;                  ///< [samples]

    /// The number of samples.
    [[nodiscard]] size_t size() const noexcept { return inputs.size(); }

    /// True without samples.
    [[nodiscard]] bool empty() const noexcept { return inputs.empty(); }

    /// The samples at `indices`, in that order; an index may occur more than once. Throws std::invalid_argument for
    /// one that is not below size(), and when there are not as many labels as inputs.
    [[nodiscard]] data_set subset(std::span<const std::size_t> indices) const {
        if (inputs.size() != labels.size())
            throw std::invalid_argument("inlay: " + std::to_string(inputs.size()) + " inputs but " +
                                        std::to_string(labels.size()) + " labels");
        data_set chosen;
        chosen.inputs.reserve(indices.size());
        chosen.labels.reserve(indices.size());
        for (const size_t index : indices) {
            if (index >= inputs.size())
                throw std::invalid_argument("inlay: subset: index " + std::to_string(index) + " of " +
                                            std::to_string(inputs.size()) + " samples");
            chosen.inputs.push_back(inputs[index]);
            chosen.labels.push_back(labels[index]);
        }
        return chosen;
    }
};

/// One shift and one divisor per feature. A chip that runs the net needs the same ones: keep them with the parameters.
///
///     x' = (x - mean) / deviation
template <size_t Features>
struct standardization {
    std::array<double, Features> mean{};
    std::array<double, Features> deviation{};

    /// Shifts and divides every sample of `data`; computed in double, rounded once.
    template <class Scalar>
    void apply(data_set<Features, Scalar>& data) const {
        for (auto& input : data.inputs)
            for (size_t i = 0; i < Features; ++i)
                input[i] = static_cast<Scalar>((static_cast<double>(input[i]) - mean[i]) / deviation[i]);
    }
};

/// Mean and population deviation (divided by n, as sklearn's StandardScaler) of every feature of `data`. A constant
/// feature gets deviation 1, so that applying it gives 0 and not 0/0. NaN makes its feature's figures NaN.
/// Throws std::invalid_argument when there are no samples.
template <size_t Features, class Scalar>
[[nodiscard]] standardization<Features> fit_standardization(const data_set<Features, Scalar>& data) {
    if (data.empty()) throw std::invalid_argument("inlay: standardization of a data set without samples");
    standardization<Features> found;
    const auto count = static_cast<double>(data.size());
    for (size_t i = 0; i < Features; ++i) {
        const auto first = static_cast<double>(data.inputs.front()[i]);
        bool constant = true;
        double sum = 0;
        for (const auto& input : data.inputs) {
            // Compared, not concluded from a deviation of 0: rounding in the mean leaves a tiny one.
            constant = constant && !(input[i] < data.inputs.front()[i] || data.inputs.front()[i] < input[i]);
            sum += static_cast<double>(input[i]) - first;
        }
        const double mean = first + sum / count;
        double squares = 0;
        for (const auto& input : data.inputs) {
            const double distance = static_cast<double>(input[i]) - mean;
            squares += distance * distance;
        }
        found.mean[i] = mean;
        found.deviation[i] = constant && !std::isnan(squares) ? 1 : std::sqrt(squares / count);
    }
    return found;
}

/// Gives every feature of `train` mean 0 and deviation 1, and shifts and divides `test` by the same numbers: nothing of
/// the test part may reach the training. Returns the numbers used. Throws std::invalid_argument when `train` is empty.
template <size_t Features, class Scalar>
standardization<Features> standardize(data_set<Features, Scalar>& train, data_set<Features, Scalar>& test) {
    const standardization<Features> found = fit_standardization(train);
    found.apply(train);
    if (&test != &train) found.apply(test);
    return found;
}

/// Multiplies every feature of every sample by `factor`: `scale(digits, 1.0f / 16)`. Throws std::invalid_argument for a
/// factor that is infinite or NaN.
template <size_t Features, class Scalar>
void scale(data_set<Features, Scalar>& data, std::type_identity_t<Scalar> factor) {
    if (!(factor - factor == 0)) throw std::invalid_argument("inlay: scale by " + std::to_string(factor));
    for (auto& input : data.inputs)
        for (Scalar& value : input) value = static_cast<Scalar>(value * factor);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
