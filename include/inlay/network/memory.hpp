// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/network.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What one layer costs. A layer that works in place, or on its predecessor's results in registers, has no buffer of its
/// own beside the one it changes.
struct layer_memory {
    size_t parameter_bytes;      ///< of its tensors, buffers and alignment included
    size_t activation_bytes;     ///< its input, output and scratch, while it runs; x and y of the network not counted
    size_t state_bytes;          ///< carried from call to call
    size_t multiply_accumulates; ///< per sample
};

/// What a network costs, known before it runs. Bytes count what is really reserved, alignment included.
template <size_t Layers>
struct memory_of {
    size_t parameter_bytes; ///< the network object: sizeof(Network)
    size_t inference_bytes; ///< the peak of activations and scratch alive at the same time in `net(x)`, beside x and y
    size_t state_bytes;     ///< carried from call to call by recurrent layers
    size_t multiply_accumulates; ///< per sample
    size_t training_bytes;       ///< gradients and workspace of batch 1, beside the network; see `training_memory`
    size_t peak_layer;           ///< the layer during which inference_bytes are alive
    std::array<layer_memory, Layers> layers;
};

/// Bytes of training beside the network and its inputs: the gradients, `Moments` optimiser moments for each (sgd 0,
/// momentum 1, adam 2), the activations of a batch, the larger scratch of forward and backward, outputs and their
/// gradients.
template <class Network, size_t Batch = 1, size_t Moments = 0>
inline constexpr size_t training_memory = [] {
    using chain = typename Network::chain_type;
    const size_t forward = chain::forward_scratch(Batch, true), backward = chain::backward_scratch(Batch);
    return ((1 + Moments) * Network::trainable_extent + chain::cache_size(Batch) +
            (forward > backward ? forward : backward) + 2 * Batch * Network::output_size) *
           sizeof(typename Network::scalar_type);
}();

/// Bytes of stack that `net(inputs, outputs)` with a batch of `Batch` samples takes for activations: those of one chunk
/// (`Network::batch_chunk`). memory<Network>.inference_bytes is the figure for one sample.
template <class Network, size_t Batch>
inline constexpr size_t inference_memory = Network::chain_type::forward_scratch(Network::batch_chunk(Batch), false) *
                                           sizeof(typename Network::scalar_type);

namespace detail {

/// The rows of a chain's layers: what the planner found for one inference.
template <class Chain>
inline constexpr auto layer_rows = [] {
    using scalar = typename Chain::scalar_type;
    constexpr auto plan = Chain::template forward_memory<1, false>;
    constexpr auto facts = Chain::facts(1, false);
    std::array<layer_memory, Chain::count> rows{};
    topology::walk<0, Chain::count>([&](auto i) {
        using one = typename Chain::template bound<i>;
        size_t parameters = 0;
        for (const tensor_spec& spec : one::tensors)
            parameters += spec.element == element_type::int8 ? spec.size : aligned<scalar>(spec.size) * sizeof(scalar);
        rows[i] = {.parameter_bytes = parameters,
                   .activation_bytes = aligned<scalar>(facts.layers[i].forward_scratch) * sizeof(scalar),
                   .state_bytes = one::state_size * sizeof(scalar),
                   .multiply_accumulates = one::macs};
    });
    for (size_t i = 0; i < Chain::count; ++i)
        if constexpr (Chain::uses_names) rows[i].activation_bytes = plan.alive[i] * sizeof(scalar);
        else {
            const size_t group = plan.group[i];
            if (i > 0 && plan.group[i - 1] != group) rows[i].activation_bytes += plan.size[group - 1] * sizeof(scalar);
            if (group + 1 < plan.groups) rows[i].activation_bytes += plan.size[group] * sizeof(scalar);
        }
    return rows;
}();

template <size_t Count>
constexpr size_t largest_row(const std::array<layer_memory, Count>& rows, size_t layer_memory::*column) {
    size_t largest = 0;
    for (size_t i = 1; i < Count; ++i)
        if (rows[i].*column > rows[largest].*column) largest = i;
    return largest;
}

/// Where in the network a layer stands.
template <class Layer, size_t... Path>
struct place {
    using at = at_layer<Path...>;
    using which = which_is<Layer>;
};

template <class Chain, size_t... Path>
constexpr auto peak_in();

/// Follows the peak into a composite, to the layer that needs its scratch.
template <class Bound, class Layer, size_t... Path>
constexpr auto peak_below() {
    if constexpr (Bound::forward_scratch(1, false) == 0) return place<Layer, Path...>{};
    else if constexpr (requires { Bound::template forward_memory<1, false>; }) return peak_in<Bound, Path...>();
    else if constexpr (requires { Bound::template branch_scratch<0>(1, false); }) {
        constexpr size_t largest = [] {
            size_t most = 0, where = 0;
            topology::walk<0, Bound::count>([&](auto i) {
                const size_t takes = Bound::template branch_scratch<i>(1, false);
                if (takes > most) most = takes, where = i;
            });
            return where;
        }();
        return peak_below<typename Bound::template bound<largest>, typename Bound::template layer<largest>, Path...,
                          largest>();
    } else return place<Layer, Path...>{};
}
template <class Chain, size_t... Path>
constexpr auto peak_in() {
    constexpr size_t peak = largest_row(layer_rows<Chain>, &layer_memory::activation_bytes);
    return peak_below<typename Chain::template bound<peak>, typename Chain::template layer<peak>, Path..., peak>();
}

} // namespace detail

