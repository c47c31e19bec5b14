// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Any moment of a training in a file, from which it goes on with the same bits.
#pragma once

#include <inlay/files/weights.hpp>
#include <inlay/host/fit.hpp>
#include <inlay/host/fit_options.hpp>
#include <inlay/training/trainer.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Where `fit` writes checkpoints, and when: `{.path = "run.checkpoint", .every_minutes = 5}`. Without a number: after every
/// epoch. Whatever they say, one is written at the end.
struct checkpoint_options {
    std::filesystem::path path{};      ///< the file; it is replaced as a whole or not at all
    size_t every_steps = 0;            ///< after so many batches
    double every_minutes = 0;          ///< after the first batch that ends so long after the last checkpoint
    size_t limit = default_file_limit; ///< the most bytes that are read
};

/// How far a loop of your own has come. What it counts is its own affair.
struct training_position {
    size_t epoch = 0; ///< whatever the loop counts as epochs
    size_t step = 0;  ///< and as steps
};

namespace detail {

inline constexpr const char *key_of_checksum = "inlay.checksum", *key_of_trainer = "inlay.trainer";
inline constexpr std::string_view no_checksum = "0x0000000000000000";

/// FNV-1a (64 bits) of a file's contents, with zeros in place of the checksum at `at`.
inline std::uint64_t checksum_of(std::string_view contents, size_t at) noexcept {
    hash_writer hash;
    hash(contents.substr(0, at));
    hash(no_checksum);
    hash(contents.substr(at + no_checksum.size()));
    return hash.value;
}
/// Where in a file's contents the checksum is; npos if it has none.
inline size_t place_of_checksum(std::string_view contents) noexcept {
    const std::string before = std::string("\"") + key_of_checksum + "\":\"";
    const size_t found = contents.find(before);
    if (found == contents.npos || contents.size() - found < before.size() + no_checksum.size()) return contents.npos;
    return found + before.size();
}

/// "cross_entropy, adam, batch<32>"
template <class Trainer>
struct trainer_text {
    static std::string text() { return std::string(own_name(compiler_name<Trainer>())); }
};
template <template <class...> class Template, class Network, class... Parts>
struct trainer_text<Template<Network, Parts...>> {
    static std::string text() {
        text_writer write;
        describe_parts(write, own_name(compiler_name<Template<Network, Parts...>>()),
                       type_parts<type_part<Parts>...>{});
        return write.value;
    }
};

template <class Trainer>
inline constexpr bool has_moments = requires(Trainer& trainer) {
    trainer.optimizer().moments();
};

template <class Trainer>
consteval bool has_factors() {
    if constexpr (!has_moments<Trainer>) return false;
    else return !std::is_empty_v<std::remove_cvref_t<decltype(std::declval<Trainer&>().optimizer().factors())>>;
}

/// A plain object's bytes.
template <class Value>
std::string bytes_of(const Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>, "inlay: what a checkpoint holds is plain data");
    std::string bytes(sizeof(Value), '\0');
    std::memcpy(bytes.data(), &value, sizeof(Value));
    return bytes;
}
using generator_words = std::array<std::uint64_t, 2>;
inline std::string words_in_file(std::span<const std::uint64_t> words) {
    std::string bytes;
    for (const std::uint64_t word : words) append_little_endian(bytes, word, 8);
    return bytes;
}
inline std::vector<std::uint64_t> words_from(std::string_view bytes) {
    std::vector<std::uint64_t> words;
    for (size_t at = 0; at < bytes.size(); at += 8) words.push_back(little_endian(bytes.substr(at, 8)));
    return words;
}

/// What a checkpoint says of the loop.
struct loop_state {
    course so_far{};
    size_t data = 0;   ///< samples; 0 for a loop of one's own
    bool over = false; ///< whether after_epoch has ended it
    bool by_fit = false;
    random_generator random{};
};

/// PyTorch's order of columns, where it can be told.
template <class Network>
flatten_order order_for_checkpoint() {
    const bool told = columns_in_files<Network>(flatten_order::images_channels_first).untold.empty();
    return told ? flatten_order::images_channels_first : flatten_order::channels_last;
}

