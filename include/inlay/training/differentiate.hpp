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
    inlay::gradients<Network> gradients{}; ///< ∂loss/∂parameters, of those that are not frozen
    /// ∂loss/∂x; empty where x has elements of its own (input_of), which have no gradient
    std::array<typename Network::scalar_type, Network::has_input_gradient ? Network::input_size : 0> input_gradient{};
};

/// Asks `differentiate` for the network as inference has it: nothing is dropped, nothing random.
struct evaluation_mode {};
inline constexpr evaluation_mode in_evaluation{}; ///< the fifth argument of differentiate

namespace detail {

/// True, or a compile-time error.
template <bool RandomInTraining>
consteval bool needs_no_generator() {
    static_assert(!RandomInTraining,
                  "inlay: this network needs a random_generator in training: differentiate(net, loss, "
                  "x, target, random), or (…, in_evaluation)");
    return !RandomInTraining;
}

/// Whether its sequences can go in windows.
template <class Network>
using pieces_verdict = decltype(judge_pieces<typename Network::chain_type>());

/// Whether the network can be trained on one sample at a time.
template <class Network>
using one_sample_verdict =
    decltype(Network::chain_type::template judge_training<
             context<kernels::scalar, context_options{.pass = pass::training, .input_gradient = true}>>());

template <class Network, class Loss, class Target, class Forward>
constexpr differentiated<Network> differentiate(const Network& net, const Loss& loss,
                                                const typename Network::input_type& x, const Target& target,
                                                Forward forward) {
    differentiated<Network> result;
    workspace<Network, 1> memory;
    const auto run = [&]<class Backend>(Backend) {
        forward(memory, Backend{});
        for (size_t i = 0; i < Network::output_size; ++i) result.outputs[i] = memory.outputs()[i];
        result.loss = memory.template compare_rows<Backend>(loss, &target, 1).loss;
        memory.template backward<Backend, Network::has_input_gradient>(net, x.data(), result.gradients,
                                                                       result.input_gradient.data());
    };
    if (std::is_constant_evaluated()) run(kernels::scalar{});
    else run(kernels::native{});
    return result;
}

} // namespace detail

/// The loss of one sample and all of its gradients, in training mode:
///
///     const auto d = differentiate(net, cross_entropy{}, pixels, label);
///     d.loss, d.gradients.parameter<"0.weight">()(out, in), d.input_gradient[i]
///
/// For a gradient check, a step of one's own. A network that is random in training (dropout) needs the other forms: with a
/// generator, or in evaluation mode. Needs stack for the workspace of one sample; works in constant expressions.
template <class Scalar, class... Items, class Loss, class Target>
[[nodiscard]] constexpr differentiated<basic_network<Scalar, Items...>>
differentiate(const basic_network<Scalar, Items...>& net, const Loss& loss,
              const typename basic_network<Scalar, Items...>::input_type& x, const Target& target) {
    using network_type = basic_network<Scalar, Items...>;
    if constexpr (!detail::needs_no_generator<network_type::chain_type::traits.random_in_training>()) return {};
    else if constexpr (!detail::is_differentiable<detail::one_sample_verdict<network_type>>()) return {};
    else if constexpr (!detail::may_learn<detail::target_verdict<network_type, Loss, Target>>()) return {};
    else
        return detail::differentiate(net, loss, x, target, [&]<class Backend>(auto& memory, Backend) {
            memory.template forward<Backend>(net, x.data());
        });
}
/// The same with a generator, which dropout draws from.
template <class Scalar, class... Items, class Loss, class Target>
[[nodiscard]] constexpr differentiated<basic_network<Scalar, Items...>>
differentiate(const basic_network<Scalar, Items...>& net, const Loss& loss,
              const typename basic_network<Scalar, Items...>::input_type& x, const Target& target,
              random_generator& random) {
    using network_type = basic_network<Scalar, Items...>;
    if constexpr (!detail::is_differentiable<detail::one_sample_verdict<network_type>>()) return {};
    else if constexpr (!detail::may_learn<detail::target_verdict<network_type, Loss, Target>>()) return {};
    else
        return detail::differentiate(net, loss, x, target, [&]<class Backend>(auto& memory, Backend) {
            memory.template forward<Backend>(net, x.data(), &random);
        });
}
/// The same in evaluation mode: the gradients of what `net(x)` computes, for a saliency map.
///
///     differentiate(net, cross_entropy{}, pixels, label, in_evaluation).input_gradient
template <class Scalar, class... Items, class Loss, class Target>
[[nodiscard]] constexpr differentiated<basic_network<Scalar, Items...>>
differentiate(const basic_network<Scalar, Items...>& net, const Loss& loss,
              const typename basic_network<Scalar, Items...>::input_type& x, const Target& target, evaluation_mode) {
    using network_type = basic_network<Scalar, Items...>;
    if constexpr (!detail::may_learn<detail::target_verdict<network_type, Loss, Target>>()) return {};
    else
        return detail::differentiate(net, loss, x, target, [&]<class Backend>(auto& memory, Backend) {
            memory.template evaluate<Backend>(net, x.data());
        });
}

