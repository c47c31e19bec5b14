// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A net against what PyTorch computes in double. Relative to the norm: 1e-12 in double (both sides round a few hundred
// operations, and inlay's own exp and tanh are right to about one unit in the last place), 1e-5 in float.
#pragma once

#include "../laws.hpp"
#include "record.hpp"

namespace golden {

template <class T>
inline constexpr double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-12;

template <class T>
std::vector<T> converted(std::span<const double> values) {
    std::vector<T> result;
    for (const double value : values) result.push_back(static_cast<T>(value));
    return result;
}

/// Parameters go in and gradients come out in canonical order: this checks the order of state_dict as well.
template <class T>
void compare_in(const laws::subject<T>& s, const record& torch) {
    laws::experiment<T> e(s, 1);
    e.x = converted<T>(torch.input);
    e.slope = converted<T>(torch.slope);
    laws::require(e.x.size() == s.in && e.slope.size() == s.out, "the record has the net's shapes");
    size_t at = 0;
    for (const auto& tensor : s.tensors)
        for (const size_t place : tensor.places) e.parameters[place] = static_cast<T>(torch.parameters[at++]);
    laws::require(at == torch.parameters.size(), "the record has the net's parameters");

    const laws::outcome<T> result = laws::run(s, e);
    laws::check_close<T>("inference", result.inferred, converted<T>(torch.output), tolerance<T>);
    laws::check_close<T>("forward", result.trained, converted<T>(torch.output), tolerance<T>);
    laws::check_close<T>("input gradients", result.input_gradients, converted<T>(torch.input_gradients), tolerance<T>);
    at = 0;
    for (const auto& tensor : s.tensors) {
        std::vector<T> exact, own;
        for (const size_t place : tensor.places) {
            exact.push_back(static_cast<T>(torch.gradients[at++]));
            own.push_back(result.gradients[place]);
        }
        laws::check_close<T>("gradient of " + tensor.name, own, exact, tolerance<T>);
    }
}

template <class Net, size_t Batch>
void compare(const record& torch) {
    compare_in(laws::subject_of<typename Net::template with_scalar<double>, Batch>(), torch);
    compare_in(laws::subject_of<typename Net::template with_scalar<float>, Batch>(), torch);
}

} // namespace golden
