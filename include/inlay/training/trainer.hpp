// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/training/optimizer_state.hpp>
#include <inlay/training/passes.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

struct takes_gradients_through_backward {}; ///< what no_loss has in place of targets

/// In place of a loss: gradients of the outputs come from elsewhere, through `backward`. For the generator of a GAN, for
/// policy gradients, for losses of several networks.
struct no_loss {
    static constexpr auto name = "no_loss";
    template <class Scalar, size_t Outputs, class Target>
    static constexpr bool accepts = false;
    template <class Scalar, size_t Outputs>
    using takes = takes_gradients_through_backward;
};

/// Trains a network, in place: `trainer<digits, cross_entropy, adam, batch<32>> trainer{net, {.learning_rate = 1e-3}}`.
///
/// It holds gradients, the optimiser's moments and the workspace of one batch, all of constant size, and allocates
/// nothing: it may be a static object, and it runs on a microcontroller or in a constant expression. `sizeof` says how
/// large it is: a batch of images makes it larger than a stack, so make those static or put them on the heap. The network
/// must outlive it. Frozen parameters have no gradients and no moments.
///
/// `step` is a whole step; `accumulate` and `update` are its halves. Where the loss is not the network's own, a step is
///
///     trainer.forward(noise, images);            // keeps what backward needs
///     trainer.backward(gradients_of_images);     // of whatever: adds to the gradients
///     trainer.update();
///
/// and `input_gradient` passes a gradient on to the network before, as the discriminator of a GAN does to its generator
/// (examples/10_gan.cpp).
///
/// A sequence longer than the network's is trained in windows (truncated back-propagation through time; `stateful` in
/// Keras, `detach()` in PyTorch): `trainer.step(inputs, targets, states)` starts recurrent layers from the samples' states,
/// a range of `Network::state_type`, and leaves the new ones there, as `net(x, state)` does. Gradients stop at the
/// beginning of the window. `states[n] = {}` begins another sequence.
template <class Network, class Loss, class Optimizer, class Batch = batch<1>>
class trainer : public detail::passes<Network, Loss, Batch> {
    using base = detail::passes<Network, Loss, Batch>;
    using base::net_, base::workspace_;

  public:
    using scalar_type = typename base::scalar_type;
    using input_type = typename base::input_type;
    using input_element = typename base::input_element;
    using output_type = typename base::output_type;
    using state_type = typename base::state_type;
    using base::batch_size;
    using optimizer_type = optimizer_state<Network, Optimizer>;

