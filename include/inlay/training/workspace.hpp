// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// One training step taken apart: forward, loss, backward, each a function on memory whose size is known at compile time.
// `trainer` is these three and an optimiser; examples/05_from_scratch.cpp walks through them.
#pragma once

#include <inlay/training/gradients.hpp>
#include <inlay/training/verdicts.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What a training step needs besides parameters and gradients, for `Batch` samples at once. Nothing is ever allocated:
/// put it on the stack, in static memory or wherever sizeof(workspace) bytes are available.
template <class Network, size_t Batch>
class workspace {
  public:
    static_assert(Batch > 0, "inlay: a batch holds at least one sample");
    using scalar_type = typename Network::scalar_type;
    using input_element = typename Network::input_element;
    using chain_type = typename Network::chain_type;

    static constexpr size_t cache_extent = chain_type::cache_size(Batch);
    static constexpr size_t scratch_extent = chain_type::forward_scratch(Batch, true) >
                                                     chain_type::backward_scratch(Batch)
                                                 ? chain_type::forward_scratch(Batch, true)
                                                 : chain_type::backward_scratch(Batch);

    /// Row n starts at n · output_size.
    [[nodiscard]] constexpr const scalar_type* outputs() const noexcept { return outputs_; }
    [[nodiscard]] constexpr scalar_type* output_gradients() noexcept { return output_gradients_; }

    /// The outputs for `Batch` samples at x, one after the other, as in training (dropout drops; `random` may be null for
    /// networks without randomness only). `rows` of them count; the rest are padding, which must be finite numbers.
    /// Recurrent layers start from `state` and leave theirs there (see batch_states), or start from 0 where it is null.
    template <class Backend = kernels::native>
    constexpr void forward(const Network& net, const input_element* x, random_generator* random = nullptr,
                           size_t rows = Batch, scalar_type* state = nullptr) {
        INLAY_EXPECTS(random || !chain_type::traits.random_in_training,
                      "inlay: this network needs a random_generator in training; evaluate does without");
        run_forward<Backend, pass::training>(net, x, random, rows, state);
    }
    /// The same in evaluation mode: the outputs of inference (nothing is dropped), kept for backward.
    template <class Backend = kernels::native>
    constexpr void evaluate(const Network& net, const input_element* x, size_t rows = Batch,
                            scalar_type* state = nullptr) {
        run_forward<Backend, pass::evaluation>(net, x, nullptr, rows, state);
    }

    /// The loss of `rows` outputs against their targets, and its gradient with respect to every output. Padding rows get
    /// gradient 0. NaN where no target counts (0 under `summed`).
    template <class Backend = kernels::native, class Loss, class Target>
    constexpr scalar_type compare(const Loss& loss, const Target* targets, size_t rows = Batch) {
        if constexpr (!detail::may_learn<detail::target_verdict<Network, Loss, Target>>()) return scalar_type(0);
        else return compare_rows<Backend>(loss, targets, rows).loss;
    }
    /// The same, and whether any target counts; for a target that is known to fit.
    template <class Backend, class Loss, class Target>
    constexpr detail::comparison<scalar_type> compare_rows(const Loss& loss, const Target* targets, size_t rows) {
        INLAY_EXPECTS(rows <= Batch, "inlay: more rows than the batch of the workspace holds");
        const auto result = detail::compare_rows<Backend, typename Network::output_shape>(loss, outputs_, targets, rows,
                                                                                          output_gradients_);
        for (size_t i = rows * Network::output_size; i < Batch * Network::output_size; ++i)
            output_gradients_[i] = scalar_type(0);
        return result;
    }

    /// Adds to `gradients` what the output gradients make of them, x being what forward saw; overwrites the output
    /// gradients. `input_gradients` (Batch · input_size) is written if `InputGradients`. gradient_mode::overwrite overwrites
    /// `gradients` instead, which saves clearing them.
    template <class Backend = kernels::native, bool InputGradients = false, gradient_mode Into = gradient_mode::add>
    constexpr void backward(const Network& net, const input_element* x, gradients<Network>& into,
                            scalar_type* input_gradients = nullptr, size_t rows = Batch) {
        static_assert(Into != gradient_mode::sgd_step);
        constexpr bool tied = chain_type::ties.size() > 0; // then two layers add to one gradient
        using how =
            context<Backend, context_options{Batch, pass::training, InputGradients, tied ? gradient_mode::add : Into}>;
        if constexpr (tied && Into == gradient_mode::overwrite) into.clear();
        if constexpr (detail::is_differentiable<verdict<how>>())
            run_backward<how>(net, x, Network::gradient_pointers(into.data()), input_gradients, rows, {}, nullptr);
    }

