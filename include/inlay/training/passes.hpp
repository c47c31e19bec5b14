// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What trainers share: samples come in, one pass forward, the loss, one pass back.
#pragma once

#include <inlay/training/workspace.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Samples per training step.
template <size_t Size>
struct batch {
    static constexpr size_t size = Size;
};

namespace detail {

/// The network, the loss and the memory of one batch.
template <class Network, class Loss, class Batch>
class passes {
  public:
    using network_type = Network;
    using scalar_type = typename Network::scalar_type;
    using input_type = typename Network::input_type;
    using input_element = typename Network::input_element;
    static constexpr size_t batch_size = Batch::size > 0 ? Batch::size : 1;

    passes(const passes&) = delete;
    passes& operator=(const passes&) = delete;

    [[nodiscard]] constexpr Network& net() noexcept { return net_; }
    [[nodiscard]] constexpr Loss& loss() noexcept { return loss_; }

  protected:
    constexpr passes(Network& net, const Loss& loss, seed random) : net_(net), loss_(loss), random_(random) {}

    using gradient_verdict =
        decltype(Network::chain_type::template judge_training<
                 context<kernels::scalar, context_options{.batch = batch_size, .pass = pass::training}>>());

    template <class Inputs, class Targets>
    using samples = samples_verdict<Network, Loss, batch_size, Inputs, Targets>;
    template <class Target>
    using sample = target_verdict<Network, Loss, Target>;

    /// Forward and loss on all samples, then `backward(x, rows)` if any target counts. The mean loss, and whether it was
    /// called. Nothing happens when there are no samples, or when the counts are wrong under NDEBUG.
    template <class Machine, class Inputs, class Targets, class Backward>
    constexpr comparison<scalar_type> run(const Inputs& inputs, const Targets& targets, Backward backward) {
        const size_t rows = std::size(inputs);
        INLAY_EXPECTS(rows == std::size(targets), "inlay: as many targets as inputs");
        INLAY_EXPECTS(rows <= batch_size, "inlay: a step takes at most batch_size samples");
        if (rows != std::size(targets) || rows > batch_size)
            return {std::numeric_limits<scalar_type>::quiet_NaN(), false};
        if (rows == 0) return {loss_of_nothing<Loss, scalar_type>(), false};
        const input_element* x = std::data(inputs)->data();
        if constexpr (batch_size > 1)
            if (rows < batch_size || std::is_constant_evaluated()) { // fill up the batch, or flatten for the evaluator
                for (size_t n = 0; n < rows; ++n)
                    for (size_t i = 0; i < Network::input_size; ++i)
                        padded_[n * Network::input_size + i] = std::data(inputs)[n][i];
                // Padding has gradient 0, but 0 · NaN, of a batch before, would be NaN.
                for (size_t i = rows * Network::input_size; i < batch_size * Network::input_size; ++i)
                    padded_[i] = input_element(0);
                x = padded_;
            }
        workspace_.template forward<Machine>(net_, x, &random_, rows);
        const auto result = workspace_.template compare_rows<Machine>(loss_, std::data(targets), rows);
        if (result.learns) {
            backward(x, rows);
            workspace_.update_statistics(net_, rows);
        }
        return result;
    }

    Network& net_;
    Loss loss_;
    random_generator random_;
    workspace<Network, batch_size> workspace_{};
    alignas(line<scalar_type>) input_element padded_[batch_size > 1 ? batch_size* Network::input_size : 1]{};
};

} // namespace detail

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
