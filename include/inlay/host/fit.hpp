// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Training on a data set, epoch by epoch, that says when it cannot work.
#pragma once

#include <inlay/core/denormals.hpp>
#include <inlay/core/random.hpp>
#include <inlay/host/k_fold.hpp>
#include <inlay/host/samples.hpp>
#include <inlay/training/trainer.hpp>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Whether training could not start: all weights of all layers have one value, and there are two layers or more, the
/// hidden ones of several units. Then the units of a layer are, and stay, alike. (A single layer may well start at 0.)
template <class Network>
bool never_initialized(const Network& net, typename Network::scalar_type& value) {
    const auto layer_of = [](size_t tensor) {
        const std::string_view name = Network::tensors[tensor].name.view();
        return name.substr(0, std::min(name.rfind('.'), name.size()));
    };
    bool several_layers = false, several_units = false;
    size_t before = Network::tensor_count;
    for (size_t t = 0; t < Network::tensor_count; ++t) {
        const tensor_spec& spec = Network::tensors[t];
        if (spec.role != tensor_role::weight) continue;
        if (before == Network::tensor_count) value = net.parameters()[Network::parameter_index(t, 0)];
        else if (layer_of(t) != layer_of(before)) {
            several_layers = true;
            several_units = several_units || Network::tensors[before].extents[0] > 1;
        }
        before = t;
        for (size_t i = 0; i < spec.size; ++i)
            if (!(net.parameters()[Network::parameter_index(t, i)] == value)) return false;
    }
    return several_layers && several_units;
}

/// Throws unless all parameters are finite, naming the first that is not.
template <class Network>
void check_parameters(const Network& net) {
    if (all_finite<Network::parameter_extent>(net.parameters().data())) return;
    for (size_t t = 0; t < Network::tensor_count; ++t)
        for (size_t i = 0; i < Network::tensors[t].size; ++i) {
            const auto value = net.parameters()[Network::parameter_index(t, i)];
            if (!(value - value == 0))
                throw std::invalid_argument("inlay: parameter " + std::string(Network::tensors[t].name.view()) + "[" +
                                            std::to_string(i) + "] of the network is " +
                                            (value == value ? "infinite" : "NaN") +
                                            ": initialize(net, inlay::seed{1}) gives start values");
        }
}

template <class Trainer>
void check_trainer(Trainer& trainer) {
    const auto rate = static_cast<double>(trainer.learning_rate());
    if (!(rate >= 0) || !(rate - rate == 0))
        throw std::invalid_argument("inlay: the learning rate is " + short_number(rate) +
                                    ": expected a finite number, 0 or more");
}

/// A trainer whose gradients can be looked at before they are applied.
template <class Trainer, class Inputs, class Targets>
concept can_refuse = requires(Trainer& trainer, const Inputs& inputs, const Targets& targets) {
    trainer.step_if(inputs, targets, [](auto) { return true; });
    trainer.gradients();
};

/// The loss of these targets if all outputs were 0: how large losses are on this data, whatever the network.
template <class Network, class Loss, class Targets>
double loss_of_zeros(const Loss& loss, const Targets& targets) {
    const std::vector<typename Network::scalar_type> zeros(Network::output_size);
    double total = 0, weight = 0;
    for (const auto& target : targets) {
        const auto one = loss_of_sample<kernels::scalar, Network>(loss, zeros.data(), target);
        total += one.value;
        weight += one.weight;
    }
    return is_summed<Loss> || weight == 0 ? total : total / weight;
}

/// What a training has seen so far.
struct course {
    size_t epoch = 0;      ///< counted from 1; 0 if it is not known
    bool begun = false;    ///< whether there was a batch
    double first_loss = 0; ///< that of the first batch, before any update

    // Of the present epoch.
    size_t samples = 0;                ///< that are done
    size_t batches = 0;                ///< that are done
    size_t counted = 0;                ///< labels that counted
    double total = 0;                  ///< their losses
    random_generator before_shuffle{}; ///< what shuffled its samples

    void end_epoch() {
        samples = batches = counted = 0;
        total = 0;
    }
};

/// What is wrong with a loss as a number; empty if nothing.
inline std::string fault_of_loss(double loss) {
    if (loss - loss == 0) return {};
    return loss != loss ? "the loss is NaN" : "the loss is infinite";
}

/// Ends a training at the batch x. The network is as it was before.
template <class Trainer, class Input>
[[noreturn]] void stop_training(const course& so_far, const Trainer& trainer, std::span<const Input> x,
                                const std::string& what) {
    double largest = 0;
    for (const Input& sample : x)
        for (const auto value : sample) largest = std::max(largest, static_cast<double>(value < 0 ? -value : value));
    throw std::runtime_error("inlay: " + what + " in " +
                             (so_far.epoch ? "epoch " + std::to_string(so_far.epoch) + ", " : "") + "batch " +
                             std::to_string(so_far.batches) +
                             ", and training stops; the network is as before that batch. Lower the learning rate (" +
                             short_number(static_cast<double>(trainer.learning_rate())) +
                             "), scale the inputs (the largest of the batch is " + short_number(largest) +
                             "; standardize makes it about 3), and look for NaN and extreme values in the data");
}