/// Calls body(moment, tensor, name in the file) for every tensor that the optimiser remembers something of.
template <class Trainer, class Body>
void each_moment(Body body) {
    using network = typename Trainer::network_type;
    for (size_t m = 0; m < Trainer::optimizer_type::moment_count; ++m)
        for (size_t t = 0; t < network::tensor_count; ++t)
            if (network::tensors[t].trainable)
                body(m, t,
                     "optimizer.moment" + std::to_string(m + 1) + "." + std::string(network::tensors[t].name.view()));
}

/// The numbers of a history under their names in a checkpoint.
template <class History, class Body>
void each_curve(History& seen, Body body) {
    body("history.loss", seen.loss);
    body("history.validation_loss", seen.validation_loss);
    body("history.learning_rate", seen.learning_rate);
    for (auto& one : seen.metrics) body("history.metric." + one.name, one.values);
}

/// What a training with options adds; without them nothing.
struct no_progress {};

template <class Trainer, class Progress = no_progress>
std::string checkpoint_contents(Trainer& trainer, const loop_state& loop, const Progress& progress = {}) {
    using network = typename Trainer::network_type;
    using scalar = typename Trainer::scalar_type;
    std::vector<std::string> memory;
    std::deque<std::string> more; // which stay where they are
    std::vector<file_tensor> tensors = tensors_for_file(
        trainer.net(), save_options{.prefix = "net.", .flatten = order_for_checkpoint<network>()}, memory);
    const auto add = [&](std::string name, const char* dtype, std::vector<size_t> shape, std::string bytes) {
        more.push_back(std::move(bytes));
        tensors.push_back({std::move(name), dtype, std::move(shape), more.back()});
    };
    if constexpr (has_moments<Trainer>)
        each_moment<Trainer>([&](size_t m, size_t t, std::string name) {
            std::vector<scalar> values(network::tensors[t].size);
            for (size_t i = 0; i < values.size(); ++i)
                values[i] =
                    trainer.optimizer().moments()[m * network::trainable_extent + network::parameter_index(t, i)];
            add(std::move(name), dtype_of<scalar>, extents_of(network::tensors[t]),
                bytes_in_file(std::span<const scalar>(values), network::tensors[t], column_order{}));
        });
    if constexpr (has_moments<Trainer>) {
        add("optimizer.rule", "U8", {sizeof(trainer.optimizer().rule())}, bytes_of(trainer.optimizer().rule()));
        if constexpr (has_factors<Trainer>())
            add("optimizer.factors", "U8", {sizeof(trainer.optimizer().factors())},
                bytes_of(trainer.optimizer().factors()));
    } else {
        const scalar rate = trainer.learning_rate();
        add("optimizer.learning_rate", "U8", {sizeof rate}, bytes_of(rate));
    }
    const auto generator = [&](const char* name, const random_generator& random) {
        add(name, "U64", {2}, words_in_file(std::bit_cast<generator_words>(random)));
    };
    generator("random.trainer", trainer.random());
    generator("random.loop", loop.random);
    generator("random.before_shuffle", loop.so_far.before_shuffle);
    const course& so_far = loop.so_far;
    const std::array<std::uint64_t, 10> position{so_far.epoch,
                                                 so_far.samples,
                                                 so_far.batches,
                                                 so_far.counted,
                                                 std::bit_cast<std::uint64_t>(so_far.total),
                                                 so_far.begun,
                                                 std::bit_cast<std::uint64_t>(so_far.first_loss),
                                                 loop.data,
                                                 loop.over,
                                                 loop.by_fit};
    add("position", "U64", {position.size()}, words_in_file(position));
    if constexpr (!std::is_same_v<Progress, no_progress>) {
        const history& seen = progress.seen;
        each_curve(seen, [&](std::string name, const std::vector<double>& values) {
            std::string bytes;
            for (const double value : values) append_little_endian(bytes, std::bit_cast<std::uint64_t>(value), 8);
            add(std::move(name), "F64", {values.size()}, std::move(bytes));
        });
        const std::array<std::uint64_t, 5> numbers{progress.updates, std::bit_cast<std::uint64_t>(progress.rate),
                                                   std::bit_cast<std::uint64_t>(progress.best), seen.best_epoch,
                                                   seen.stopped_early};
        add("progress", "U64", {numbers.size()}, words_in_file(numbers));
        if (!progress.best_parameters.empty()) {
            const auto best = std::make_unique<network>(trainer.net());
            std::copy(progress.best_parameters.begin(), progress.best_parameters.end(), best->parameters().begin());
            std::vector<std::string> memory_of_best;
            for (file_tensor& tensor :
                 tensors_for_file(*best, save_options{.prefix = "best.", .flatten = order_for_checkpoint<network>()},
                                  memory_of_best))
                add(std::move(tensor.name), tensor.dtype.c_str(), std::move(tensor.shape), std::string(tensor.bytes));
        }
    }

    std::map<std::string, std::string> metadata;
    describe_network<network>(metadata);
    metadata[key_of_trainer] = trainer_text<Trainer>::text();
    metadata[key_of_checksum] = no_checksum;
    std::string contents = safetensors_contents(tensors, metadata);
    const size_t at = place_of_checksum(contents);
    contents.replace(at, no_checksum.size(), hexadecimal_number(checksum_of(contents, at)));
    return contents;
}