/// The same on a window of a sequence: recurrent layers start from `state`, which counts as a constant, and leave their new
/// one there, as in `net(x, state)`.
template <class Scalar, class... Items, class Loss, class Target>
[[nodiscard]] constexpr differentiated<basic_network<Scalar, Items...>>
differentiate(const basic_network<Scalar, Items...>& net, const Loss& loss,
              const typename basic_network<Scalar, Items...>::input_type& x, const Target& target,
              typename basic_network<Scalar, Items...>::state_type& state) {
    using network_type = basic_network<Scalar, Items...>;
    if constexpr (!detail::needs_no_generator<network_type::chain_type::traits.random_in_training>()) return {};
    else if constexpr (!detail::goes_in_pieces<detail::pieces_verdict<network_type>>()) return {};
    else if constexpr (!detail::is_differentiable<detail::one_sample_verdict<network_type>>()) return {};
    else if constexpr (!detail::may_learn<detail::target_verdict<network_type, Loss, Target>>()) return {};
    else
        return detail::differentiate(net, loss, x, target, [&]<class Backend>(auto& memory, Backend) {
            memory.template forward<Backend>(net, x.data(), nullptr, 1, state.data());
        });
}
/// The same from a state.
template <class Scalar, class... Items, class Loss, class Target>
[[nodiscard]] constexpr differentiated<basic_network<Scalar, Items...>>
differentiate(const basic_network<Scalar, Items...>& net, const Loss& loss,
              const typename basic_network<Scalar, Items...>::input_type& x, const Target& target,
              typename basic_network<Scalar, Items...>::state_type& state, random_generator& random) {
    using network_type = basic_network<Scalar, Items...>;
    if constexpr (!detail::goes_in_pieces<detail::pieces_verdict<network_type>>()) return {};
    else if constexpr (!detail::is_differentiable<detail::one_sample_verdict<network_type>>()) return {};
    else if constexpr (!detail::may_learn<detail::target_verdict<network_type, Loss, Target>>()) return {};
    else
        return detail::differentiate(net, loss, x, target, [&]<class Backend>(auto& memory, Backend) {
            memory.template forward<Backend>(net, x.data(), &random, 1, state.data());
        });
}
/// The same from a state.
template <class Scalar, class... Items, class Loss, class Target>
[[nodiscard]] constexpr differentiated<basic_network<Scalar, Items...>>
differentiate(const basic_network<Scalar, Items...>& net, const Loss& loss,
              const typename basic_network<Scalar, Items...>::input_type& x, const Target& target,
              typename basic_network<Scalar, Items...>::state_type& state, evaluation_mode) {
    using network_type = basic_network<Scalar, Items...>;
    if constexpr (!detail::goes_in_pieces<detail::pieces_verdict<network_type>>()) return {};
    else if constexpr (!detail::may_learn<detail::target_verdict<network_type, Loss, Target>>()) return {};
    else
        return detail::differentiate(net, loss, x, target, [&]<class Backend>(auto& memory, Backend) {
            memory.template evaluate<Backend>(net, x.data(), 1, state.data());
        });
}

/// ∂(Σ dyᵢ·yᵢ)/∂x of y = net(x), a vector-Jacobian product (torch.autograd.grad with grad_outputs = dy): the gradient of
/// one class's logit, or what comes back from a network after this one. In evaluation mode; no gradient of a parameter is
/// computed. Needs stack for the workspace of one sample; works in constant expressions.
template <class Scalar, class... Items>
[[nodiscard]] constexpr typename basic_network<Scalar, Items...>::input_type
input_gradient(const basic_network<Scalar, Items...>& net,
               const typename basic_network<Scalar, Items...>::input_type& x,
               const typename basic_network<Scalar, Items...>::output_type& output_gradient) {
    using network_type = basic_network<Scalar, Items...>;
    using wanted = context<kernels::scalar, context_options{1, pass::training, true}, none_trainable>;
    typename network_type::input_type result{};
    if constexpr (!detail::may_learn<detail::real_input_verdict<network_type>>()) return result;
    else if constexpr (!detail::is_differentiable<
                           decltype(network_type::chain_type::template judge_gradient<wanted>())>())
        return result;
    else {
        workspace<network_type, 1> memory;
        const auto run = [&]<class Backend>(Backend) {
            memory.template evaluate<Backend>(net, x.data());
            for (size_t i = 0; i < network_type::output_size; ++i) memory.output_gradients()[i] = output_gradient[i];
            memory.template input_gradient<Backend>(net, x.data(), result.data());
        };
        if (std::is_constant_evaluated()) run(kernels::scalar{});
        else run(kernels::native{});
        return result;
    }
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