/// True, or a compile-time error: whether an after_… returns what it may.
template <class Result>
consteval bool reports() {
    constexpr bool fits = std::is_void_v<Result> || std::is_same_v<Result, bool>;
    static_assert(fits, "inlay: after_batch and after_epoch return nothing, or a bool: true stops the training");
    return fits;
}

/// Calls an after_… and says whether it wants to stop.
template <class After, class... Arguments>
bool wants_to_stop(After& after, Arguments... arguments) {
    if constexpr (std::is_same_v<decltype(after(arguments...)), bool>) return after(arguments...);
    else {
        after(arguments...);
        return false;
    }
}

/// One step, which is not done when its loss or a gradient is not finite, or when the loss has become huge.
template <class Trainer, class Input, class Target>
double watched_step(Trainer& trainer, std::span<const Input> x, std::span<const Target> t, course& so_far) {
    using network = typename Trainer::network_type;
    using scalar = typename Trainer::scalar_type;
    constexpr double huge = 1e6;
    std::string wrong;
    const auto look_at = [&](double loss) {
        wrong = fault_of_loss(loss);
        if (wrong.empty() && so_far.begun && loss > huge && loss > huge * so_far.first_loss) {
            const double usual = loss_of_zeros<network>(trainer.loss(), t);
            if (loss > huge * usual)
                wrong = "training diverges: the loss is " + short_number(loss) + ", after " +
                        short_number(so_far.first_loss) + " at first and " + short_number(usual) + " for outputs of 0,";
        }
        return wrong.empty();
    };
    const auto buffers = trainer.net().canonical_buffers(); // running statistics
    double loss = 0;
    if constexpr (can_refuse<Trainer, std::span<const Input>, std::span<const Target>>) {
        loss = static_cast<double>(trainer.step_if(x, t, [&](scalar value) {
            if (look_at(static_cast<double>(value)) &&
                !all_finite<network::trainable_extent>(trainer.gradients().data()))
                wrong = "a gradient is not finite";
            return wrong.empty();
        }));
        if (!wrong.empty()) trainer.net().assign_buffers(buffers);
    } else { // online_trainer changes the parameters as it goes
        const std::vector<scalar> before(trainer.net().parameters().begin(), trainer.net().parameters().end());
        loss = static_cast<double>(trainer.step(x, t));
        if (!look_at(loss)) std::copy(before.begin(), before.end(), trainer.net().parameters().begin());
    }
    if (!wrong.empty()) {
        if (!all_finite<network::parameter_extent>(trainer.net().parameters().data()))
            wrong += " (the step before has made parameters infinite)";
        stop_training(so_far, trainer, x, wrong);
    }
    if (!so_far.begun) so_far.first_loss = loss < 0 ? -loss : loss;
    so_far.begun = true;
    return loss;
}

/// One epoch, or what is left of it: its mean loss. `step(x, t, counts)` learns from a batch of which so many targets count,
/// and returns its loss; `after_batch(samples)` may stop.
template <class Trainer, class Inputs, class Targets, class Step, class AfterBatch>
double each_batch(Trainer& trainer, const Inputs& inputs, const Targets& targets, random_generator& random,
                  course& so_far, Step step, AfterBatch& after_batch) {
    using network = typename Trainer::network_type;
    using input_type = typename Trainer::input_type;
    using target_type = item_of<Targets>;
    using loss_type = std::remove_cvref_t<decltype(trainer.loss())>;
    constexpr size_t most = Trainer::batch_size;
    check_trainer(trainer);
    if constexpr (requires { trainer.gradients(); }) trainer.gradients().clear(); // as step does
    const flush_denormals guard; // moments of dead units decay into the subnormal range
    if (so_far.samples == 0) so_far.before_shuffle = random;
    random_generator shuffles = so_far.before_shuffle;
    const std::vector<size_t> order = shuffled_indices(inputs.size(), shuffles);
    if (so_far.samples == 0) random = shuffles; // else it has been through that already
    std::vector<input_type> x(most);
    std::vector<target_type> t(most);
    for (size_t start = so_far.samples; start < order.size(); start += most) {
        const size_t rows = std::min(most, order.size() - start);
        size_t counts = 0;
        for (size_t n = 0; n < rows; ++n) {
            const size_t sample = order[start + n];
            x[n] = inputs[sample];
            t[n] = targets[sample];
            counts += check_target<network::output_size>(trainer.loss(), t[n], sample);
        }
        ++so_far.batches;
        if (counts > 0) { // else all of them are ignored: nothing to learn
            const double loss =
                step(std::span<const input_type>(x.data(), rows), std::span<const target_type>(t.data(), rows), counts);
            so_far.total += is_summed<loss_type> ? loss : loss * static_cast<double>(counts);
            so_far.counted += counts;
        }
        so_far.samples = start + rows;
        if (wants_to_stop(after_batch, start + rows)) break;
    }
    const double loss = so_far.counted == 0 ? 0 : so_far.total / static_cast<double>(so_far.counted);
    so_far.end_epoch();
    return loss;
}