/// Everything from a file, unless `check`, which is told about the loop before anything changes, throws.
template <class Trainer, class Check, class Progress = no_progress>
loop_state take_checkpoint(Trainer& trainer, const std::filesystem::path& path, size_t limit, Check check,
                           [[maybe_unused]] Progress* progress = nullptr) {
    using network = typename Trainer::network_type;
    using scalar = typename Trainer::scalar_type;
    const std::string file = path.string();
    const tensor_file from = read_safetensors(path, limit);
    const auto& says = from.metadata();
    const auto said = [&](const char* key) {
        const auto found = says.find(key);
        return found == says.end() ? std::string() : found->second;
    };
    const size_t place = place_of_checksum(from.contents());
    if (said(key_of_checksum).empty() || said(key_of_trainer).empty() || place == std::string::npos)
        throw file_error(file, "is no checkpoint");
    if (said(key_of_checksum) != hexadecimal_number(checksum_of(from.contents(), place)))
        throw file_error(file, "is damaged: its checksum is not that of its contents");
    check_network<network>(says, file, "");
    const auto same = [&](const std::string& found, const std::string& own, const char* what) {
        if (found != own)
            throw file_error(file, std::string("was written by another ") + what +
                                       side_by_side("the file ", found, "this one ", own));
    };
    same(said(key_of_trainer), trainer_text<Trainer>::text(), "trainer");
    same(said(key_of_scalar), dtype_of<scalar>, "type of numbers");
    same(said(key_of_bits), std::to_string(bits_version), "inlay::bits_version");

    // All of it is looked at before anything changes.
    const auto bytes = [&](const std::string& name, const char* dtype, const std::vector<size_t>& shape) {
        const size_t at = from.find(name);
        if (at == from.tensors().size())
            throw file_error(file, "lacks tensor " + name + ", " + dtype_and_shape(dtype, shape));
        const file_tensor& tensor = from.tensors()[at];
        if (tensor.dtype != dtype || tensor.shape != shape)
            throw file_error(file, "tensor " + name + " is " + dtype_and_shape(tensor.dtype, tensor.shape) +
                                       ", expected " + dtype_and_shape(dtype, shape));
        return tensor.bytes;
    };
    auto values = all_elements(trainer.net());
    read_tensors<network>(from, file, load_options{.prefix = "net.", .flatten = order_for_checkpoint<network>()},
                          values);
    std::vector<scalar> moments;
    if constexpr (has_moments<Trainer>)
        each_moment<Trainer>([&](size_t, size_t t, const std::string& name) {
            bytes(name, dtype_of<scalar>, extents_of(network::tensors[t]));
            const file_tensor& tensor = from.tensors()[from.find(name)];
            for (size_t i = 0; i < network::tensors[t].size; ++i)
                moments.push_back(static_cast<scalar>(number_of(tensor, i)));
        });
    const auto generator = [&](const char* name) {
        const auto words = words_from(bytes(name, "U64", {2}));
        return std::bit_cast<random_generator>(generator_words{words[0], words[1]});
    };
    const random_generator of_trainer = generator("random.trainer");
    loop_state loop;
    loop.random = generator("random.loop");
    loop.so_far.before_shuffle = generator("random.before_shuffle");
    const auto position = words_from(bytes("position", "U64", {10}));
    loop.so_far.epoch = static_cast<size_t>(position[0]);
    loop.so_far.samples = static_cast<size_t>(position[1]);
    loop.so_far.batches = static_cast<size_t>(position[2]);
    loop.so_far.counted = static_cast<size_t>(position[3]);
    loop.so_far.total = std::bit_cast<double>(position[4]);
    loop.so_far.begun = position[5] != 0;
    loop.so_far.first_loss = std::bit_cast<double>(position[6]);
    loop.data = static_cast<size_t>(position[7]);
    loop.over = position[8] != 0;
    loop.by_fit = position[9] != 0;
    std::string_view rule;
    [[maybe_unused]] std::string_view factors;
    if constexpr (has_moments<Trainer>) {
        rule = bytes("optimizer.rule", "U8", {sizeof(trainer.optimizer().rule())});
        if constexpr (has_factors<Trainer>())
            factors = bytes("optimizer.factors", "U8", {sizeof(trainer.optimizer().factors())});
    } else rule = bytes("optimizer.learning_rate", "U8", {sizeof(scalar)});
    check(std::as_const(loop));
    if constexpr (!std::is_same_v<Progress, no_progress>) {
        Progress found = *progress;
        const size_t epochs = loop.so_far.epoch - 1;
        for (const file_tensor& tensor : from.tensors()) {
            const std::string_view name = tensor.name, before = "history.metric.";
            if (name.substr(0, before.size()) != before) continue;
            const auto& own = found.seen.metrics;
            if (std::none_of(own.begin(), own.end(), [&](const auto& one) {
                    return before.size() + one.name.size() == name.size() && name.ends_with(one.name);
                }))
                throw file_error(file, "has the metric " + std::string(name.substr(before.size())) +
                                           ", which is not followed here");
        }
        each_curve(found.seen, [&](const std::string& name, std::vector<double>& curve) {
            const bool none = name == "history.validation_loss" && !found.validates;
            curve.clear();
            for (const std::uint64_t word : words_from(bytes(name, "F64", {none ? 0 : epochs})))
                curve.push_back(std::bit_cast<double>(word));
        });
        const auto numbers = words_from(bytes("progress", "U64", {5}));
        found.so_far = loop.so_far;
        found.updates = static_cast<size_t>(numbers[0]);
        found.rate = std::bit_cast<double>(numbers[1]);
        found.best = std::bit_cast<double>(numbers[2]);
        found.seen.best_epoch = static_cast<size_t>(numbers[3]);
        found.seen.stopped_early = numbers[4] != 0;
        found.best_parameters.clear();
        const std::string first =
            "best." + std::string(network::tensor_count > 0 ? network::tensors[0].name.view() : "");
        if (from.find(first) < from.tensors().size()) {
            const auto best = std::make_unique<network>(trainer.net());
            auto of_best = all_elements(*best);
            read_tensors<network>(from, file,
                                  load_options{.prefix = "best.", .flatten = order_for_checkpoint<network>()}, of_best);
            assign_all(*best, of_best);
            found.best_parameters.assign(best->parameters().begin(), best->parameters().end());
        }
        *progress = std::move(found);
    }

    assign_all(trainer.net(), values);
    trainer.random() = of_trainer;
    if constexpr (has_moments<Trainer>) {
        each_moment<Trainer>([&, at = size_t{0}](size_t m, size_t t, const std::string&) mutable {
            for (size_t i = 0; i < network::tensors[t].size; ++i)
                trainer.optimizer().moments()[m * network::trainable_extent + network::parameter_index(t, i)] =
                    moments[at++];
        });
        std::memcpy(static_cast<void*>(&trainer.optimizer().rule()), rule.data(), rule.size());
        if constexpr (has_factors<Trainer>())
            std::memcpy(static_cast<void*>(&trainer.optimizer().factors()), factors.data(), factors.size());
    } else {
        scalar rate{};
        std::memcpy(&rate, rule.data(), rule.size());
        trainer.learning_rate(static_cast<double>(rate));
    }
    return loop;
}

} // namespace detail

