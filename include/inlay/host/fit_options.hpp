// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Training with all that belongs to it: validation, metrics, early stopping, a schedule, accumulation; and what came of it.
#pragma once

#include <inlay/host/fit.hpp>
#include <inlay/host/predict.hpp>
#include <inlay/host/progress_bar.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <limits>
#include <optional>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What came of a training, an entry per epoch: `history.loss.back()`, `history["accuracy"]`.
struct history {
    /// A metric over the epochs.
    struct curve {
        std::string name;
        std::vector<double> values;
    };
    std::vector<double> loss;            ///< the mean loss of the epoch's batches, each before its update
    std::vector<double> validation_loss; ///< after the epoch; empty without validation
    std::vector<double> learning_rate;   ///< that of the epoch's last step
    std::vector<curve> metrics;          ///< after the epoch, of the validation samples, or without them of all
    size_t best_epoch = 0;      ///< counted from 1; the one with the least loss (validation loss if there is one)
    bool stopped_early = false; ///< by patience, after_epoch or after_batch

    /// How many epochs were done.
    [[nodiscard]] size_t epochs() const noexcept { return loss.size(); }
    /// "loss", "validation_loss", "learning_rate", or a metric's values. Throws std::invalid_argument for another name.
    [[nodiscard]] const std::vector<double>& operator[](std::string_view name) const {
        if (name == "loss") return loss;
        if (name == "validation_loss") return validation_loss;
        if (name == "learning_rate") return learning_rate;
        for (const curve& one : metrics)
            if (one.name == name) return one.values;
        throw std::invalid_argument("inlay: a history has no " + std::string(name));
    }
    /// What patience goes by.
    [[nodiscard]] const std::vector<double>& watched() const noexcept {
        return validation_loss.empty() ? loss : validation_loss;
    }
    /// The last epoch as one line.
    [[nodiscard]] std::string last_line() const {
        return loss.empty() ? "no epoch" : "epoch " + std::to_string(loss.size()) + "  " + last_figures();
    }
    /// Its figures.
    [[nodiscard]] std::string last_figures() const {
        if (loss.empty()) return {};
        std::string line = "loss " + detail::short_number(loss.back());
        if (!validation_loss.empty()) line += "  validation_loss " + detail::short_number(validation_loss.back());
        for (const curve& one : metrics) line += "  " + one.name + " " + detail::short_number(one.values.back());
        return line;
    }
};

/// How `fit` trains.
struct fit_options {
    size_t epochs = 10;
    /// Ends the training when the watched loss (validation, if there is one) has not fallen for so many epochs; 0: never.
    size_t patience = 0;
    double min_delta = 0;     ///< a fall counts if it is larger than this
    bool restore_best = true; ///< with patience: the network is at the end what it was after its best epoch
    /// A share of the samples, the last ones, kept from training to validate with (Keras' validation_split); 0: none.
    double validation_split = 0;
    size_t accumulate = 1; ///< batches per update: as a batch so many times as large, in the memory of one
    size_t threads = 0;    ///< of a parallel_trainer, with the same bits for any number; 0: those that it has
    /// The learning rate of update 0, 1, …: `schedule::cosine{.rate = 0.01, .total = 1000}`. Empty: the trainer's.
    std::function<double(size_t)> schedule{};
    /// Called after each epoch, its numbers the last of the history's: true stops.
    std::function<bool(const history&)> after_epoch{};
    std::ostream* report = nullptr; ///< for a line per epoch: `&std::cout`
    /// Called after each batch with the samples done and the mean loss of this epoch so far: true stops.
    std::function<bool(size_t, double)> after_batch{};
    /// Keras' verbose: on a terminal a bar per epoch with loss, metrics, samples per second and the time left; elsewhere (a
    /// file, a pipe, a log) a line per epoch with the same. On `report`, or without one on std::cout. Without it fit is silent.
    bool verbose = false;
};

/// Several callbacks as one, which are all called; it stops where one of them does: `.after_epoch = callbacks(a, b)`.
template <class... Calls>
[[nodiscard]] auto callbacks(Calls... calls) {
    return [... calls = std::move(calls)](const auto&... arguments) mutable {
        bool stop = false;
        const auto call = [&](auto& one) {
            if (detail::wants_to_stop<std::remove_reference_t<decltype(one)>, decltype(arguments)...>(one,
                                                                                                      arguments...))
                stop = true;
        };
        (call(calls), ...);
        return stop;
    };
}