/// `static_assert(memory<digits>.inference_bytes <= 256)`
template <class Network>
inline constexpr memory_of<Network::layer_count> memory{
    .parameter_bytes = sizeof(Network),
    .inference_bytes = Network::inference_scratch * sizeof(typename Network::scalar_type),
    .state_bytes = Network::chain_type::state_size * sizeof(typename Network::scalar_type),
    .multiply_accumulates = Network::chain_type::macs,
    .training_bytes = training_memory<Network>,
    .peak_layer =
        detail::largest_row(detail::layer_rows<typename Network::chain_type>, &layer_memory::activation_bytes),
    .layers = detail::layer_rows<typename Network::chain_type>,
};

// ---- the budget contract -----------------------------------------------------------------------------------------------

} // namespace inlay::inline INLAY_TARGET

namespace inlay {

/// A budget for one inference: `memory<Network>.inference_bytes` and `state_bytes` together. The caller's x and y, and
/// what the stack takes for return addresses and registers, come on top.
template <size_t Bytes>
struct ram {};
/// A budget for the parameters: `memory<Network>.parameter_bytes`. The code comes on top.
template <size_t Bytes>
struct flash {};

struct too_little_ram {};   ///< at the layer during which most activations are alive
struct too_little_flash {}; ///< at the layer with most parameters
template <size_t Bytes>
struct takes_bytes {}; ///< of the whole network
template <size_t Bytes>
struct but_gets_bytes {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET {

namespace detail {

template <class Network, class Budget>
struct budget_verdict;
template <class Network, size_t Bytes>
struct budget_verdict<Network, ram<Bytes>> {
    static constexpr auto judge() {
        constexpr size_t takes = memory<Network>.inference_bytes + memory<Network>.state_bytes;
        if constexpr (takes <= Bytes) return topology::fits<>{};
        else {
            using peak = decltype(peak_in<typename Network::chain_type>());
            return bad<too_little_ram, typename peak::at, typename peak::which, takes_bytes<takes>,
                       but_gets_bytes<Bytes>>{};
        }
    }
};
template <class Network, size_t Bytes>
struct budget_verdict<Network, flash<Bytes>> {
    static constexpr auto judge() {
        constexpr size_t takes = memory<Network>.parameter_bytes;
        if constexpr (takes <= Bytes) return topology::fits<>{};
        else {
            constexpr size_t largest = largest_row(memory<Network>.layers, &layer_memory::parameter_bytes);
            return bad<too_little_flash, at_layer<largest>, which_is<typename Network::template layer<largest>>,
                       takes_bytes<takes>, but_gets_bytes<Bytes>>{};
        }
    }
};

/// The first budget that does not do, or fits<>.
template <class Network>
constexpr auto judge_budgets() {
    return topology::fits<>{};
}
template <class Network, class Budget, class... Rest>
constexpr auto judge_budgets() {
    using verdict = decltype(budget_verdict<Network, Budget>::judge());
    if constexpr (topology::is_fit<verdict>) return judge_budgets<Network, Rest...>();
    else return verdict{};
}

template <class Verdict>
consteval bool within_budget() {
    static_assert(topology::is_fit<Verdict>, "inlay: this network exceeds its budget; see bad<> below");
    return true;
}

} // namespace detail

/// Whether the network keeps within its budgets.
template <class Network, class... Budgets>
inline constexpr bool does_fit = topology::is_fit<decltype(detail::judge_budgets<Network, Budgets...>())>;

/// The same as a contract: `static_assert(fits<digits, ram<2048>, flash<16384>>)` is true, or a compile-time error that
/// names the layer with the peak, what the network takes and what it gets.
template <class Network, class... Budgets>
inline constexpr bool fits = detail::within_budget<decltype(detail::judge_budgets<Network, Budgets...>())>();

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
