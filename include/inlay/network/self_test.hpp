// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Whether a network computes on this target what it computed on another one.
#pragma once

#include <inlay/network/network.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// FNV-1a (64 bits) of all tensors in the order of state_dict, each number as its little-endian bytes: equal for equal
/// parameters and buffers, on every target.
template <class Network>
[[nodiscard]] constexpr std::uint64_t parameter_hash(const Network& net) noexcept {
    using scalar = typename Network::scalar_type;
    using bits = std::conditional_t<sizeof(scalar) == 4, std::uint32_t, std::uint64_t>;
    std::uint64_t hash = 0xcbf29ce484222325u;
    Network::each_element([&](size_t index) {
        const auto value = math::bit_cast<bits>(net.element(index));
        for (size_t byte = 0; byte < sizeof(scalar); ++byte)
            hash = (hash ^ (value >> (8 * byte) & 0xff)) * 0x100000001b3u;
    });
    return hash;
}

/// How far an output may move when every product of a sum is rounded once more, or once less, than on the host:
///
///     terms · ε · (1 + max|y|),   ε = 2⁻²³ for float,   terms = Σ over layers of multiply-accumulates per output
///
/// A sum of n products of magnitudes mᵢ is off by at most n·u·Σmᵢ with fused multiply-add and (n+1)·u·Σmᵢ without
/// (u = ε/2; Higham 2002, section 3.1), so the two are within (n + ½)·ε·Σmᵢ of each other. Σmᵢ is taken as 1 + max|y|,
/// and layers as not amplifying what comes in. The usual difference grows with √n, which leaves a margin; a network that
/// cancels or amplifies more needs a tolerance of its own.
template <class Network>
[[nodiscard]] constexpr double rounding_tolerance(double largest_output) noexcept {
    double terms = 1;
    topology::walk<0, Network::layer_count>([&](auto i) {
        terms += static_cast<double>(Network::chain_type::template bound<i>::macs) /
                 static_cast<double>(Network::template layer_output<i>::size);
    });
    return terms * static_cast<double>(std::numeric_limits<typename Network::scalar_type>::epsilon()) *
           (1 + largest_output);
}

/// Inputs with the outputs that a network gave for them elsewhere, each from zero state. `export_header` writes one.
template <class Network, size_t Count>
struct golden_outputs {
    using scalar_type = typename Network::scalar_type;

    bool fused;            ///< whether sums of products were rounded once per term there: INLAY_HAS_FMA
    scalar_type tolerance; ///< for a target that rounds otherwise, absolute
    typename Network::input_element inputs[Count][Network::input_size];
    typename Network::output_element outputs[Count][Network::output_size];
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
    using element = typename Network::output_element;
    // whole numbers as they are, others bit by bit: 0 is not −0, and a NaN is itself
    using bits = std::conditional_t<std::is_integral_v<element>, element,
                                    std::conditional_t<sizeof(element) == 4, std::uint32_t, std::uint64_t>>;
    self_test_result<scalar> result;
    if (golden.fused != bool{INLAY_HAS_FMA}) result.tolerance = golden.tolerance;
    for (size_t n = 0; n < Count; ++n) {
        const auto y = net(std::span<const typename Network::input_element, Network::input_size>(golden.inputs[n]));
        for (size_t i = 0; i < Network::output_size; ++i) {
            ++result.compared;
            if (math::bit_cast<bits>(y[i]) == math::bit_cast<bits>(golden.outputs[n][i])) continue;
            ++result.different;
            const scalar difference = math::abs(scalar(y[i]) - scalar(golden.outputs[n][i]));
            const scalar worst = result.largest_difference;
            if (worst == worst && !(difference <= worst)) result.largest_difference = difference;
        }
    }
    return result;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
