// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Scales of inputs, measured on the training data alone and kept with the network; labels as vectors; missing values.
#pragma once

#include <inlay/host/data_set.hpp>
#include <inlay/host/samples.hpp>
#include <inlay/network/network.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// The least and the greatest value of every feature, and where they go (sklearn.preprocessing.MinMaxScaler):
///
///     x' = low + (x − least)/(greatest − least)·(high − low)
template <size_t Features>
struct min_max_scaling {
    std::array<double, Features> least{};
    std::array<double, Features> greatest{};
    double low = 0, high = 1;

    /// Scales every sample of `data`; computed in double, rounded once. A feature that was constant becomes `low` there.
    template <class Scalar>
    void apply(data_set<Features, Scalar>& data) const {
        for (auto& input : data.inputs)
            for (size_t i = 0; i < Features; ++i) {
                const double width = greatest[i] > least[i] ? greatest[i] - least[i] : 1;
                input[i] = static_cast<Scalar>(low + (static_cast<double>(input[i]) - least[i]) / width * (high - low));
            }
    }
};

/// Measures `data` for a scale from `low` to `high`. Throws std::invalid_argument without samples, and unless low < high.
/// Values that are NaN do not count.
template <size_t Features, class Scalar>
[[nodiscard]] min_max_scaling<Features> fit_min_max(const data_set<Features, Scalar>& data, double low = 0,
                                                    double high = 1) {
    if (data.empty()) throw std::invalid_argument("inlay: min_max_scaling of a data set without samples");
    if (!(low < high) || !(high - low < std::numeric_limits<double>::infinity()))
        throw std::invalid_argument("inlay: min_max_scaling from " + detail::short_number(low) + " to " +
                                    detail::short_number(high) + ": expected the lower one first");
    min_max_scaling<Features> found;
    found.low = low;
    found.high = high;
    for (size_t i = 0; i < Features; ++i) {
        double least = std::numeric_limits<double>::infinity(), greatest = -least;
        for (const auto& input : data.inputs) {
            least = std::min(least, static_cast<double>(input[i]));
            greatest = std::max(greatest, static_cast<double>(input[i]));
        }
        found.least[i] = least;
        found.greatest[i] = greatest;
    }
    return found;
}

/// Scales every feature of `train` to low … high, and `test` by the same numbers, as standardize does: nothing of the test
/// part reaches the training. Returns the numbers used.
template <size_t Features, class Scalar>
min_max_scaling<Features> scale_to_range(data_set<Features, Scalar>& train, data_set<Features, Scalar>& test,
                                         double low = 0, double high = 1) {
    const min_max_scaling<Features> found = fit_min_max(train, low, high);
    found.apply(train);
    if (&test != &train) found.apply(test);
    return found;
}

/// How `adapt` measures a normalization layer.
struct to_standard {}; ///< mean 0 and deviation 1 (sklearn's StandardScaler)
/// The least value becomes low and the greatest high: from −1 to 1, say.
struct to_range {
    double low = 0, high = 1;
};

namespace detail {

/// Which tensors a normalization layer under that path has.
template <class Network, fixed_text Path>
constexpr std::array<size_t, 2> normalization_tensors() {
    constexpr auto find = [](std::string_view ending) {
        const std::string_view path = Path.view();
        for (size_t t = 0; t < Network::tensor_count; ++t) {
            const std::string_view name = Network::tensors[t].name.view();
            if (name.size() == path.size() + ending.size() && name.starts_with(path) && name.ends_with(ending) &&
                Network::tensors[t].role == tensor_role::statistic)
                return t;
        }
        return Network::tensor_count;
    };
    return {find(".mean"), find(".scale")};
}

/// Sets them from two figures of every channel: `(mean, deviation)` by sums over all samples and positions.
template <class Network, fixed_text Path, class Inputs, class Measure>
void set_normalization(Network& net, const Inputs& inputs, Measure measure) {
    constexpr auto tensors = normalization_tensors<Network, Path>();
    constexpr bool found = tensors[0] < Network::tensor_count && tensors[1] < Network::tensor_count;
    static_assert(found, "inlay: adapt: the network has no normalization layer there; adapt<\"path\">(net, inputs)");
    if constexpr (found) {
        constexpr size_t channels = Network::tensors[tensors[0]].size;
        static_assert(Network::input_size % channels == 0 && Network::input_shape::last == channels,
                      "inlay: adapt: the normalization layer does not stand at the network's input");
        static_assert(std::is_same_v<item_of<Inputs>, typename Network::input_type>,
                      "inlay: inputs[i] must be a std::array<Scalar, input_size>");
        if (inputs.size() == 0) throw std::invalid_argument("inlay: adapt without samples");
        for (size_t i = 0; i < inputs.size(); ++i) check_input<Network>(inputs[i], i);
        std::vector<double> values;
        values.reserve(inputs.size() * (Network::input_size / channels));
        for (size_t c = 0; c < channels; ++c) {
            values.clear();
            for (size_t i = 0; i < inputs.size(); ++i)
                for (size_t at = c; at < Network::input_size; at += channels)
                    values.push_back(static_cast<double>(inputs[i][at]));
            const auto [mean, scale] = measure(values);
            using scalar = typename Network::scalar_type;
            net.parameters()[Network::parameter_index(tensors[0], c)] = static_cast<scalar>(mean);
            net.parameters()[Network::parameter_index(tensors[1], c)] = static_cast<scalar>(scale);
        }
    }
}

} // namespace detail

