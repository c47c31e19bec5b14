// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What a trained network makes of many samples: outputs, accuracy, loss.
#pragma once

#include <inlay/core/argmax.hpp>
#include <inlay/host/data_set.hpp>
#include <inlay/host/samples.hpp>
#include <inlay/network/network.hpp>

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// The outputs of as many samples as there are at x, to y, as a batch. Everything below computes its outputs here.
template <class Network>
void run_all(const Network& net, std::span<const typename Network::input_type> x,
             std::span<typename Network::output_type> y) {
    static_cast<void>(net(x, y)); // as many of one as of the other
}

/// Calls `body(first index, outputs)` for all samples, some at a time: whatever their number, memory is bounded.
template <class Network, class Body>
void for_outputs(const Network& net, std::span<const typename Network::input_type> x, Body body) {
    constexpr size_t most = 256;
    std::vector<typename Network::output_type> y(x.size() < most ? x.size() : most);
    for (size_t first = 0; first < x.size(); first += most) {
        const size_t count = x.size() - first < most ? x.size() - first : most;
        const std::span<typename Network::output_type> chunk(y.data(), count);
        run_all(net, x.subspan(first, count), chunk);
        body(first, chunk);
    }
}

/// Whether the outputs are those of one position, which has one class. (Asserted where it is asked, so that messages are
/// short.)
template <class Network>
inline constexpr bool has_one_class = Network::output_shape::last == Network::output_size;

/// Above which value a single output says class 1.
template <class Network>
constexpr typename Network::scalar_type single_output_threshold() noexcept {
    using scalar = typename Network::scalar_type;
    constexpr std::string_view last = Network::template layer<Network::layer_count - 1>::name;
    return last == "sigmoid" || last == "hard_sigmoid" ? scalar(0.5) : scalar(0);
}

} // namespace detail

/// The outputs for any number of samples: `y[i]` is what the network gives for `x[i]`, as `net(x, y)` computes them: with
/// the bits of a batch, which agree with those of `net(x[i])` to rounding. Throws std::invalid_argument unless
/// there is room for as many outputs as there are inputs.
template <class Network>
void predict(const Network& net, std::span<const typename Network::input_type> x,
             std::span<typename Network::output_type> y) {
    if (x.size() != y.size())
        throw std::invalid_argument("inlay: " + std::to_string(x.size()) + " inputs but room for " +
                                    std::to_string(y.size()) + " outputs");
    detail::run_all(net, x, y);
}
/// The same into memory of its own: `const auto logits = predict(net, images)` from a std::vector, array or span of inputs.
template <class Network>
[[nodiscard]] std::vector<typename Network::output_type> predict(const Network& net,
                                                                 std::span<const typename Network::input_type> x) {
    std::vector<typename Network::output_type> y(x.size());
    detail::run_all(net, x, std::span<typename Network::output_type>(y));
    return y;
}

/// The class that a network's outputs stand for: the index of the largest, as argmax. A single output is that of two
/// classes: a logit above 0 is class 1, else 0 (after a sigmoid, which makes a probability of it, above ½).
template <class Network>
[[nodiscard]] constexpr size_t predicted_class(const typename Network::output_type& outputs) noexcept {
    static_assert(detail::has_one_class<Network>,
                  "inlay: a network with outputs at several positions has no single class");
    if constexpr (!detail::has_one_class<Network>) return 0;
    else if constexpr (Network::output_size > 1) return argmax(outputs);
    else return outputs[0] > detail::single_output_threshold<Network>() ? 1 : 0;
}

/// The share of samples for which predicted_class is their label, 0 to 1. Outputs that are NaN are never right. Throws
/// std::invalid_argument without samples, when there are not as many labels as inputs, and for a label that is not below
/// the number of outputs (of a single output: that is neither 0 nor 1).
template <class Network, class Labels>
[[nodiscard]] double accuracy(const Network& net, std::span<const typename Network::input_type> inputs,
                              const Labels& labels) {
    static_assert(detail::has_one_class<Network>,
                  "inlay: a network with outputs at several positions has no single class");
    if constexpr (!detail::has_one_class<Network>) return 0;
    else {
        constexpr size_t classes = Network::output_size > 1 ? Network::output_size : 2;
        detail::check_counts(inputs.size(), labels.size(), "labels");
        const std::string outputs = classes == Network::output_size ? std::to_string(classes) + " outputs"
                                                                    : "one output, which tells two classes apart";
        for (size_t i = 0; i < labels.size(); ++i) detail::check_label(labels[i], i, classes, outputs);
        size_t right = 0;
        detail::for_outputs(net, inputs, [&](size_t first, std::span<const typename Network::output_type> y) {
            for (size_t i = 0; i < y.size(); ++i) {
                const size_t found = predicted_class<Network>(y[i]);
                const auto value = y[i][Network::output_size > 1 ? found : 0];
                right += value == value && std::cmp_equal(found, labels[first + i]);
            }
        });
        return static_cast<double>(right) / static_cast<double>(inputs.size());
    }
}
/// The same of a data set.
template <class Network, size_t Features>
[[nodiscard]] double accuracy(const Network& net, const data_set<Features, typename Network::scalar_type>& data) {
    static_assert(Features == Network::input_size, "inlay: the samples have another size than the network's input");
    return accuracy(net, std::span<const typename Network::input_type>(data.inputs), data.labels);
}

/// The loss over all samples, as one batch of them would have it in evaluation mode (nothing is dropped): the mean, or the
/// sum for `summed<…>`. `evaluate(net, cross_entropy{}, test.inputs, test.labels)`. Throws std::invalid_argument for
/// samples that `fit` refuses, and when no target counts (all of them ignored).
template <class Network, class Loss, class Targets>
[[nodiscard]] double evaluate(const Network& net, const Loss& loss,
                              std::span<const typename Network::input_type> inputs, const Targets& targets) {
    detail::check_samples<Network>(loss, inputs, targets);
    double total = 0, weight = 0;
    detail::for_outputs(net, inputs, [&](size_t first, std::span<const typename Network::output_type> y) {
        for (size_t i = 0; i < y.size(); ++i) {
            const auto one = detail::loss_of_sample<kernels::native, Network>(loss, y[i].data(), targets[first + i]);
            total += one.value;
            weight += one.weight;
        }
    });
    if constexpr (detail::is_summed<Loss>) return total;
    if (weight == 0) throw std::invalid_argument("inlay: all targets are ignored");
    return total / weight;
}
/// The same of a data set.
template <class Network, class Loss, size_t Features>
[[nodiscard]] double evaluate(const Network& net, const Loss& loss,
                              const data_set<Features, typename Network::scalar_type>& data) {
    static_assert(Features == Network::input_size, "inlay: the samples have another size than the network's input");
    return evaluate(net, loss, std::span<const typename Network::input_type>(data.inputs), data.labels);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
