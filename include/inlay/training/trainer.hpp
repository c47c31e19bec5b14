// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/optimizer/clipping.hpp>
#include <inlay/optimizer/optimizer.hpp>
#include <inlay/training/passes.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Gradient clipping; 0 means off. By value first, then by norm.
struct clipping {
    double value = 0; ///< every gradient is held between −value and value
    double norm = 0;  ///< the gradients' Euclidean norm is held to this
};

/// Trains a network, in place: `trainer<digits, cross_entropy, adam, batch<32>> trainer{net, {.learning_rate = 1e-3}}`.
///
/// It holds gradients, the optimiser's moments and the workspace of one batch, all of constant size, and allocates
/// nothing: it may be a static object, and it runs on a microcontroller or in a constant expression. `sizeof` says how
/// large it is: a batch of images makes it larger than a stack, so make those static or put them on the heap. The network
/// must outlive it. Frozen parameters have no gradients and no moments.
template <class Network, class Loss, class Optimizer, class Batch = batch<1>>
class trainer : public detail::passes<Network, Loss, Batch> {
    using base = detail::passes<Network, Loss, Batch>;
    using base::net_, base::workspace_;

  public:
    using scalar_type = typename base::scalar_type;
    using input_type = typename base::input_type;

    constexpr explicit trainer(Network& net, Optimizer optimizer = {}, Loss loss = {}, seed random = {})
        : base(net, loss, random), rule_(chosen::from(optimizer)) {
        static_assert(Batch::size > 0, "inlay: a batch holds at least one sample");
        if constexpr (detail::is_an_optimizer<Optimizer, scalar_type>()) (void)detail::is_a_loss<Loss>();
    }

    /// One step on 1 to batch_size samples: forward, loss, backward, update; gradients accumulated before are dropped.
    /// Takes contiguous ranges of inputs (`std::array<Scalar, input_size>`) and of as many targets (what the loss takes);
    /// returns the mean loss before the update.
    ///
    /// Other counts are errors: of the compiler where both types say how many they hold, else when it runs; under NDEBUG
    /// the step returns NaN and changes nothing. Nothing changes either where there is nothing to learn from: without
    /// samples, or when no target counts (all of them ignore_index). The mean loss is NaN then, a sum 0.
    template <class Inputs, class Targets>
    constexpr scalar_type step(const Inputs& inputs, const Targets& targets) {
        if constexpr (!detail::may_learn<typename base::template samples<Inputs, Targets>>()) return scalar_type(0);
        else if constexpr (!detail::has_gradient<typename base::gradient_verdict>()) return scalar_type(0);
        else {
            const auto result = std::is_constant_evaluated() ? run<kernels::scalar, true>(inputs, targets)
                                                             : run<kernels::native, true>(inputs, targets);
            if (result.learns) {
                pending_ = true;
                update();
            } else {
                pending_ = false;
                gradients_.clear();
            }
            return result.loss;
        }
    }
    /// One step on one sample.
    template <class Target>
    constexpr scalar_type step(const input_type& input, const Target& target) {
        if constexpr (!detail::may_learn<typename base::template sample<Target>>()) return scalar_type(0);
        else if constexpr (!detail::has_gradient<typename base::gradient_verdict>()) return scalar_type(0);
        else return step(std::span<const input_type, 1>(&input, 1), std::span<const Target, 1>(&target, 1));
    }

    /// The first half of a step: adds the gradients of the batch's mean loss to those at hand. Samples and what becomes of
    /// wrong counts as in `step`.
    template <class Inputs, class Targets>
    constexpr scalar_type accumulate(const Inputs& inputs, const Targets& targets) {
        if constexpr (!detail::may_learn<typename base::template samples<Inputs, Targets>>()) return scalar_type(0);
        else if constexpr (!detail::has_gradient<typename base::gradient_verdict>()) return scalar_type(0);
        else {
            begin();
            return (std::is_constant_evaluated() ? run<kernels::scalar, false>(inputs, targets)
                                                 : run<kernels::native, false>(inputs, targets))
                .loss;
        }
    }
    /// The second half: clips and updates the parameters. The next accumulate starts from 0.
    constexpr void update() noexcept {
        begin();
        pending_ = false;
        if (std::is_constant_evaluated()) apply<kernels::scalar>();
        else apply<kernels::native>();
    }

    /// The gradients at hand; after `step` and `update` those that were applied, clipped.
    [[nodiscard]] constexpr inlay::gradients<Network>& gradients() noexcept { return gradients_; }
    /// The learning rate of the next step: a finite number, 0 or more.
    [[nodiscard]] constexpr scalar_type learning_rate() const noexcept { return rule_.learning_rate; }
    constexpr void learning_rate(double rate) noexcept {
        rule_.learning_rate = static_cast<scalar_type>(rate);
        INLAY_EXPECTS(detail::not_negative(rule_.learning_rate),
                      "inlay: a learning rate is a finite number, 0 or more");
    }
    /// The momentum of the next step, of optimisers that have one: sgd_momentum's momentum, the beta1 of adam and adamw.
    /// `trainer.momentum(cycle.momentum(step))` cycles it as schedule::one_cycle says.
    [[nodiscard]] constexpr scalar_type momentum() const noexcept {
        if constexpr (!detail::has_momentum<rule_type>()) return scalar_type(0);
        else return rule_.momentum();
    }
    constexpr void momentum(double value) noexcept {
        if constexpr (detail::has_momentum<rule_type>()) rule_.momentum(value);
    }
    /// Limits of the gradients from now on: finite numbers, 0 or more.
    constexpr void clip(clipping limits) noexcept {
        limits_ = {static_cast<scalar_type>(limits.value), static_cast<scalar_type>(limits.norm)};
        INLAY_EXPECTS(detail::not_negative(limits_[0]) && detail::not_negative(limits_[1]),
                      "inlay: clipping takes finite numbers, 0 or more");
    }

  private:
    using chosen = detail::rule_for<scalar_type, Optimizer>;
    using rule_type = typename chosen::type;

    /// Clears the gradients unless some are being accumulated.
    constexpr void begin() noexcept {
        if (!pending_) gradients_.clear();
        pending_ = true;
    }

    template <class Machine, bool Fresh, class Inputs, class Targets>
    constexpr auto run(const Inputs& inputs, const Targets& targets) {
        return base::template run<Machine>(inputs, targets, [&](const auto* x, size_t rows) {
            workspace_.template backward<Machine, false, Fresh ? gradient_mode::overwrite : gradient_mode::add>(
                net_, x, gradients_, nullptr, rows);
        });
    }

    template <class Machine>
    constexpr void apply() noexcept {
        constexpr size_t extent = Network::trainable_extent;
        if (limits_[0] > 0) clip_by_value<Machine, extent>(gradients_.data(), limits_[0]);
        if (limits_[1] > 0)
            if (!detail::is_finite(clip_by_norm<Machine, extent>(gradients_.data(), limits_[1])))
                gradients_.clear_padding();
        apply_rule<Machine, extent, chosen::optimizer::moments>(rule_, net_.parameters().data(), gradients_.data(),
                                                                moments_);
    }

    static constexpr size_t moment_extent = chosen::optimizer::moments * Network::trainable_extent;

    rule_type rule_;
    std::array<scalar_type, 2> limits_{}; // by value, by norm
    bool pending_ = false;                // whether gradients are being accumulated
    inlay::gradients<Network> gradients_{};
    alignas(detail::line<scalar_type>) scalar_type moments_[moment_extent ? moment_extent : 1]{};
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
