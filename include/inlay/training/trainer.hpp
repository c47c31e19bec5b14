// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/optimizer/clipping.hpp>
#include <inlay/optimizer/optimizer.hpp>
#include <inlay/training/workspace.hpp>

namespace inlay {

/// Samples per training step.
template <size_t Size>
struct batch {
    static constexpr size_t size = Size;
};

/// Gradient clipping; 0 means off. By value first, then by norm.
struct clipping {
    double value = 0; ///< every gradient is held between −value and value
    double norm = 0;  ///< the gradients' Euclidean norm is held to this
};

namespace detail {

/// What a contiguous range holds; void for anything else.
template <class Range>
struct element_of {
    using type = void;
};
template <class Range>
requires requires(const Range& range) { std::data(range), std::size(range); }
struct element_of<Range> {
    using type = std::remove_cvref_t<decltype(*std::data(std::declval<const Range&>()))>;
};

/// True, or a compile-time error.
template <class Inputs, class Sample>
consteval bool are_inputs() {
    constexpr bool fit = std::is_same_v<typename element_of<Inputs>::type, Sample>;
    static_assert(fit, "inlay: inputs are a contiguous range of std::array<Scalar, input_size>");
    return fit;
}
template <class Targets>
consteval bool are_targets() {
    constexpr bool fit = !std::is_void_v<typename element_of<Targets>::type>;
    static_assert(fit, "inlay: a range of inputs needs a range of targets");
    return fit;
}

} // namespace detail

/// Trains a network, in place: `trainer<digits, cross_entropy, adam, batch<32>> trainer{net, {.learning_rate = 1e-3}}`.
///
/// It holds gradients, the optimiser's moments and the workspace of one batch, all of constant size, and allocates
/// nothing: it may be a static object, and it runs on a microcontroller or in a constant expression. The network must
/// outlive it. Frozen parameters have no gradients and no moments.
template <class Network, class Loss, class Optimizer, class Batch = batch<1>>
class trainer {
  public:
    using network_type = Network;
    using scalar_type = typename Network::scalar_type;
    using input_type = typename Network::input_type;
    static constexpr size_t batch_size = Batch::size > 0 ? Batch::size : 1;

    constexpr explicit trainer(Network& net, Optimizer optimizer = {}, Loss loss = {}, seed random = {})
        : net_(net), loss_(loss), rule_(optimizer), random_(random) {
        static_assert(Batch::size > 0, "inlay: a batch holds at least one sample");
    }
    trainer(const trainer&) = delete;
    trainer& operator=(const trainer&) = delete;

    /// One step on up to batch_size samples: forward, loss, backward, update; gradients accumulated before are dropped.
    /// Takes contiguous ranges of as many inputs
    /// (`std::array<Scalar, input_size>`) and targets (what the loss takes); returns the mean loss before the update.
    /// More samples than the batch, or unequal counts: only what fits both is used.
    template <class Inputs, class Targets>
    constexpr scalar_type step(const Inputs& inputs, const Targets& targets) {
        if constexpr (!detail::are_inputs<Inputs, input_type>()) return scalar_type(0);
        else if constexpr (!detail::are_targets<Targets>()) return scalar_type(0);
        else if constexpr (!detail::fits_target<Loss, scalar_type, Network::output_size, element<Targets>>())
            return scalar_type(0);
        else if constexpr (!detail::has_gradient<gradient_verdict>()) return scalar_type(0);
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
        else if constexpr (!detail::has_gradient<gradient_verdict>()) return scalar_type(0);
        else return step(std::span<const input_type, 1>(&input, 1), std::span<const Target, 1>(&target, 1));
    }

    /// The first half of a step: adds the gradients of the batch's mean loss to those at hand.
    template <class Inputs, class Targets>
    constexpr scalar_type accumulate(const Inputs& inputs, const Targets& targets) {
        if constexpr (!detail::are_inputs<Inputs, input_type>()) return scalar_type(0);
        else if constexpr (!detail::are_targets<Targets>()) return scalar_type(0);
        else if constexpr (!detail::fits_target<Loss, scalar_type, Network::output_size, element<Targets>>())
            return scalar_type(0);
        else if constexpr (!detail::has_gradient<gradient_verdict>()) return scalar_type(0);
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

    constexpr Network& net() { return net_; }
    /// The gradients at hand; after `step` and `update` those that were applied, clipped.
    constexpr inlay::gradients<Network>& gradients() { return gradients_; }
    constexpr Loss& loss() { return loss_; }
    /// The learning rate of the next step.
    constexpr scalar_type learning_rate() const { return rule_.learning_rate; }
    constexpr void learning_rate(double rate) { rule_.learning_rate = static_cast<scalar_type>(rate); }
    constexpr void clip(clipping limits) { clipping_ = limits; }

  private:
    template <class Range>
    using element = typename detail::element_of<Range>::type;
    using gradient_verdict =
        decltype(Network::chain_type::template judge_gradient<context<kernels::scalar, batch_size, true>>());

    /// Clears the gradients unless some are being accumulated.
    constexpr void begin() {
        if (!pending_) gradients_.clear();
        pending_ = true;
    }

    template <class Machine, bool Fresh, class Inputs, class Targets>
    constexpr scalar_type run(const Inputs& inputs, const Targets& targets) {
        size_t rows = std::size(inputs) < std::size(targets) ? std::size(inputs) : std::size(targets);
        if (rows == 0) {
            if constexpr (Fresh) gradients_.clear(); // or update would apply the step before once more
            return scalar_type(0);
        }
        if (rows > batch_size) rows = batch_size;
        const scalar_type* x = std::data(inputs)->data();
        if constexpr (batch_size > 1)
            if (rows < batch_size || std::is_constant_evaluated()) { // fill up the batch, or flatten for the evaluator
                for (size_t n = 0; n < rows; ++n)
                    for (size_t i = 0; i < Network::input_size; ++i)
                        padded_[n * Network::input_size + i] = std::data(inputs)[n][i];
                x = padded_;
            }
        workspace_.template forward<Machine>(net_, x, &random_, rows);
        const scalar_type value = workspace_.template compare<Machine>(loss_, std::data(targets), rows);
        workspace_.template backward<Machine, false, Fresh>(net_, x, gradients_, nullptr, rows);
        workspace_.absorb(net_, rows);
        return value;
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

    Network& net_;
    Loss loss_;
    typename Optimizer::template rule<scalar_type> rule_;
    random_generator random_;
    clipping clipping_{};
    bool pending_ = false; // whether gradients are being accumulated
    inlay::gradients<Network> gradients_{};
    workspace<Network, batch_size> workspace_{};
    alignas(64) scalar_type moments_[moment_extent ? moment_extent : 1]{};
    alignas(64) scalar_type padded_[batch_size > 1 ? batch_size* Network::input_size : 1]{};
};

} // namespace inlay