    /// Writes the gradient of the input alone (a vector-Jacobian product), Batch · input_size scalars: those of parameters
    /// are not computed. Overwrites the output gradients.
    template <class Backend = kernels::native>
    constexpr void input_gradient(const Network& net, const input_element* x, scalar_type* to, size_t rows = Batch) {
        using how = context<Backend, context_options{Batch, pass::training, true}, none_trainable>;
        if constexpr (detail::is_differentiable<verdict<how>>())
            run_backward<how>(net, x, std::array<scalar_type*, Network::tensor_count>{}, to, rows, {}, nullptr);
    }

    /// The same as backward, but instead of being stored the gradients change the parameters: w ← w − rate·(g + decay·w). Needs
    /// chain_type::gradient_scratch_size() scalars at `gradient_scratch`. Not for networks with tied tensors.
    template <class Backend = kernels::native>
    constexpr void descend(Network& net, const input_element* x, kernels::sgd_update<scalar_type> step,
                           scalar_type* gradient_scratch, size_t rows = Batch) {
        using how = context<Backend, context_options{Batch, pass::training, false, gradient_mode::sgd_step}>;
        if constexpr (detail::is_differentiable<verdict<how>>())
            run_backward<how>(net, x, net.pointers(), nullptr, rows, step, gradient_scratch);
    }

    /// Lets layers with running statistics take in those of the forward pass before.
    constexpr void update_statistics([[maybe_unused]] Network& net, [[maybe_unused]] size_t rows = Batch) const {
        if constexpr (chain_type::traits.has_statistics)
            chain_type::template update_statistics<
                context<kernels::scalar, context_options{.batch = Batch, .pass = pass::training}>>(net.pointers(),
                                                                                                   cache_, rows);
    }

  private:
    template <class How>
    using verdict = decltype(chain_type::template judge_gradient<How>());

    template <class Backend, pass Pass>
    constexpr void run_forward(const Network& net, const input_element* x, random_generator* random, size_t rows,
                               scalar_type* state) {
        const auto pointers = net.pointers();
        const auto ties = Network::tied_among(pointers);
        const forward_call_of<chain_type> call{.parameters = pointers,
                                               .input = x,
                                               .output = outputs_,
                                               .cache = cache_,
                                               .scratch = scratch_,
                                               .state = state,
                                               .random = random,
                                               .rows = rows,
                                               .stored = net.stored(),
                                               .ties = ties.data()};
        chain_type::template forward<context<Backend, context_options{.batch = Batch, .pass = Pass}>>(call);
    }

    template <class How>
    constexpr void run_backward(const Network& net, const input_element* x,
                                const std::array<scalar_type*, Network::tensor_count>& into,
                                scalar_type* input_gradients, size_t rows, kernels::sgd_update<scalar_type> step,
                                scalar_type* gradient_scratch) {
        const auto pointers = net.pointers();
        const auto ties = Network::tied_among(pointers);
        const auto tie_gradients = Network::tied_among(into);
        const backward_call_of<chain_type> call{.parameters = pointers,
                                                .gradients = into,
                                                .input = x,
                                                .output = outputs_,
                                                .cache = cache_,
                                                .scratch = scratch_,
                                                .output_gradient = output_gradients_,
                                                .input_gradient = input_gradients,
                                                .rows = rows,
                                                .descent = step,
                                                .gradient_scratch = gradient_scratch,
                                                .ties = ties.data(),
                                                .tie_gradients = tie_gradients.data()};
        chain_type::template backward<How>(call);
    }

    static constexpr size_t line = detail::line<scalar_type>;

    alignas(line) scalar_type cache_[cache_extent + 1]{};
    alignas(line) scalar_type scratch_[scratch_extent + 1]{};
    alignas(line) scalar_type outputs_[Batch * Network::output_size]{};
    alignas(line) scalar_type output_gradients_[Batch * Network::output_size]{};
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