    constexpr explicit trainer(Network& net, typename optimizer_type::options_type optimizer = {}, Loss loss = {},
                               seed random = {})
        : base(net, loss, random), optimizer_(optimizer, detail::judged{}) {
        static_assert(Batch::size > 0, "inlay: a batch holds at least one sample");
        if constexpr (detail::is_an_optimizer<typename optimizer_type::options_type, scalar_type>())
            if constexpr (detail::groups_fit<typename detail::grouping<Network, Optimizer>::verdict>())
                (void)detail::is_a_loss<Loss>();
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
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return whole_step(inputs, targets, without_states);
    }
    /// The same on a window of sequences: sample n starts from states[n] and leaves its state there. More states than
    /// samples may be given; those stay. States move on even where no target counts.
    template <class Inputs, class Targets, class States>
    constexpr scalar_type step(const Inputs& inputs, const Targets& targets, States&& states) {
        if constexpr (!detail::may_learn<typename base::template samples_from<Inputs, Targets, States>>())
            return scalar_type(0);
        else if constexpr (!detail::goes_in_pieces<typename base::pieces_verdict>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return whole_step(inputs, targets, states);
    }
    /// A step that may be refused: `approve(loss)` is called when the gradients are there, and where it says false the
    /// parameters stay as they were, as when torch.cuda.amp's GradScaler skips a step. (Running statistics have moved.)
    template <class Inputs, class Targets, class Approve>
    constexpr scalar_type step_if(const Inputs& inputs, const Targets& targets, Approve approve) {
        if constexpr (!detail::may_learn<typename base::template samples<Inputs, Targets>>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return whole_step(inputs, targets, without_states, approve);
    }
    /// One step on one sample.
    template <class Target>
    constexpr scalar_type step(const input_type& input, const Target& target) {
        if constexpr (!detail::may_learn<typename base::template sample<Target>>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return whole_step(one(input), one(target), without_states);
    }
    /// One step on a window of one sequence.
    template <class Target>
    constexpr scalar_type step(const input_type& input, const Target& target, state_type& state) {
        if constexpr (!detail::may_learn<typename base::template sample<Target>>()) return scalar_type(0);
        else if constexpr (!detail::goes_in_pieces<typename base::pieces_verdict>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else {
            std::span<state_type, 1> states(&state, 1);
            return whole_step(one(input), one(target), states);
        }
    }

    /// The first half of a step: adds the gradients of the batch's mean loss to those available. Samples and what becomes of
    /// wrong counts as in `step`.
    template <class Inputs, class Targets>
    constexpr scalar_type accumulate(const Inputs& inputs, const Targets& targets) {
        if constexpr (!detail::may_learn<typename base::template samples<Inputs, Targets>>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return half_step(inputs, targets, without_states);
    }
    template <class Inputs, class Targets, class States>
    constexpr scalar_type accumulate(const Inputs& inputs, const Targets& targets, States&& states) {
        if constexpr (!detail::may_learn<typename base::template samples_from<Inputs, Targets, States>>())
            return scalar_type(0);
        else if constexpr (!detail::goes_in_pieces<typename base::pieces_verdict>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return half_step(inputs, targets, states);
    }

    // ---- a step whose loss is elsewhere ------------------------------------------------------------------------------------

    /// The outputs of 1 to batch_size samples as in training (dropout drops, statistics are taken in), written to as many
    /// `outputs`; keeps what backward needs. (Where the batch is of one sample, not a copy of it: it must stay as it is until then.)
    template <class Inputs, class Outputs>
    constexpr void forward(const Inputs& inputs, Outputs&& outputs) {
        if constexpr (!detail::may_learn<typename base::template outputs_fit<Inputs, Outputs>>()) return;
        else if constexpr (detail::is_differentiable<typename base::gradient_verdict>())
            keep_forward(inputs, outputs, without_states);
    }
    /// The same from states, as in `step`.
    template <class Inputs, class Outputs, class States>
    constexpr void forward(const Inputs& inputs, Outputs&& outputs, States&& states) {
        if constexpr (!detail::may_learn<typename base::template outputs_fit_from<Inputs, Outputs, States>>()) return;
        else if constexpr (!detail::goes_in_pieces<typename base::pieces_verdict>()) return;
        else if constexpr (detail::is_differentiable<typename base::gradient_verdict>())
            keep_forward(inputs, outputs, states);
    }
    /// The outputs of one sample.
    constexpr output_type forward(const input_type& input) {
        output_type output{};
        if constexpr (detail::is_differentiable<typename base::gradient_verdict>())
            keep_forward(one(input), std::span<output_type, 1>(&output, 1), without_states);
        return output;
    }
    constexpr output_type forward(const input_type& input, state_type& state) {
        output_type output{};
        if constexpr (!detail::goes_in_pieces<typename base::pieces_verdict>()) return output;
        else if constexpr (detail::is_differentiable<typename base::gradient_verdict>()) {
            std::span<state_type, 1> states(&state, 1);
            keep_forward(one(input), std::span<output_type, 1>(&output, 1), states);
        }
        return output;
    }
    // Backward needs the input, so a temporary is refused.
    template <bool Temporary = true>
    constexpr output_type forward(input_type&&) {
        detail::has_a_name<!Temporary>();
        return output_type{};
    }
    template <bool Temporary = true>
    constexpr output_type forward(input_type&&, state_type&) {
        detail::has_a_name<!Temporary>();
        return output_type{};
    }

    /// Adds to the gradients what these gradients of the outputs, ∂L/∂y for any L, make of them: as many as `forward` had
    /// samples, of what it kept. May be called again with others; after an update or another pass `forward` comes first.
    template <class Gradients>
    constexpr void backward(const Gradients& output_gradients) {
        if constexpr (!detail::may_learn<typename base::template output_gradients_fit<Gradients>>()) return;
        else if constexpr (detail::is_differentiable<typename base::gradient_verdict>()) {
            begin();
            if (std::is_constant_evaluated()) add_gradients<kernels::scalar>(output_gradients);
            else add_gradients<kernels::native>(output_gradients);
        }
    }
    constexpr void backward(const output_type& output_gradient) {
        if constexpr (detail::is_differentiable<typename base::gradient_verdict>()) backward(one(output_gradient));
    }
    /// The same, and writes ∂L/∂x.
    template <class Gradients, class InputGradients>
    constexpr void backward(const Gradients& output_gradients, InputGradients&& input_gradients) {
        if constexpr (!detail::may_learn<typename base::template gradients_fit<Gradients, InputGradients>>()) return;
        else if constexpr (detail::is_differentiable<typename base::template input_gradient_verdict<all_trainable>>()) {
            begin();
            if (std::is_constant_evaluated()) pull<kernels::scalar, true>(output_gradients, input_gradients);
            else pull<kernels::native, true>(output_gradients, input_gradients);
        }
    }
    constexpr void backward(const output_type& output_gradient, input_type& input_gradient) {
        if constexpr (!detail::may_learn<typename base::real_input>()) return;
        else if constexpr (detail::is_differentiable<typename base::template input_gradient_verdict<all_trainable>>())
            backward(one(output_gradient), std::span<input_type, 1>(&input_gradient, 1));
    }
    /// Writes ∂L/∂x alone (a vector-Jacobian product): no gradient of a parameter is computed, and those available stay.
    template <class Gradients, class InputGradients>
    constexpr void input_gradient(const Gradients& output_gradients, InputGradients&& input_gradients) {
        if constexpr (!detail::may_learn<typename base::template gradients_fit<Gradients, InputGradients>>()) return;
        else if constexpr (detail::is_differentiable<
                               typename base::template input_gradient_verdict<none_trainable>>()) {
            if (std::is_constant_evaluated()) pull<kernels::scalar, false>(output_gradients, input_gradients);
            else pull<kernels::native, false>(output_gradients, input_gradients);
        }
    }
    constexpr input_type input_gradient(const output_type& output_gradient) {
        input_type result{};
        if constexpr (!detail::may_learn<typename base::real_input>()) return result;
        else if constexpr (detail::is_differentiable<typename base::template input_gradient_verdict<none_trainable>>())
            input_gradient(one(output_gradient), std::span<input_type, 1>(&result, 1));
        return result;
    }
    /// The gradient of the mean loss with respect to the inputs, and that loss: what a discriminator tells its generator.
    /// No gradient of a parameter is computed, and those available stay. Samples and wrong counts as in `step`; where no
    /// target counts the gradients are 0.
    template <class Inputs, class Targets, class InputGradients>
    constexpr scalar_type input_gradient(const Inputs& inputs, const Targets& targets,
                                         InputGradients&& input_gradients) {
        if constexpr (!detail::may_learn<typename base::template samples_to<Inputs, Targets, InputGradients>>())
            return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::template input_gradient_verdict<none_trainable>>())
            return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else
            return std::is_constant_evaluated() ? pull_from_loss<kernels::scalar>(inputs, targets, input_gradients)
                                                : pull_from_loss<kernels::native>(inputs, targets, input_gradients);
    }
    template <class Target>
    constexpr scalar_type input_gradient(const input_type& input, const Target& target, input_type& input_gradient) {
        if constexpr (!detail::may_learn<typename base::template sample_to<Target>>()) return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::template input_gradient_verdict<none_trainable>>())
            return scalar_type(0);
        else if constexpr (!detail::is_differentiable<typename base::gradient_verdict>()) return scalar_type(0);
        else return this->input_gradient(one(input), one(target), std::span<input_type, 1>(&input_gradient, 1));
    }

    /// The second half: clips and updates the parameters. The next accumulate starts from 0.
    constexpr void update() noexcept {
        begin();
        pending_ = false;
        kept_ = {};
        if (std::is_constant_evaluated()) apply<kernels::scalar>();
        else apply<kernels::native>();
    }

    /// The gradients available; after `step` and `update` those that were applied, clipped.
    [[nodiscard]] constexpr inlay::gradients<Network>& gradients() noexcept { return gradients_; }
    /// The optimiser with its moments, for a checkpoint.
    [[nodiscard]] constexpr optimizer_type& optimizer() noexcept { return optimizer_; }
    /// The factors of `grouped` optimisers' groups: `trainer.rate_of<"0">(0.1)`. Finite numbers, 0 or more.
    template <fixed_text Path>
    [[nodiscard]] constexpr scalar_type rate_of() const noexcept {
        return optimizer_.template rate_of<Path>();
    }
    template <fixed_text Path>
    constexpr void rate_of(double factor) noexcept {
        optimizer_.template rate_of<Path>(factor);
    }
    template <fixed_text Path>
    [[nodiscard]] constexpr scalar_type decay_of() const noexcept {
        return optimizer_.template decay_of<Path>();
    }
    template <fixed_text Path>
    constexpr void decay_of(double factor) noexcept {
        optimizer_.template decay_of<Path>(factor);
    }
    /// The learning rate of the next step: a finite number, 0 or more. Groups have their share of it.
    [[nodiscard]] constexpr scalar_type learning_rate() const noexcept { return optimizer_.learning_rate(); }
    constexpr void learning_rate(double rate) noexcept { optimizer_.learning_rate(rate); }
    /// The momentum of the next step, of optimisers that have one: sgd_momentum's momentum, the beta1 of adam and adamw.
    /// `trainer.momentum(cycle.momentum(step))` cycles it as schedule::one_cycle says.
    [[nodiscard]] constexpr scalar_type momentum() const noexcept {
        if constexpr (!detail::has_momentum<typename optimizer_type::rule_type>()) return scalar_type(0);
        else return optimizer_.momentum();
    }
    constexpr void momentum(double value) noexcept {
        if constexpr (detail::has_momentum<typename optimizer_type::rule_type>()) optimizer_.momentum(value);
    }
    /// Limits of the gradients from now on: finite numbers, 0 or more.
    constexpr void clip(clipping limits) noexcept {
        limits_ = detail::clipping_limits<scalar_type>(limits);
        clip_ = clip_gradients;
    }

  private:
    using limits_type = detail::clipping_limits<scalar_type>;
    static constexpr detail::no_states without_states{};

    template <class Sample>
    static constexpr std::span<const Sample, 1> one(const Sample& sample) noexcept {
        return std::span<const Sample, 1>(&sample, 1);
    }

  protected:
    /// Clears the gradients unless some are being accumulated.
    constexpr void begin() noexcept {
        if (!pending_) gradients_.clear();
        pending_ = true;
    }
    /// What has been accumulated is dropped.
    constexpr void drop() noexcept {
        pending_ = false;
        gradients_.clear();
    }

  private:
    static constexpr bool always(scalar_type) noexcept { return true; }

    template <class Inputs, class Targets, class States, class Approve = bool (*)(scalar_type) noexcept>
    constexpr scalar_type whole_step(const Inputs& inputs, const Targets& targets, States& states,
                                     Approve approve = always) {
        const auto result = std::is_constant_evaluated() ? run<kernels::scalar, true>(inputs, targets, states)
                                                         : run<kernels::native, true>(inputs, targets, states);
        if (result.learns && approve(result.loss)) {
            pending_ = true;
            update();
        } else drop();
        return result.loss;
    }
    template <class Inputs, class Targets, class States>
    constexpr scalar_type half_step(const Inputs& inputs, const Targets& targets, States& states) {
        begin();
        return (std::is_constant_evaluated() ? run<kernels::scalar, false>(inputs, targets, states)
                                             : run<kernels::native, false>(inputs, targets, states))
            .loss;
    }
    template <class Backend, bool Fresh, class Inputs, class Targets, class States>
    constexpr auto run(const Inputs& inputs, const Targets& targets, States& states) {
        kept_ = {};
        return base::template run<Backend>(inputs, targets, states, [&](const auto* x, size_t rows) {
            workspace_.template backward<Backend, false, Fresh ? gradient_mode::overwrite : gradient_mode::add>(
                net_, x, gradients_, nullptr, rows);
        });
    }

    template <class Inputs, class Outputs, class States>
    constexpr void keep_forward(const Inputs& inputs, Outputs&& outputs, States& states) {
        const size_t rows = std::size(inputs);
        kept_ = {};
        INLAY_EXPECTS(rows <= batch_size, "inlay: a pass takes at most batch_size samples");
        INLAY_EXPECTS(rows <= std::size(outputs), "inlay: room for the outputs of every sample");
        if (rows == 0 || rows > batch_size || rows > std::size(outputs) || !base::has_room(states, rows)) return;
        const input_element* x = base::template flat<true>(inputs, rows);
        if (std::is_constant_evaluated()) base::template forward_rows<kernels::scalar>(x, rows, states);
        else base::template forward_rows<kernels::native>(x, rows, states);
        workspace_.update_statistics(net_, rows);
        for (size_t n = 0; n < rows; ++n)
            for (size_t i = 0; i < Network::output_size; ++i)
                std::data(outputs)[n][i] = workspace_.outputs()[n * Network::output_size + i];
        if constexpr (batch_size == 1) kept_ = x;
        else kept_ = static_cast<std::uint32_t>(rows);
    }
    constexpr size_t kept_rows() const noexcept {
        if constexpr (batch_size == 1) return kept_ != nullptr;
        else return kept_;
    }
    constexpr const input_element* kept_inputs() const noexcept {
        if constexpr (batch_size == 1) return kept_;
        else return base::padded_;
    }
    /// Takes gradients of outputs in; false if there is nothing that they belong to.
    template <class Gradients>
    constexpr bool take(const Gradients& output_gradients) noexcept {
        const size_t rows = std::size(output_gradients);
        INLAY_EXPECTS(kept_rows() > 0, "inlay: backward follows forward");
        INLAY_EXPECTS(rows == kept_rows(), "inlay: as many gradients as forward had samples");
        if (rows == 0 || rows != kept_rows()) return false;
        scalar_type* const to = workspace_.output_gradients();
        for (size_t n = 0; n < rows; ++n)
            for (size_t i = 0; i < Network::output_size; ++i)
                to[n * Network::output_size + i] = std::data(output_gradients)[n][i];
        for (size_t i = rows * Network::output_size; i < batch_size * Network::output_size; ++i) to[i] = scalar_type(0);
        return true;
    }
    template <class Backend, class Gradients>
    constexpr void add_gradients(const Gradients& output_gradients) {
        if (take(output_gradients))
            workspace_.template backward<Backend>(net_, kept_inputs(), gradients_, nullptr, kept_rows());
    }
    /// Backward to the inputs, and to the parameters if Parameters.
    template <class Backend, bool Parameters>
    constexpr void back(const input_element* x, scalar_type* to, size_t rows) {
        if constexpr (Parameters) workspace_.template backward<Backend, true>(net_, x, gradients_, to, rows);
        else workspace_.template input_gradient<Backend>(net_, x, to, rows);
    }
    template <class Backend, bool Parameters, class InputGradients>
    constexpr void back_to(const input_element* x, InputGradients& input_gradients, size_t rows) {
        if constexpr (batch_size > 1)
            if (rows < batch_size || std::is_constant_evaluated())
                return back_to_some<Backend, Parameters>(x, input_gradients, rows);
        back<Backend, Parameters>(x, std::data(input_gradients)->data(), rows);
    }
    /// The same where layers write more than there is room for: by way of the stack.
    template <class Backend, bool Parameters, class InputGradients>
    [[gnu::noinline]] constexpr void back_to_some(const input_element* x, InputGradients& input_gradients,
                                                  size_t rows) {
        alignas(detail::line<scalar_type>) scalar_type all[batch_size * Network::input_size]{};
        back<Backend, Parameters>(x, all, rows);
        for (size_t n = 0; n < rows; ++n)
            for (size_t i = 0; i < Network::input_size; ++i)
                std::data(input_gradients)[n][i] = all[n * Network::input_size + i];
    }
    template <class Backend, bool Parameters, class Gradients, class InputGradients>
    constexpr void pull(const Gradients& output_gradients, InputGradients& input_gradients) {
        INLAY_EXPECTS(kept_rows() <= std::size(input_gradients), "inlay: room for the gradient of every input");
        if (take(output_gradients) && kept_rows() <= std::size(input_gradients))
            back_to<Backend, Parameters>(kept_inputs(), input_gradients, kept_rows());
    }
    template <class Backend, class Inputs, class Targets, class InputGradients>
    constexpr scalar_type pull_from_loss(const Inputs& inputs, const Targets& targets,
                                         InputGradients& input_gradients) {
        kept_ = {};
        const size_t count = std::size(inputs);
        INLAY_EXPECTS(count <= std::size(input_gradients), "inlay: room for the gradient of every input");
        if (count > std::size(input_gradients)) return std::numeric_limits<scalar_type>::quiet_NaN();
        const auto result =
            base::template run<Backend>(inputs, targets, without_states, [&](const auto* x, size_t rows) {
                back_to<Backend, false>(x, input_gradients, rows);
            });
        if (!result.learns)
            for (size_t n = 0; n < count; ++n) std::data(input_gradients)[n] = input_type{};
        return result.loss;
    }

    template <class Backend>
    constexpr void apply() noexcept {
        if (clip_ != nullptr) clip_(limits_, gradients_);
        optimizer_.template update<Backend>(net_, gradients_);
    }
    static constexpr void clip_gradients(const limits_type& limits, inlay::gradients<Network>& to) noexcept {
        if (std::is_constant_evaluated()) limits.template apply<kernels::scalar>(to);
        else limits.template apply<kernels::native>(to);
    }

    inlay::gradients<Network> gradients_{};
    [[no_unique_address]] optimizer_type optimizer_; // what follows fits in its padding
    limits_type limits_{};
    // Set by `clip` alone: a program that never calls it holds no code for it.
    void (*clip_)(const limits_type&, inlay::gradients<Network>&) noexcept = nullptr;
    bool pending_ = false; // whether gradients are being accumulated
    // What `forward` kept, until something else has the workspace: where its sample is, or of how many it has a copy.
    std::conditional_t<batch_size == 1, const input_element*, std::uint32_t> kept_{};
};

/// `trainer t{net, adam{.learning_rate = 0.1}, cross_entropy{}}` trains on single samples.
template <class Network, class Optimizer, class Loss>
trainer(Network&, Optimizer, Loss) -> trainer<Network, Loss, Optimizer>;
template <class Network, class Optimizer, class Loss>
trainer(Network&, Optimizer, Loss, seed) -> trainer<Network, Loss, Optimizer>;

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