/// Writes all that a training needs to go on: the network, the optimiser with its moments and learning rate, what dropout
/// draws from, `random`, and how far you are. For a loop of your own; `fit` does it itself.
///
///     save_checkpoint(trainer, "run.checkpoint", random, {.epoch = epoch, .step = step});
///
/// The file is replaced as a whole or not at all: whatever happens, an old checkpoint or the new one is there. It is a
/// safetensors file: `load(net, "run.checkpoint", {.prefix = "net."})` takes the network alone. Gradients that are being
/// accumulated are not in it, nor are clipping limits and what the loss was made with: the program sets those again.
/// Throws as `save` does.
template <class Trainer>
void save_checkpoint(Trainer& trainer, const std::filesystem::path& path, const random_generator& random,
                     training_position at = {}) {
    detail::loop_state loop;
    loop.random = random;
    loop.so_far.epoch = at.epoch;
    loop.so_far.batches = at.step;
    replace_file(path, detail::checkpoint_contents(trainer, loop));
}

/// Takes all of that back, and returns how far the training was: `const auto [epoch, step] = load_checkpoint(trainer,
/// "run.checkpoint", random)`. From there it goes on with the same bits.
///
/// Throws file_error, and leaves everything as it was, when there is no such file, it is no checkpoint or damaged (it has a
/// checksum), or comes from another network, loss, optimiser, batch size, type of numbers or bits_version.
template <class Trainer>
training_position load_checkpoint(Trainer& trainer, const std::filesystem::path& path, random_generator& random,
                                  size_t limit = default_file_limit) {
    const detail::loop_state loop = detail::take_checkpoint(trainer, path, limit, [](const auto&) {});
    random = loop.random;
    return {loop.so_far.epoch, loop.so_far.batches};
}