/// Samples to validate with: `validation{test.inputs, test.labels}`. Holds references.
template <class Inputs, class Targets>
struct validation {
    const Inputs& inputs;
    const Targets& targets;
};
template <class Inputs, class Targets>
validation(const Inputs&, const Targets&) -> validation<Inputs, Targets>;

/// A figure to follow: `metric{"error", [](const auto& net, const auto& inputs, const auto& targets) { return …; }}`, a
/// double, of a span of inputs and whatever the targets are.
template <class Call>
struct metric {
    std::string name;
    Call call;
};
template <class Name, class Call>
metric(Name, Call) -> metric<Call>;

/// The share of right classes, as a metric.
[[nodiscard]] inline auto accuracy_metric() {
    return metric{"accuracy", [](const auto& net, const auto& inputs, const auto& labels) {
                      return accuracy(net, inputs, labels);
                  }};
}

namespace detail {

/// The first samples of a range.
template <class Range>
struct first_of_range {
    Range& range;
    size_t count;
    [[nodiscard]] size_t size() const { return count; }
    [[nodiscard]] decltype(auto) operator[](size_t index) const { return range[index]; }
    void epoch(size_t number) const requires requires { range.epoch(number); }
    { range.epoch(number); }
};

/// Nothing to validate with.
struct no_validation {};

/// How far a training with options is.
template <class Scalar>
struct fit_progress {
    bool validates = false;
    history seen{};
    course so_far{.epoch = 1};
    size_t updates = 0;
    double rate = 0; ///< of the last update
    double best = std::numeric_limits<double>::infinity();
    std::vector<Scalar> best_parameters{}; ///< as they are in memory; empty where they are not to be restored
};
/// Whoever keeps it between two updates and two epochs, and has it at the begin. This one forgets.
struct no_keeper {
    void begin(auto&) {}
    void after_update(const auto&) {}
    void after_epoch(const auto&, bool /*over*/) {}
};

/// What fit shows of a training.
class fit_display {
  public:
    fit_display(const fit_options& options, size_t samples)
        : fit_display(options, samples, options.report ? *options.report : std::cout) {}
    fit_display(const fit_options& options, size_t samples, std::ostream& out)
        : fit_display(options, samples, out, progress_bar::on_terminal(out)) {}
    fit_display(const fit_options& options, size_t samples, std::ostream& out, bool terminal)
        : options_(options), samples_(samples), out_(out), terminal_(terminal) {}

    void begin_epoch(size_t number) {
        if (!options_.verbose) return;
        begun_ = shown_ = clock::now();
        done_ = 0;
        if (first_ == 0) first_ = number, start_ = begun_; // not 1 where a checkpoint was found
        number_ = number;
        if (terminal_) {
            // Of one width, that bars stand below each other.
            std::string of = std::to_string(options_.epochs), at = std::to_string(number);
            bar_.emplace("epoch " + std::string(of.size() - std::min(of.size(), at.size()), ' ') + at + "/" + of,
                         samples_, out_, true);
        }
    }
    void after_batch(size_t samples, double loss) {
        if (!options_.verbose) return;
        done_ = samples;
        const clock::time_point now = clock::now();
        took_ = std::chrono::duration<double>(now - begun_).count();
        if (!bar_ || now - shown_ < std::chrono::milliseconds(50)) return; // writing numbers costs more than a step
        shown_ = now;
        bar_->update(samples, "loss " + short_number(loss) + "  " + speed());
    }
    /// After validation and metrics.
    void end_epoch(const history& seen) {
        if (options_.verbose) {
            if (bar_) {
                bar_->update(done_, seen.last_figures() + "  " + speed());
                bar_->finish();
                bar_.reset();
            } else {
                const double elapsed = std::chrono::duration<double>(clock::now() - start_).count();
                const auto done = static_cast<double>(number_ - first_ + 1),
                           to_do = static_cast<double>(options_.epochs - number_);
                out_ << "epoch " << number_ << "/" << options_.epochs << "  " << seen.last_figures() << "  " << speed()
                     << ", " << progress_bar::duration(elapsed / done * to_do) << " left\n"
                     << std::flush;
            }
        } else if (options_.report) out_ << seen.last_line() << '\n' << std::flush;
    }

