// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What trainers share: samples come in, one pass forward, the loss, one pass back.
#pragma once

#include <inlay/training/batch_states.hpp>
#include <inlay/training/workspace.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Samples per training step.
template <size_t Size>
struct batch {
    static constexpr size_t size = Size;
};

namespace detail {

/// Every sample starts from 0, and nothing is kept.
struct no_states {};

/// The network, the loss and the memory of one batch.
template <class Network, class Loss, class Batch>
class passes {
  public:
    using network_type = Network;
    using scalar_type = typename Network::scalar_type;
    using input_type = typename Network::input_type;
    using input_element = typename Network::input_element;
    using output_type = typename Network::output_type;
    using state_type = typename Network::state_type;
    static constexpr size_t batch_size = Batch::size > 0 ? Batch::size : 1;

    passes(const passes&) = delete;
    passes& operator=(const passes&) = delete;

    [[nodiscard]] constexpr Network& net() noexcept { return net_; }
    [[nodiscard]] constexpr Loss& loss() noexcept { return loss_; }
    /// What dropout draws from.
    [[nodiscard]] constexpr random_generator& random() noexcept { return random_; }

  protected:
    constexpr passes(Network& net, const Loss& loss, seed random) : net_(net), loss_(loss), random_(random) {}

    using gradient_verdict =
        decltype(Network::chain_type::template judge_training<
                 context<kernels::scalar, context_options{.batch = batch_size, .pass = pass::training}>>());
    template <class Gradients>
    using input_gradient_verdict =
        decltype(Network::chain_type::template judge_gradient<
                 context<kernels::scalar, context_options{batch_size, pass::training, true}, Gradients>>());

    /// Whether sequences can go in windows.
    using pieces_verdict = decltype(judge_pieces<typename Network::chain_type>());

    template <class Inputs, class Targets>
    using samples = samples_verdict<Network, Loss, batch_size, Inputs, Targets>;
    template <class Target>
    using sample = target_verdict<Network, Loss, Target>;
    /// Whether what goes with inputs has as many samples, where the types say so.
    template <class Inputs>
    static constexpr size_t known = range_of<Inputs>::known;
    template <class Inputs, class Targets, class States>
    using samples_from = first_fault<samples<Inputs, Targets>, states_verdict<Network, known<Inputs>, States>>;
    template <class Inputs, class Targets, class Gradients>
    using samples_to =
        first_fault<samples<Inputs, Targets>, input_gradients_verdict<Network, known<Inputs>, Gradients>>;
    template <class Inputs, class Outputs>
    using outputs_fit =
        first_fault<inputs_verdict<Network, batch_size, Inputs>, outputs_verdict<Network, known<Inputs>, Outputs>>;
    template <class Inputs, class Outputs, class States>
    using outputs_fit_from = first_fault<outputs_fit<Inputs, Outputs>, states_verdict<Network, known<Inputs>, States>>;
    using real_input = real_input_verdict<Network>;
    template <class Target>
    using sample_to = first_fault<sample<Target>, real_input>;
    template <class Gradients>
    using output_gradients_fit = output_gradients_verdict<Network, batch_size, Gradients>;
    template <class Gradients, class InputGradients>
    using gradients_fit = first_fault<output_gradients_fit<Gradients>,
                                      input_gradients_verdict<Network, known<Gradients>, InputGradients>>;

    /// Samples one after the other, filled up to a batch. A Copy of them, unless a batch is one sample.
    template <bool Copy = false, class Inputs>
    constexpr const input_element* flat(const Inputs& inputs, size_t rows) noexcept {
        const input_element* x = std::data(inputs)->data();
        if constexpr (batch_size > 1)
            if (Copy || rows < batch_size || std::is_constant_evaluated()) { // or flatten for the evaluator
                for (size_t n = 0; n < rows; ++n)
                    for (size_t i = 0; i < Network::input_size; ++i)
                        padded_[n * Network::input_size + i] = std::data(inputs)[n][i];
                // Padding has gradient 0, but 0 · NaN, of a batch before, would be NaN.
                for (size_t i = rows * Network::input_size; i < batch_size * Network::input_size; ++i)
                    padded_[i] = input_element(0);
                x = padded_;
            }
        return x;
    }

    /// The pass forward, from and to the states of the first `rows` samples.
    template <class Backend, class States>
    constexpr void forward_rows(const input_element* x, size_t rows, [[maybe_unused]] States& states) {
        if constexpr (std::is_same_v<States, const no_states>)
            workspace_.template forward<Backend>(net_, x, &random_, rows);
        else if constexpr (batch_size == 1)
            workspace_.template forward<Backend>(net_, x, &random_, rows, std::data(states)->data());
        else {
            batch_states<Network, batch_size> inside;
            inside.load(std::data(states), rows);
            workspace_.template forward<Backend>(net_, x, &random_, rows, inside.data());
            inside.store(std::data(states), rows);
        }
    }

    /// Forward and loss on all samples, then `backward(x, rows)` if any target counts. The mean loss, and whether it was
    /// called. Nothing happens when there are no samples, or when the counts are wrong under NDEBUG.
    template <class Backend, class Inputs, class Targets, class States, class Backward>
    constexpr comparison<scalar_type> run(const Inputs& inputs, const Targets& targets, States& states,
                                          Backward backward) {
        const size_t rows = std::size(inputs);
        INLAY_EXPECTS(rows == std::size(targets), "inlay: as many targets as inputs");
        INLAY_EXPECTS(rows <= batch_size, "inlay: a step takes at most batch_size samples");
        if (rows != std::size(targets) || rows > batch_size || !has_room(states, rows))
            return {std::numeric_limits<scalar_type>::quiet_NaN(), false};
        if (rows == 0) return {loss_of_nothing<Loss, scalar_type>(), false};
        const input_element* x = flat(inputs, rows);
        forward_rows<Backend>(x, rows, states);
        const auto result = workspace_.template compare_rows<Backend>(loss_, std::data(targets), rows);
        if (result.learns) {
            backward(x, rows);
            workspace_.update_statistics(net_, rows);
        }
        return result;
    }

    /// Whether `rows` samples have states.
    template <class States>
    static constexpr bool has_room([[maybe_unused]] const States& states, [[maybe_unused]] size_t rows) noexcept {
        if constexpr (std::is_same_v<States, no_states>) return true;
        else {
            INLAY_EXPECTS(rows <= std::size(states), "inlay: a state for every sample");
            return rows <= std::size(states);
        }
    }

    Network& net_;
    Loss loss_;
    random_generator random_;
    alignas(batch_size > 1
                ? line<scalar_type>
                : alignof(input_element)) input_element padded_[batch_size > 1 ? batch_size* Network::input_size : 1]{};
    workspace<Network, batch_size> workspace_{};
};

} // namespace detail

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
