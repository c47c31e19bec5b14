// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What trainers share: samples come in, one pass forward, the loss, one pass back.
#pragma once

#include <inlay/training/workspace.hpp>

namespace inlay {

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
    constexpr passes(Network& net, const Loss& loss, seed random) : net_(net), loss_(loss), random_(random) {
        static_assert(Batch::size > 0, "inlay: a batch holds at least one sample");
    }

    using gradient_verdict =
        decltype(Network::chain_type::template judge_gradient<context<kernels::scalar, batch_size, true>>());

    /// True, or a compile-time error: whether such a step can be done. The first thing that is wrong is reported alone.
    template <class Target>
    static consteval bool accepts_one() {
        if constexpr (!fits_target<Loss, scalar_type, Network::output_size, Target>()) return false;
        else return has_gradient<gradient_verdict>();
    }
    template <class Inputs, class Targets>
    static consteval bool accepts() {
        if constexpr (!are_inputs<Inputs, input_type>()) return false;
        else if constexpr (!are_targets<Targets>()) return false;
        else return accepts_one<typename element_of<Targets>::type>();
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

} // namespace inlay
