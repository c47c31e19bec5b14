// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Whether samples are fit to train or to test with. Every message names the sample, counted from 0.
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/loss/classification.hpp>
#include <inlay/loss/loss.hpp>
#include <inlay/optimizer/clipping.hpp>

#include <array>
#include <concepts>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// What `range[0]` is.
template <class Range>
using item_of = std::remove_cvref_t<decltype(std::declval<const Range&>()[0])>;

/// Whether a whole number is a class for this loss. A loss of the user's may take it for something else.
template <class Loss>
inline constexpr bool takes_classes = std::derived_from<Loss, cross_entropy> || requires(const Loss& loss) {
    loss.ignore_index;
};

template <class Loss>
inline constexpr bool is_summed = requires {
    requires Loss::sums;
};
template <class Loss>
inline constexpr bool is_summed<summed<Loss>> = true;

/// The loss of one sample's outputs, not scaled, and what it counts in a mean. For a loss that is per position, each
/// position along the last extent of the outputs is a row with a target of its own, or with a part of one array of numbers.
struct weighed_loss {
    double value = 0, weight = 0;
};
template <class Backend, class Network, class Loss, class Target>
weighed_loss loss_of_sample(const Loss& loss, const typename Network::scalar_type* outputs, const Target& target) {
    using scalar = typename Network::scalar_type;
    constexpr bool each_position = requires { requires Loss::per_position; };
    constexpr size_t width = each_position ? Network::output_shape::last : Network::output_size;
    weighed_loss sum;
    const auto add = [&](size_t position, const auto& wanted) {
        sum.weight += static_cast<double>(loss.template weight<width, scalar>(wanted));
        sum.value += static_cast<double>(loss.template row<Backend, width>(outputs + position * width, wanted,
                                                                           scalar(1), static_cast<scalar*>(nullptr)));
    };
    constexpr size_t positions = Network::output_size / width;
    if constexpr (positions == 1) add(0, target);
    else if constexpr (Loss::template accepts<scalar, width, item_of<Target>>)
        for (size_t p = 0; p < positions; ++p) add(p, target[p]);
    else
        for (size_t p = 0; p < positions; ++p) {
            std::array<item_of<Target>, width> part{};
            for (size_t i = 0; i < width; ++i) part[i] = target[p * width + i];
            add(p, part);
        }
    return sum;
}

/// A number in a message, with as many digits as a reader wants.
inline std::string short_number(double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.6g", value);
    return digits;
}

/// Whether none of `Extent` values is infinite or NaN. The sum of their squares answers nearly always: it is neither.
template <size_t Extent, class Scalar>
bool all_finite(const Scalar* values) noexcept {
    if constexpr (Extent == 0) return true;
    else {
        const Scalar squares = magnitudes_of<kernels::native, Extent>(values).squares;
        if (squares - squares == 0) return true;
        for (size_t i = 0; i < Extent; ++i)
            if (!(values[i] - values[i] == 0)) return false;
        return true; // large numbers, whose squares are infinite
    }
}

/// Throws unless all of `values` are finite: "inlay: input 3 is NaN at feature 7".
template <class Array>
void check_finite(const Array& values, const char* what, size_t sample, const char* part) {
    if (all_finite<std::tuple_size_v<Array>>(values.data())) return;
    size_t i = 0;
    while (values[i] - values[i] == 0) ++i;
    throw std::invalid_argument(std::string("inlay: ") + what + " " + std::to_string(sample) +
                                (values[i] != values[i] ? " is NaN" : " is infinite") + " at " + part + " " +
                                std::to_string(i));
}

/// Throws unless an input has finite numbers, or tokens of the vocabulary: "inlay: input 3 has token 300 at place 7,
/// expected a number from 0 to 255".
template <class Network>
void check_input(const typename Network::input_type& input, size_t sample) {
    if constexpr (Network::has_input_gradient) check_finite(input, "input", sample, "feature");
    else if constexpr (constexpr size_t tokens = Network::chain_type::token_count; tokens > 0)
        for (size_t i = 0; i < input.size(); ++i)
            if (std::cmp_less(input[i], 0) || std::cmp_greater_equal(input[i], tokens))
                throw std::invalid_argument("inlay: input " + std::to_string(sample) + " has token " +
                                            std::to_string(input[i]) + " at place " + std::to_string(i) +
                                            ", expected a number from 0 to " + std::to_string(tokens - 1));
}

inline void check_counts(size_t inputs, size_t targets, const char* targets_are) {
    if (inputs != targets)
        throw std::invalid_argument("inlay: " + std::to_string(inputs) + " inputs but " + std::to_string(targets) +
                                    " " + targets_are);
    if (inputs == 0) throw std::invalid_argument("inlay: there are no samples");
}

/// Throws unless `label` is below `classes`.
template <std::integral Label>
void check_label(Label label, size_t sample, size_t classes, const std::string& network,
                 const std::string& otherwise = "") {
    if (std::cmp_greater_equal(label, 0) && std::cmp_less(label, classes)) return;
    throw std::invalid_argument("inlay: the label of sample " + std::to_string(sample) + " is " +
                                std::to_string(label) + ", but the network has " + network + ": expected 0 to " +
                                std::to_string(classes - 1) + otherwise);
}

/// How many of a target's labels count, and all of them are checked; 1 for a target of numbers, which are checked too.
template <size_t Outputs, class Loss, class Target>
size_t check_target(const Loss& loss, const Target& target, size_t sample) {
    if constexpr (std::integral<Target>) {
        if constexpr (takes_classes<Loss>) {
            if (std::cmp_greater_equal(target, 0) && std::cmp_less(target, Outputs)) return 1;
            std::string otherwise;
            if constexpr (requires { loss.ignore_index; }) {
                if (std::cmp_equal(target, loss.ignore_index)) return 0;
                otherwise = ", or " + std::to_string(loss.ignore_index) + " for none";
            }
            check_label(target, sample, Outputs, std::to_string(Outputs) + " outputs", otherwise);
        }
        return 1;
    } else if constexpr (requires { target.size(); }) {
        if constexpr (std::integral<item_of<Target>>) { // a label per step or pixel
            size_t count = 0;
            for (const auto& label : target)
                count += check_target<Outputs / std::tuple_size_v<Target>>(loss, label, sample);
            return count;
        } else {
            check_finite(target, "target", sample, "output");
            return 1;
        }
    } else if constexpr (requires { target.target, target.weight; }) { // sample_weighted
        if (!(target.weight >= 0) || !(target.weight - target.weight == 0))
            throw std::invalid_argument("inlay: the weight of sample " + std::to_string(sample) + " is " +
                                        short_number(static_cast<double>(target.weight)) +
                                        ": expected a finite number, 0 or more");
        const size_t counts = check_target<Outputs>(loss, target.target, sample);
        return target.weight > 0 ? counts : 0;
    } else return 1;
}

/// Throws std::invalid_argument unless there are samples, as many inputs as targets, all numbers are finite and all labels
/// below the number of outputs or the loss's ignore_index, though not all of them that.
template <class Network, class Loss, class Inputs, class Targets>
void check_samples(const Loss& loss, const Inputs& inputs, const Targets& targets) {
    check_counts(inputs.size(), targets.size(), "targets");
    size_t counts = 0;
    for (size_t i = 0; i < inputs.size(); ++i) {
        check_input<Network>(inputs[i], i);
        counts += check_target<Network::output_size>(loss, targets[i], i);
    }
    if (counts == 0) throw std::invalid_argument("inlay: all targets are ignored");
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