namespace detail {

/// When `fit` writes a checkpoint, and the one that it begins with.
class checkpoint_keeper {
  public:
    checkpoint_keeper(const checkpoint_options& options, size_t samples) : options_(options) {
        loop_.so_far.epoch = 1;
        loop_.data = samples;
        loop_.by_fit = true;
    }
    [[nodiscard]] loop_state& loop() noexcept { return loop_; }
    /// Whether there is a file, which has been taken then.
    template <class Trainer, class Progress = no_progress>
    bool found(Trainer& trainer, random_generator& random, Progress* progress = nullptr) {
        std::error_code problem;
        if (!std::filesystem::exists(options_.path, problem)) return false;
        loop_ = take_checkpoint(
            trainer, options_.path, options_.limit,
            [&](const loop_state& found) {
                if (!found.by_fit)
                    throw file_error(options_.path.string(), "was not written by fit, but by save_checkpoint");
                if (found.data != loop_.data)
                    throw file_error(options_.path.string(),
                                     "was written in a training on " + std::to_string(found.data) +
                                         " samples, and here are " + std::to_string(loop_.data));
            },
            progress);
        random = loop_.random;
        return true;
    }
    /// After an update; true if it is time to write.
    [[nodiscard]] bool due() {
        ++steps_;
        return (options_.every_steps > 0 && steps_ >= options_.every_steps) ||
               (options_.every_minutes > 0 &&
                std::chrono::duration<double, std::ratio<60>>(clock::now() - last_).count() >= options_.every_minutes);
    }
    [[nodiscard]] bool after_every_epoch() const noexcept {
        return options_.every_steps == 0 && options_.every_minutes <= 0;
    }
    template <class Trainer, class Progress = no_progress>
    void write(Trainer& trainer, const random_generator& random, const Progress& progress = {}) {
        loop_.random = random;
        replace_file(options_.path, checkpoint_contents(trainer, loop_, progress));
        last_ = clock::now();
        steps_ = 0;
    }

  private:
    using clock = std::chrono::steady_clock;
    const checkpoint_options& options_;
    loop_state loop_;
    size_t steps_ = 0;
    clock::time_point last_ = clock::now();
};

/// The keeper of fit_with.
template <class Trainer>
class progress_keeper {
  public:
    progress_keeper(Trainer& trainer, random_generator& random, const checkpoint_options& options, size_t samples)
        : trainer_(trainer), random_(random), files_(options, samples) {}

    template <class Progress>
    void begin(Progress& progress) {
        files_.found(trainer_, random_, &progress);
    }
    template <class Progress>
    void after_update(const Progress& progress) {
        if (files_.due()) write(progress);
    }
    template <class Progress>
    void after_epoch(const Progress& progress, bool over) {
        if (over || files_.after_every_epoch()) write(progress);
    }

  private:
    template <class Progress>
    void write(const Progress& progress) {
        files_.loop().so_far = progress.so_far;
        files_.loop().over = progress.seen.stopped_early;
        files_.write(trainer_, random_, progress);
    }

