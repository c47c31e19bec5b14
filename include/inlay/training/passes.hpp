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

/// The network, the loss and the memory of one batch.
template <class Network, class Loss, class Batch>
class passes {
  public:
    using network_type = Network;
    using scalar_type = typename Network::scalar_type;
    using input_type = typename Network::input_type;
    static constexpr size_t batch_size = Batch::size > 0 ? Batch::size : 1;

    passes(const passes&) = delete;
    passes& operator=(const passes&) = delete;

    constexpr Network& net() { return net_; }
    constexpr Loss& loss() { return loss_; }

  protected:
    constexpr passes(Network& net, const Loss& loss, seed random) : net_(net), loss_(loss), random_(random) {}

    using gradient_verdict =
        decltype(Network::chain_type::template judge_gradient<context<kernels::scalar, batch_size, true>>());

    /// True, or a compile-time error: whether a step can be done with them. The first thing that is wrong is reported
    /// alone, and here: every function more that is named on the way makes the message longer.
    template <class Inputs, class Targets>
    static consteval bool accepts() {
        using target = typename element_of<Targets>::type;
        constexpr bool inputs = std::is_same_v<typename element_of<Inputs>::type, input_type>;
        constexpr bool targets = !std::is_void_v<target>;
        static_assert(inputs, "inlay: inputs are a contiguous range of std::array<Scalar, input_size>");
        static_assert(!inputs || targets, "inlay: a range of inputs needs a range of targets");
        if constexpr (inputs && targets) {
            constexpr bool fit = Loss::template accepts<scalar_type, Network::output_size, target>;
            static_assert(fit, "inlay: the target does not fit the loss and the network's outputs");
            return fit;
        } else return false;
    }

    /// Forward and loss on the samples that both ranges and the batch hold, then `backward(x, rows)`; with none of them
    /// only `backward(nullptr, 0)`. Returns the mean loss.
    template <class Machine, class Inputs, class Targets, class Backward>
    constexpr scalar_type run(const Inputs& inputs, const Targets& targets, Backward backward) {
        size_t rows = std::size(inputs) < std::size(targets) ? std::size(inputs) : std::size(targets);
        if (rows == 0) {
            backward(static_cast<const scalar_type*>(nullptr), rows);
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
        backward(x, rows);
        workspace_.absorb(net_, rows);
        return value;
    }

    Network& net_;
    Loss loss_;
    random_generator random_;
    workspace<Network, batch_size> workspace_{};
    alignas(line<scalar_type>) scalar_type padded_[batch_size > 1 ? batch_size* Network::input_size : 1]{};
};

} // namespace detail

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
