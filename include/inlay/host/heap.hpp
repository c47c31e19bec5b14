// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Networks and trainers larger than a stack. Both are plain objects of constant size: a trainer of LeNet in batches of 256
// is 16 MB, twice what a thread usually has. Here they are made where they stay, on the heap.
#pragma once

#include <inlay/network/initialize.hpp>
#include <inlay/training/trainer.hpp>

#include <memory>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A network on the heap. All of its parameters are 0: `initialize` it, or take the form with a seed.
template <class Network>
[[nodiscard]] std::unique_ptr<Network> make_network() {
    return std::make_unique<Network>();
}
/// The same with the start values of its layers: `const auto net = make_network<lenet>(seed{42})`.
template <class Network>
[[nodiscard]] std::unique_ptr<Network> make_network(seed from) {
    auto net = std::make_unique<Network>();
    initialize(*net, from);
    return net;
}

/// A trainer on the heap, which the network must outlive:
///
///     const auto trainer = make_trainer<lenet, cross_entropy, adam, batch<256>>(*net, {.learning_rate = 1e-3});
///     fit(*trainer, train.inputs, train.labels, 10, random);
template <class Network, class Loss, class Optimizer, class Batch = batch<1>>
[[nodiscard]] std::unique_ptr<trainer<Network, Loss, Optimizer, Batch>>
make_trainer(std::type_identity_t<Network>& net,
             typename optimizer_state<Network, Optimizer>::options_type optimizer = {}, Loss loss = {},
             seed random = {}) {
    return std::make_unique<trainer<Network, Loss, Optimizer, Batch>>(net, optimizer, loss, random);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