  private:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] std::string speed() const {
        return std::to_string(static_cast<long long>(took_ > 0 ? static_cast<double>(done_) / took_ : 0)) +
               " samples/s";
    }

    const fit_options& options_;
    size_t samples_, number_ = 0, first_ = 0, done_ = 0;
    std::ostream& out_;
    bool terminal_;
    std::optional<progress_bar> bar_;
    clock::time_point start_, begun_, shown_;
    double took_ = 0;
};

template <class Scalar, size_t Extent>
void scale_all(Scalar* values, double factor) {
    for (size_t i = 0; i < Extent; ++i) values[i] = static_cast<Scalar>(static_cast<double>(values[i]) * factor);
}

/// An epoch that updates after every `every` batches. Batches add the gradients of their means, each counting as many
/// samples as it has: gradients are Σ (samples/unit)·gradient until the update divides by Σ samples/unit.
template <class Trainer, class Inputs, class Targets, class AfterUpdate, class AfterBatch>
double accumulating_epoch(Trainer& trainer, const Inputs& inputs, const Targets& targets, random_generator& random,
                          size_t every, AfterUpdate after_update, AfterBatch after_samples, course& so_far) {
    using scalar = typename Trainer::scalar_type;
    constexpr size_t extent = Trainer::network_type::trainable_extent;
    constexpr bool sums = is_summed<std::remove_cvref_t<decltype(trainer.loss())>>;
    double unit = 0, all = 0;
    size_t pending = 0;
    const auto step = [&](auto x, auto t, size_t counts) {
        const auto size = static_cast<double>(counts);
        if (!sums && unit > 0 && counts != static_cast<size_t>(unit))
            scale_all<scalar, extent>(trainer.gradients().data(), unit / size);
        unit = size;
        const auto loss = static_cast<double>(trainer.accumulate(x, t));
        std::string wrong = fault_of_loss(loss);
        if (wrong.empty() && !all_finite<extent>(trainer.gradients().data())) wrong = "a gradient is not finite";
        if (!wrong.empty()) {
            trainer.gradients().clear();
            stop_training(so_far, trainer, x, wrong);
        }
        all += size;
        ++pending;
        return loss;
    };
    const auto after_batch = [&](size_t samples) {
        if (pending == 0 || (pending < every && samples < inputs.size())) return after_samples(samples);
        if (!sums && pending > 1) scale_all<scalar, extent>(trainer.gradients().data(), unit / all);
        trainer.update();
        after_update();
        unit = all = 0;
        pending = 0;
        return after_samples(samples);
    };
    return each_batch(trainer, inputs, targets, random, so_far, step, after_batch);
}