/// An epoch of watched steps.
template <class Trainer, class Inputs, class Targets, class AfterBatch>
double watched_epoch(Trainer& trainer, const Inputs& inputs, const Targets& targets, random_generator& random,
                     AfterBatch& after_batch, course& so_far) {
    return each_batch(
        trainer, inputs, targets, random, so_far,
        [&](auto x, auto t, size_t) { return watched_step(trainer, x, t, so_far); }, after_batch);
}

/// What fit and fit_epoch look at before the first step.
template <class Trainer, class Inputs, class Targets>
void check_training(Trainer& trainer, const Inputs& inputs, const Targets& targets) {
    using network = typename Trainer::network_type;
    using scalar = typename Trainer::scalar_type;
    static_assert(std::is_same_v<item_of<Inputs>, typename Trainer::input_type>,
                  "inlay: inputs[i] must be a std::array<Scalar, input_size>");
    check_samples<network>(trainer.loss(), inputs, targets);
    check_trainer(trainer);
    check_parameters(trainer.net());
    scalar value = 0;
    if (never_initialized(trainer.net(), value))
        throw std::invalid_argument("inlay: all weights of the network are " +
                                    short_number(static_cast<double>(value)) +
                                    ", and training could not start from there: initialize(net, inlay::seed{1}) "
                                    "gives them start values");
}

} // namespace detail

/// One epoch of training: every sample once, in random order, in batches; a last, smaller batch is trained as such.
/// Returns the mean loss over the samples (targets of ignore_index do not count; for
/// `summed<…>` the sum of the batches' sums, per sample), each batch's before its update.
/// `after_batch(samples done)` is called after each batch; it may return a bool, and true ends the epoch there.
///
/// `inputs` and `targets` have size() and []: std::vector, std::array, std::span, or your own. Throws
/// std::invalid_argument, and changes nothing,
///
/// - when there are no samples, not as many targets as inputs, or nothing but ignored targets;
/// - for an infinite or NaN number in a sample, and a label that is neither below the number of outputs nor the loss's
///   ignore_index; the message names the sample;
/// - for a learning rate that is negative, infinite or NaN;
/// - when the network was never initialised: all weights have the same value, and there are hidden units; or when a
///   parameter is infinite or NaN.
///
/// Throws std::runtime_error, and leaves the network as it was before that batch, when
///
/// - the loss of a batch or one of its gradients is infinite or NaN;
/// - training diverges: the loss of a batch exceeds a million, and a million times that of the first batch, and a million
///   times what these targets would give with all outputs 0. (For squared errors the outputs are then a thousand times too
///   large. Steps that are somewhat too large pass through there on their way to infinity; a bad start, a rare sample and
///   large targets do not.)
template <class Trainer, class Inputs, class Targets, class AfterBatch>
double fit_epoch(Trainer& trainer, const Inputs& inputs, const Targets& targets, random_generator& random,
                 AfterBatch after_batch) {
    if constexpr (!detail::reports<decltype(after_batch(size_t{}))>()) return 0;
    else {
        detail::check_training(trainer, inputs, targets);
        detail::course so_far;
        return detail::watched_epoch(trainer, inputs, targets, random, after_batch, so_far);
    }
}
/// The same without a report.
template <class Trainer, class Inputs, class Targets>
double fit_epoch(Trainer& trainer, const Inputs& inputs, const Targets& targets, random_generator& random) {
    return fit_epoch(trainer, inputs, targets, random, [](size_t) {});
}

/// `epochs` times fit_epoch; returns how many were done. `after_epoch(epoch, mean loss)`, epochs counted from 1, may
/// report, set the learning rate, and return a bool, of which true stops the training:
///
///     fit(trainer, data.inputs, data.labels, 100, random, [](size_t, double loss) { return loss < 0.01; });
///
/// Throws what fit_epoch throws, the message naming the epoch. Samples are looked at once, before the first step.
template <class Trainer, class Inputs, class Targets, class AfterEpoch>
size_t fit(Trainer& trainer, const Inputs& inputs, const Targets& targets, size_t epochs, random_generator& random,
           AfterEpoch after_epoch) {
    if constexpr (!detail::reports<decltype(after_epoch(size_t{}, double{}))>()) return 0;
    else {
        detail::check_training(trainer, inputs, targets);
        detail::course so_far;
        const auto no_report = [](size_t) {};
        for (so_far.epoch = 1; so_far.epoch <= epochs; ++so_far.epoch) {
            const double loss = detail::watched_epoch(trainer, inputs, targets, random, no_report, so_far);
            if (detail::wants_to_stop(after_epoch, so_far.epoch, loss)) return so_far.epoch;
        }
        return epochs;
    }
}
/// The same without a report.
template <class Trainer, class Inputs, class Targets>
size_t fit(Trainer& trainer, const Inputs& inputs, const Targets& targets, size_t epochs, random_generator& random) {
    return fit(trainer, inputs, targets, epochs, random, [](size_t, double) {});
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
