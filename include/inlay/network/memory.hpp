// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/network.hpp>

namespace inlay {

/// What a network costs, known before it runs. Bytes count what is really reserved, alignment included.
struct memory_of {
    size_t parameter_bytes;      ///< the network object: sizeof(Network)
    size_t inference_bytes;      ///< activations and scratch alive at the same time in `net(x)`, beside x and y
    size_t state_bytes;          ///< carried from call to call by recurrent layers
    size_t multiply_accumulates; ///< per sample
};

/// `static_assert(memory<digits>.inference_bytes <= 256)`
template <class Network>
inline constexpr memory_of memory{
    .parameter_bytes = sizeof(Network),
    .inference_bytes = Network::inference_scratch * sizeof(typename Network::scalar_type),
    .state_bytes = Network::chain_type::state_size * sizeof(typename Network::scalar_type),
    .multiply_accumulates = Network::chain_type::macs,
};

/// Scalars that training keeps for a batch, beside parameters and inputs: activations until backward, and scratch.
/// `sizeof(workspace<Network, Batch>)` and `sizeof(trainer<…>)` are the whole.
template <class Network, size_t Batch>
inline constexpr size_t
    training_activations = Network::chain_type::cache_size(Batch) + Network::chain_type::backward_scratch(Batch);

} // namespace inlay
