// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/training/workspace.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What `differentiate` gives: the loss of one sample, and its gradients.
template <class Network>
struct differentiated {
    typename Network::scalar_type loss{};
    typename Network::output_type outputs{};
    inlay::gradients<Network> gradients{};         ///< ∂loss/∂parameters, of those that are not frozen
    typename Network::input_type input_gradient{}; ///< ∂loss/∂x
};

/// The loss of one sample and all of its gradients, in training mode (networks with dropout need `random`):
///
///     const auto d = differentiate(net, cross_entropy{}, pixels, label);
///     d.loss, d.gradients.parameter<"0.weight">()(out, in), d.input_gradient[i]
///
/// For a saliency map, a gradient check, a step of one's own. Needs stack for the workspace of one sample; works in
/// constant expressions.
template <class Scalar, class... Items, class Loss, class Target>
constexpr differentiated<basic_network<Scalar, Items...>>
differentiate(const basic_network<Scalar, Items...>& net, const Loss& loss,
              const typename basic_network<Scalar, Items...>::input_type& x, const Target& target,
              random_generator* random = nullptr) {
    using network_type = basic_network<Scalar, Items...>;
    differentiated<network_type> result;
    workspace<network_type, 1> memory;
    const auto run = [&]<class Machine>(Machine) {
        memory.template forward<Machine>(net, x.data(), random);
        for (size_t i = 0; i < network_type::output_size; ++i) result.outputs[i] = memory.outputs()[i];
        result.loss = memory.template compare<Machine>(loss, &target);
        memory.template backward<Machine, true>(net, x.data(), result.gradients, result.input_gradient.data());
    };
    if (std::is_constant_evaluated()) run(kernels::scalar{});
    else run(kernels::native{});
    return result;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