    Trainer& trainer_;
    random_generator& random_;
    checkpoint_keeper files_;
};

} // namespace detail

/// `fit` that may be interrupted: writes checkpoints, and goes on from the one that it finds.
///
///     fit(trainer, data.inputs, data.labels, 100, random, report, {.path = "run.checkpoint", .every_minutes = 5});
///
/// Started again after whatever has ended it, at any instant, with the same arguments, it ends with the same bits as if
/// nothing had: what was done since the last checkpoint is done again, `after_epoch` of that epoch included. The learning
/// rate and the other numbers of the optimiser are the checkpoint's. A training that was over, by its epochs or by
/// `after_epoch`, is not begun again; with more epochs it goes on. To start anew, remove the file.
///
/// Throws what fit throws, and file_error, before anything changes, for a file that load_checkpoint would refuse or that was
/// written on another number of samples; and when a checkpoint cannot be written: the one before is as it was then, and
/// the training can go on from there.
template <class Trainer, class Inputs, class Targets, class AfterEpoch>
size_t fit(Trainer& trainer, const Inputs& inputs, const Targets& targets, size_t epochs, random_generator& random,
           AfterEpoch after_epoch, const checkpoint_options& options) {
    if constexpr (!detail::reports<decltype(after_epoch(size_t{}, double{}))>()) return 0;
    else {
        detail::check_training(trainer, inputs, targets);
        detail::checkpoint_keeper files(options, inputs.size());
        detail::loop_state& loop = files.loop();
        if (files.found(trainer, random) && (loop.over || loop.so_far.epoch > epochs)) return loop.so_far.epoch - 1;
        const auto after_batch = [&](size_t) {
            if (files.due()) files.write(trainer, random);
        };
        while (loop.so_far.epoch <= epochs) {
            const size_t epoch = loop.so_far.epoch;
            const double loss = detail::watched_epoch(trainer, inputs, targets, random, after_batch, loop.so_far);
            loop.over = detail::wants_to_stop(after_epoch, epoch, loss);
            ++loop.so_far.epoch;
            if (loop.over || epoch == epochs || files.after_every_epoch()) files.write(trainer, random);
            if (loop.over) return epoch;
        }
        return epochs;
    }
}
/// The same without a report.
template <class Trainer, class Inputs, class Targets>
size_t fit(Trainer& trainer, const Inputs& inputs, const Targets& targets, size_t epochs, random_generator& random,
           const checkpoint_options& options) {
    return fit(
        trainer, inputs, targets, epochs, random, [](size_t, double) {}, options);
}

/// `fit` with options, interruptible in the same way: the history, what patience waits for, the best parameters so far and
/// the place in the schedule are in the file too.
///
///     const history h = fit(trainer, train.inputs, train.labels, {.epochs = 100, .patience = 5, .validation_split = 0.2},
///                           random, {.path = "run.checkpoint", .every_minutes = 5}, accuracy_metric());
///
/// With accumulation a checkpoint is written after an update alone. What is not in it, the options, the metrics and the samples
/// to validate with, is as before in a program that is started again; other metrics, or none to
/// validate with where there were some, are refused with file_error. A training that has stopped early is over; one that was over by its epochs goes on with more of them.
template <class Trainer, class Inputs, class Targets, class... Calls>
history fit(Trainer& trainer, Inputs&& inputs, const Targets& targets, const fit_options& options,
            random_generator& random, const checkpoint_options& checkpoints, const metric<Calls>&... metrics) {
    detail::progress_keeper<Trainer> keeper(trainer, random, checkpoints, inputs.size());
    return detail::fit_split(trainer, inputs, targets, options, random, keeper, metrics...);
}
/// The same, validated with other samples.
template <class Trainer, class Inputs, class Targets, class ValidationInputs, class ValidationTargets, class... Calls>
history fit(Trainer& trainer, Inputs&& inputs, const Targets& targets, const fit_options& options,
            random_generator& random, const checkpoint_options& checkpoints,
            const validation<ValidationInputs, ValidationTargets>& with, const metric<Calls>&... metrics) {
    detail::progress_keeper<Trainer> keeper(trainer, random, checkpoints, inputs.size());
    return detail::fit_validated(trainer, inputs, targets, options, random, with, keeper, metrics...);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