template <class Trainer, class Inputs, class Targets, class Validation, class Keeper, class... Metrics>
history fit_with(Trainer& trainer, Inputs& inputs, const Targets& targets, const fit_options& options,
                 random_generator& random, const Validation& validation, Keeper& keeper, const Metrics&... metrics) {
    using network = typename Trainer::network_type;
    constexpr bool validates = !std::is_same_v<Validation, no_validation>;
    constexpr bool accumulates = requires { trainer.update(); };
    network& net = trainer.net();
    check_training(trainer, inputs, targets);
    if constexpr (validates) check_samples<network>(trainer.loss(), validation.inputs, validation.targets);
    if (options.accumulate == 0 || (options.accumulate > 1 && !accumulates))
        throw std::invalid_argument(
            "inlay: fit: accumulates " + std::to_string(options.accumulate) +
            " batches per update: expected at least 1, and more only of a trainer that has update()");
    if constexpr (requires { trainer.threads(options.threads); }) {
        if (options.threads > 0) trainer.threads(options.threads);
    } else if (options.threads > 1)
        throw std::invalid_argument("inlay: fit: " + std::to_string(options.threads) +
                                    " threads of a trainer that has one: parallel_trainer<network, loss, optimizer, "
                                    "batch<64>> has several");
    fit_progress<typename network::scalar_type> at;
    at.validates = validates;
    (at.seen.metrics.push_back({metrics.name, {}}), ...);
    keeper.begin(at);
    history& seen = at.seen;
    course& so_far = at.so_far;
    const auto set_rate = [&] {
        if (!options.schedule) return;
        const double rate = options.schedule(at.updates);
        if (!(rate >= 0) || !(rate - rate == 0)) // the trainer would end the program
            throw std::invalid_argument("inlay: the learning rate of update " + std::to_string(at.updates) + " is " +
                                        short_number(rate) + ": expected a finite number, 0 or more");
        trainer.learning_rate(rate);
    };
    fit_display display(options, inputs.size());
    const auto after_update = [&] {
        at.rate = static_cast<double>(trainer.learning_rate());
        ++at.updates;
        set_rate();
        keeper.after_update(at);
    };
    const auto after_samples = [&](size_t samples) {
        const double mean = so_far.counted == 0 ? 0 : so_far.total / static_cast<double>(so_far.counted);
        display.after_batch(samples, mean);
        if (options.after_batch && options.after_batch(samples, mean)) seen.stopped_early = true;
        return seen.stopped_early;
    };
    while (!seen.stopped_early && so_far.epoch <= options.epochs) {
        display.begin_epoch(so_far.epoch);
        if constexpr (requires { inputs.epoch(so_far.epoch); }) inputs.epoch(so_far.epoch);
        if (at.updates == 0) set_rate();
        double loss = 0;
        if (options.accumulate > 1) {
            if constexpr (accumulates)
                loss = accumulating_epoch(trainer, inputs, targets, random, options.accumulate, after_update,
                                          after_samples, so_far);
        } else {
            const auto after_batch = [&](size_t samples) {
                after_update();
                return after_samples(samples);
            };
            loss = watched_epoch(trainer, inputs, targets, random, after_batch, so_far);
        }
        seen.loss.push_back(loss);
        seen.learning_rate.push_back(at.rate);
        size_t number = 0;
        if constexpr (validates) {
            const std::span<const typename network::input_type> x(validation.inputs);
            seen.validation_loss.push_back(evaluate(net, trainer.loss(), x, validation.targets));
            (seen.metrics[number++].values.push_back(metrics.call(net, x, validation.targets)), ...);
        } else if constexpr (sizeof...(Metrics) > 0) {
            std::vector<typename network::input_type> x;
            std::vector<item_of<Targets>> t;
            for (size_t i = 0; i < inputs.size(); ++i) x.push_back(inputs[i]), t.push_back(targets[i]);
            const std::span<const typename network::input_type> all(x);
            (seen.metrics[number++].values.push_back(metrics.call(net, all, t)), ...);
        }
        display.end_epoch(seen);
        const double watched = seen.watched().back();
        if (watched < at.best - options.min_delta || seen.best_epoch == 0) {
            at.best = watched;
            seen.best_epoch = so_far.epoch;
            if (options.patience > 0 && options.restore_best)
                at.best_parameters.assign(net.parameters().begin(), net.parameters().end());
        }
        if (options.after_epoch && options.after_epoch(seen)) seen.stopped_early = true;
        if (options.patience > 0 && so_far.epoch - seen.best_epoch >= options.patience) seen.stopped_early = true;
        ++so_far.epoch;
        keeper.after_epoch(at, seen.stopped_early || so_far.epoch > options.epochs);
    }
    if (!at.best_parameters.empty())
        std::copy(at.best_parameters.begin(), at.best_parameters.end(), net.parameters().begin());
    return seen;
}

