// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/network.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A network with these numbers in its tensors, given in the order of state_dict, buffers included, and laid out for the
/// target by the compiler: `inline constexpr digits net = packed<digits>({0x1.8p-3f, …})`. The table leaves no trace in the
/// program, the network is in flash.
template <class Network>
consteval Network packed(const typename Network::scalar_type (&values)[Network::element_count]) {
    Network net;
    auto* const to = net.parameters().data();
    const auto* from = values;
    topology::walk<0, Network::layer_count>([&](auto i) {
        using one = typename Network::chain_type::template bound<i>;
        for (size_t t = 0; t < one::tensors.size(); ++t) {
            const size_t place = Network::tensor_offset(Network::chain_type::tensor_starts[i] + t);
            const size_t size = one::tensors[t].size;
            // Two loops: compilers count the turns of each.
            for (size_t block = 0; block < size; block += 4096)
                for (size_t k = block; k < size && k < block + 4096; ++k) {
                    if constexpr (detail::stored_size < one >> 0) net.element(place + one::packed_index(t, k), *from++);
                    else to[place + one::packed_index(t, k)] = *from++;
                }
        }
    });
    return net;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
