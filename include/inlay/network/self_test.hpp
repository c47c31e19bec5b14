// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Whether a network computes on this target what it computed on another one.
#pragma once

#include <inlay/network/network.hpp>

#include <bit>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Inputs with the outputs that a network gave for them elsewhere, each from zero state. `export_header` writes one.
template <class Network, size_t Count>
struct golden_outputs {
    using scalar_type = typename Network::scalar_type;

    bool fused;            ///< whether sums of products were rounded once per term there: INLAY_HAS_FMA
    scalar_type tolerance; ///< for a target that rounds otherwise, absolute
    typename Network::input_element inputs[Count][Network::input_size];
    scalar_type outputs[Count][Network::output_size];
};

/// What `self_test` found.
template <class Scalar>
struct self_test_result {
    size_t compared = 0;           ///< outputs
    size_t different = 0;          ///< of which so many have other bits
    Scalar largest_difference = 0; ///< absolute; a NaN once an output is one
    Scalar tolerance = 0;          ///< the largest difference allowed; 0 asks for the same bits

    constexpr bool ok() const { return tolerance > 0 ? largest_difference <= tolerance : different == 0; }
};

/// Runs the network on the golden inputs. Both sides with fused multiply-add, or neither, must agree to the last bit.
/// Otherwise every product of a sum is rounded once more on one side, and `golden.tolerance` holds.
template <class Network, size_t Count>
constexpr self_test_result<typename Network::scalar_type> self_test(const Network& net,
                                                                    const golden_outputs<Network, Count>& golden) {
    using scalar = typename Network::scalar_type;
    using bits = std::conditional_t<sizeof(scalar) == 4, std::uint32_t, std::uint64_t>;
    self_test_result<scalar> result;
    if (golden.fused != bool{INLAY_HAS_FMA}) result.tolerance = golden.tolerance;
    for (size_t n = 0; n < Count; ++n) {
        const auto y = net(std::span<const typename Network::input_element, Network::input_size>(golden.inputs[n]));
        for (size_t i = 0; i < Network::output_size; ++i) {
            ++result.compared;
            if (std::bit_cast<bits>(y[i]) == std::bit_cast<bits>(golden.outputs[n][i])) continue;
            ++result.different;
            const scalar difference = math::abs(y[i] - golden.outputs[n][i]), worst = result.largest_difference;
            if (worst == worst && !(difference <= worst)) result.largest_difference = difference;
        }
    }
    return result;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