/// With the last of the samples to validate with, where the options ask for them.
template <class Trainer, class Inputs, class Targets, class Keeper, class... Metrics>
history fit_split(Trainer& trainer, Inputs& inputs, const Targets& targets, const fit_options& options,
                  random_generator& random, Keeper& keeper, const Metrics&... metrics) {
    const double share = options.validation_split;
    if (!(share >= 0 && share < 1))
        throw std::invalid_argument("inlay: fit: a validation_split of " + short_number(share) +
                                    ": expected 0 to below 1");
    if (share == 0) return fit_with(trainer, inputs, targets, options, random, no_validation{}, keeper, metrics...);
    check_counts(inputs.size(), targets.size(), "targets");
    const auto count = static_cast<size_t>(static_cast<double>(inputs.size()) * (1 - share));
    if (count == 0 || count == inputs.size())
        throw std::invalid_argument("inlay: fit: a validation_split of " + short_number(share) + " of " +
                                    std::to_string(inputs.size()) + " samples leaves nothing to " +
                                    (count == 0 ? "train" : "validate") + " with");
    std::vector<typename Trainer::input_type> last_inputs;
    std::vector<item_of<Targets>> last_targets;
    for (size_t i = count; i < inputs.size(); ++i) {
        last_inputs.push_back(inputs[i]);
        last_targets.push_back(targets[i]);
    }
    const first_of_range<std::remove_reference_t<Inputs>> first_inputs{inputs, count};
    const first_of_range<const Targets> first_targets{targets, count};
    return fit_with(trainer, first_inputs, first_targets, options, random, validation{last_inputs, last_targets},
                    keeper, metrics...);
}
/// With samples to validate with.
template <class Trainer, class Inputs, class Targets, class With, class Keeper, class... Metrics>
history fit_validated(Trainer& trainer, Inputs& inputs, const Targets& targets, const fit_options& options,
                      random_generator& random, const With& with, Keeper& keeper, const Metrics&... metrics) {
    if (options.validation_split != 0)
        throw std::invalid_argument("inlay: fit: samples to validate with, and a validation_split besides");
    return fit_with(trainer, inputs, targets, options, random, with, keeper, metrics...);
}

} // namespace detail

/// Trains as `options` say, and returns what came of it:
///
///     const history h = fit(trainer, train.inputs, train.labels, {.epochs = 100, .patience = 5, .validation_split = 0.2},
///                           random, accuracy_metric());
///     h.best_epoch, h.validation_loss, h["accuracy"]
///
/// An epoch is one of fit_epoch's, with the same bits where nothing is accumulated. The optimiser keeps its moments also
/// where the best parameters are restored. Inputs that have `epoch(number)`, as `augmented` has, are told the number of each
/// epoch, counted from 1. With accumulation, training stops for a loss or gradient that is not finite, but does not look
/// for divergence. Throws what fit throws, and std::invalid_argument for a validation_split that is not from 0 to below 1
/// or leaves a part empty.
template <class Trainer, class Inputs, class Targets, class... Calls>
history fit(Trainer& trainer, Inputs&& inputs, const Targets& targets, const fit_options& options,
            random_generator& random, const metric<Calls>&... metrics) {
    detail::no_keeper keeper;
    return detail::fit_split(trainer, inputs, targets, options, random, keeper, metrics...);
}
/// The same, validated with other samples (a contiguous range of inputs): `fit(trainer, train.inputs, train.labels, options,
/// random, validation{test.inputs, test.labels}, accuracy_metric())`. options.validation_split is 0.
template <class Trainer, class Inputs, class Targets, class ValidationInputs, class ValidationTargets, class... Calls>
history fit(Trainer& trainer, Inputs&& inputs, const Targets& targets, const fit_options& options,
            random_generator& random, const validation<ValidationInputs, ValidationTargets>& with,
            const metric<Calls>&... metrics) {
    detail::no_keeper keeper;
    return detail::fit_validated(trainer, inputs, targets, options, random, with, keeper, metrics...);
}

/// Weights that make every class count alike: samples/(classes · samples of the class), for weighted_cross_entropy
/// (scikit-learn's class_weight="balanced"). A class without samples has weight 0. Throws std::invalid_argument for a label
/// that is not below `Classes`, and without samples.
template <size_t Classes, class Weight = float, class Labels>
[[nodiscard]] std::array<Weight, Classes> balanced_class_weights(const Labels& labels) {
    std::array<size_t, Classes> counts{};
    detail::check_counts(labels.size(), labels.size(), "labels");
    for (size_t i = 0; i < labels.size(); ++i) {
        detail::check_label(labels[i], i, Classes, std::to_string(Classes) + " outputs");
        ++counts[static_cast<size_t>(labels[i])];
    }
    std::array<Weight, Classes> weights{};
    for (size_t c = 0; c < Classes; ++c)
        if (counts[c] > 0)
            weights[c] =
                static_cast<Weight>(static_cast<double>(labels.size()) / static_cast<double>(Classes * counts[c]));
    return weights;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