/// Measures the `normalization` layer at a network's input on the training data, so that the network takes raw numbers
/// from now on, on the host and on the chip:
///
///     using wine_net = network<input<13>, normalization, dense<32>, relu, dense<3>>;
///     initialize(net, seed{1});
///     adapt(net, train.inputs);                    // mean 0 and deviation 1; a constant channel becomes 0
///     adapt(net, train.inputs, to_range{-1, 1});   // from −1 to 1
///     adapt<"scale">(net, train.inputs);           // for a layer of another path than "0": named<"scale", normalization>
///
/// `[time, channels]` and images are measured per channel. Throws std::invalid_argument without samples and for a number
/// that is infinite or NaN.
template <fixed_text Path = "0", class Network, class Inputs>
void adapt(Network& net, const Inputs& inputs, to_standard = {}) {
    detail::set_normalization<Network, Path>(net, inputs, [](const std::vector<double>& values) {
        const auto count = static_cast<double>(values.size());
        const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
        const bool constant = *least >= *greatest;
        double sum = 0, squares = 0;
        for (const double value : values) sum += value - values.front();
        const double mean = values.front() + sum / count;
        for (const double value : values) squares += (value - mean) * (value - mean);
        return std::array{mean, constant ? 1 : 1 / std::sqrt(squares / count)};
    });
}
/// The same to a range: (x − mean)·scale with scale = (high − low)/(greatest − least) and mean = least − low/scale.
template <fixed_text Path = "0", class Network, class Inputs>
void adapt(Network& net, const Inputs& inputs, to_range range) {
    if (!(range.low < range.high) || !(range.high - range.low < std::numeric_limits<double>::infinity()))
        throw std::invalid_argument("inlay: adapt to a range from " + detail::short_number(range.low) + " to " +
                                    detail::short_number(range.high) + ": expected the lower one first");
    detail::set_normalization<Network, Path>(net, inputs, [&](const std::vector<double>& values) {
        const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
        const double width = *greatest > *least ? *greatest - *least : 1, scale = (range.high - range.low) / width;
        return std::array{*least - range.low / scale, scale};
    });
}

/// 1 at the label's place, else 0: what losses that compare arrays take. Throws std::invalid_argument for a label that is
/// not below `Classes`.
template <size_t Classes, class Scalar = float, class Labels>
[[nodiscard]] std::vector<std::array<Scalar, Classes>> one_hot(const Labels& labels) {
    std::vector<std::array<Scalar, Classes>> rows(labels.size());
    for (size_t i = 0; i < rows.size(); ++i) {
        if (!std::cmp_greater_equal(labels[i], 0) || !std::cmp_less(labels[i], Classes))
            throw std::invalid_argument("inlay: one_hot: the label of sample " + std::to_string(i) + " is " +
                                        std::to_string(labels[i]) + ": expected 0 to " + std::to_string(Classes - 1));
        rows[i][static_cast<size_t>(labels[i])] = Scalar(1);
    }
    return rows;
}

/// Fills the missing values (NaN) of both sets with the mean that their feature has in `train`, and returns those means.
/// Throws std::invalid_argument when a feature has no value in `train` at all.
template <size_t Features, class Scalar>
std::array<double, Features> fill_missing(data_set<Features, Scalar>& train, data_set<Features, Scalar>& test) {
    std::array<double, Features> means{};
    for (size_t f = 0; f < Features; ++f) {
        double sum = 0, count = 0;
        for (const auto& input : train.inputs)
            if (input[f] == input[f]) sum += static_cast<double>(input[f]), ++count;
        if (count == 0)
            throw std::invalid_argument("inlay: fill_missing: feature " + std::to_string(f) +
                                        " has no value in the training data");
        means[f] = sum / count;
    }
    for (data_set<Features, Scalar>* const data : {&train, &test})
        for (auto& input : data->inputs)
            for (size_t f = 0; f < Features; ++f)
                if (input[f] != input[f]) input[f] = static_cast<Scalar>(means[f]);
    return means;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
