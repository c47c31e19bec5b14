// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/optimizer/sgd.hpp>
#include <inlay/training/passes.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Plain gradient descent without memory for gradients: each weight changes where its gradient is summed, in registers.
/// For microcontrollers, whose RAM would not hold the gradients. (On a workstation it is about as fast as `trainer`.)
///
///     online_trainer<digits, cross_entropy> trainer{net, {.learning_rate = 0.01}};
///     trainer.step(input, target);
///
/// A step changes the parameters to the same bits as `trainer<…, sgd, …>`. There is nothing to accumulate or to clip.
/// Layers that cannot change their weights at once (dense can) get room for the gradients of the largest of them. The
/// network must outlive the trainer.
template <class Network, class Loss, class Batch = batch<1>>
class online_trainer : public detail::passes<Network, Loss, Batch> {
    using base = detail::passes<Network, Loss, Batch>;

  public:
    using scalar_type = typename base::scalar_type;
    using input_type = typename base::input_type;
    using state_type = typename base::state_type;

    constexpr explicit online_trainer(Network& net, sgd optimizer = {}, Loss loss = {}, seed random = {})
        : base(net, loss, random), descent_(sgd::rule<scalar_type>(optimizer).step()) {
        static_assert(Batch::size > 0, "inlay: a batch holds at least one sample");
        static_assert(Network::chain_type::ties.size() == 0,
                      "inlay: a tensor that two layers use (tied) needs a trainer, "
                      "which has memory for its gradient");
        (void)detail::is_a_loss<Loss>();
    }

    /// One step on 1 to batch_size samples, as trainer::step, also in what happens on wrong counts and where there is
    /// nothing to learn from; returns the mean loss before it.
    template <class Inputs, class Targets>
    constexpr scalar_type step(const Inputs& inputs, const Targets& targets) {
        if constexpr (!detail::may_learn<typename base::template samples<Inputs, Targets>>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return whole_step(inputs, targets, without_states);
    }
    /// One step on a window of sequences, from their states and to them: see trainer::step.
    template <class Inputs, class Targets, class States>
    constexpr scalar_type step(const Inputs& inputs, const Targets& targets, States&& states) {
        if constexpr (!detail::may_learn<typename base::template samples_from<Inputs, Targets, States>>())
            return scalar_type(0);
        else if constexpr (!detail::goes_in_pieces<typename base::pieces_verdict>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return whole_step(inputs, targets, states);
    }
    /// One step on one sample.
    template <class Target>
    constexpr scalar_type step(const input_type& input, const Target& target) {
        if constexpr (!detail::may_learn<typename base::template sample<Target>>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return step(std::span<const input_type, 1>(&input, 1), std::span<const Target, 1>(&target, 1));
    }
    /// One step on a window of one sequence.
    template <class Target>
    constexpr scalar_type step(const input_type& input, const Target& target, state_type& state) {
        if constexpr (!detail::may_learn<typename base::template sample<Target>>()) return scalar_type(0);
        else if constexpr (!detail::goes_in_pieces<typename base::pieces_verdict>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else
            return step(std::span<const input_type, 1>(&input, 1), std::span<const Target, 1>(&target, 1),
                        std::span<state_type, 1>(&state, 1));
    }

    /// The learning rate of the next step: a finite number, 0 or more.
    [[nodiscard]] constexpr scalar_type learning_rate() const noexcept { return descent_.rate; }
    constexpr void learning_rate(double rate) noexcept {
        descent_.rate = static_cast<scalar_type>(rate);
        INLAY_EXPECTS(detail::not_negative(descent_.rate), "inlay: a learning rate is a finite number, 0 or more");
    }

  private:
    static constexpr detail::no_states without_states{};

    template <class Inputs, class Targets, class States>
    constexpr scalar_type whole_step(const Inputs& inputs, const Targets& targets, States& states) {
        return std::is_constant_evaluated() ? run<kernels::scalar>(inputs, targets, states)
                                            : run<kernels::native>(inputs, targets, states);
    }
    template <class Backend, class Inputs, class Targets, class States>
    constexpr scalar_type run(const Inputs& inputs, const Targets& targets, States& states) {
        return base::template run<Backend>(inputs, targets, states,
                                           [&](const auto* x, size_t rows) {
                                               base::workspace_.template descend<Backend>(base::net_, x, descent_,
                                                                                          gradient_scratch_, rows);
                                           })
            .loss;
    }

    static constexpr size_t gradient_scratch_extent = Network::chain_type::gradient_scratch_size();

    kernels::sgd_update<scalar_type> descent_;
    alignas(detail::line<scalar_type>)
        scalar_type gradient_scratch_[gradient_scratch_extent ? gradient_scratch_extent : 1]{};
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
