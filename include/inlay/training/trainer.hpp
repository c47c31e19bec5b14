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
/// nothing: it may be a static object, and it runs on a microcontroller or in a constant expression. The network must
/// outlive it. Frozen parameters have no gradients and no moments.
template <class Network, class Loss, class Optimizer, class Batch = batch<1>>
class trainer : public detail::passes<Network, Loss, Batch> {
    using base = detail::passes<Network, Loss, Batch>;
    using base::net_, base::workspace_;

  public:
    using scalar_type = typename base::scalar_type;
    using input_type = typename base::input_type;

    constexpr explicit trainer(Network& net, Optimizer optimizer = {}, Loss loss = {}, seed random = {})
        : base(net, loss, random), rule_(optimizer) {
        static_assert(Batch::size > 0, "inlay: a batch holds at least one sample");
    }

    /// One step on up to batch_size samples: forward, loss, backward, update; gradients accumulated before are dropped.
    /// Takes contiguous ranges of as many inputs
    /// (`std::array<Scalar, input_size>`) and targets (what the loss takes); returns the mean loss before the update.
    /// More samples than the batch, or unequal counts: only what fits both is used.
    template <class Inputs, class Targets>
    constexpr scalar_type step(const Inputs& inputs, const Targets& targets) {
        if constexpr (!base::template accepts<Inputs, Targets>()) return scalar_type(0);
        else if constexpr (!detail::has_gradient<typename base::gradient_verdict>()) return scalar_type(0);
        else {
            pending_ = true;
            const scalar_type loss = std::is_constant_evaluated() ? run<kernels::scalar, true>(inputs, targets)
                                                                  : run<kernels::native, true>(inputs, targets);
            update();
            return loss;
        }
    }
    /// One step on one sample.
    template <class Target>
    constexpr scalar_type step(const input_type& input, const Target& target) {
        if constexpr (!detail::fits_target<Loss, scalar_type, Network::output_size, Target>()) return scalar_type(0);
        else if constexpr (!detail::has_gradient<typename base::gradient_verdict>()) return scalar_type(0);
        else return step(std::span<const input_type, 1>(&input, 1), std::span<const Target, 1>(&target, 1));
    }

    /// The first half of a step: adds the gradients of the batch's mean loss to those at hand.
    template <class Inputs, class Targets>
    constexpr scalar_type accumulate(const Inputs& inputs, const Targets& targets) {
        if constexpr (!base::template accepts<Inputs, Targets>()) return scalar_type(0);
        else if constexpr (!detail::has_gradient<typename base::gradient_verdict>()) return scalar_type(0);
        else {
            begin();
            return std::is_constant_evaluated() ? run<kernels::scalar, false>(inputs, targets)
                                                : run<kernels::native, false>(inputs, targets);
        }
    }
    /// The second half: clips and updates the parameters. The next accumulate starts from 0.
    constexpr void update() {
        begin();
        pending_ = false;
        if (std::is_constant_evaluated()) apply<kernels::scalar>();
        else apply<kernels::native>();
    }

    /// The gradients at hand; after `step` and `update` those that were applied, clipped.
    constexpr inlay::gradients<Network>& gradients() { return gradients_; }
    /// The learning rate of the next step.
    constexpr scalar_type learning_rate() const { return rule_.learning_rate; }
    constexpr void learning_rate(double rate) { rule_.learning_rate = static_cast<scalar_type>(rate); }
    constexpr void clip(clipping limits) { clipping_ = limits; }

  private:
    /// Clears the gradients unless some are being accumulated.
    constexpr void begin() {
        if (!pending_) gradients_.clear();
        pending_ = true;
    }

    template <class Machine, bool Fresh, class Inputs, class Targets>
    constexpr scalar_type run(const Inputs& inputs, const Targets& targets) {
        return base::template run<Machine>(inputs, targets, [&](const scalar_type* x, size_t rows) {
            if (rows > 0)
                workspace_.template backward<Machine, false, Fresh ? deposit::overwrite : deposit::add>(
                    net_, x, gradients_, nullptr, rows);
            else if (Fresh) gradients_.clear(); // or update would apply the step before once more
        });
    }

    template <class Machine>
    constexpr void apply() {
        constexpr size_t extent = Network::trainable_extent;
        if (clipping_.value > 0)
            clip_by_value<Machine, extent>(gradients_.data(), static_cast<scalar_type>(clipping_.value));
        if (clipping_.norm > 0)
            clip_by_norm<Machine, extent>(gradients_.data(), static_cast<scalar_type>(clipping_.norm));
        apply_rule<Machine, extent, Optimizer::moments>(rule_, net_.parameters().data(), gradients_.data(), moments_);
    }

    static constexpr size_t moment_extent = Optimizer::moments * Network::trainable_extent;

    typename Optimizer::template rule<scalar_type> rule_;
    clipping clipping_{};
    bool pending_ = false; // whether gradients are being accumulated
    inlay::gradients<Network> gradients_{};
    alignas(detail::line<scalar_type>) scalar_type moments_[moment_extent ? moment_extent : 1]{};
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
