// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What keeps a network from learning: one pass forward and back, layer by layer, with the figures that tell.
#pragma once

#include <inlay/host/data_set.hpp>
#include <inlay/host/diagnosis.hpp>
#include <inlay/host/samples.hpp>
#include <inlay/host/summary.hpp>
#include <inlay/training/differentiate.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <limits>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Memory that layers can load whole registers from.
template <class Scalar>
class aligned_numbers {
  public:
    explicit aligned_numbers(size_t count) : blocks_(count / per_block + 1) {}
    [[nodiscard]] Scalar* data() noexcept { return blocks_.front().values; }

  private:
    static constexpr size_t per_block = 64 / sizeof(Scalar);
    struct alignas(64) block {
        Scalar values[per_block]{};
    };
    std::vector<block> blocks_;
};

/// A training pass whose layers run one by one, each into memory of its own. Not for networks that keep values by name or
/// have other elements than scalars between layers.
template <class Network, size_t Batch>
struct layered_pass {
    using chain = typename Network::chain_type;
    using scalar = typename Network::scalar_type;
    static constexpr size_t count = Network::layer_count;
    static constexpr bool possible = [] {
        bool plain = !chain::uses_names;
        topology::walk<0, count>(
            [&](auto i) { plain = plain && std::is_same_v<typename chain::template output_element<i>, scalar>; });
        return plain;
    }();
    using whole = context<kernels::native, context_options{.batch = Batch, .pass = pass::training}>;
    template <size_t I>
    using bound = typename chain::template bound<I>;

    explicit layered_pass(const Network& of) : net(of), gradients(std::make_unique<inlay::gradients<Network>>()) {
        topology::walk<0, count>([&](auto i) {
            values.emplace_back(Batch * bound<i>::output::size);
            output_gradients.emplace_back(Batch * bound<i>::output::size);
            caches.emplace_back(bound<i>::cache_size(Batch));
            scratch_size =
                std::max({scratch_size, bound<i>::forward_scratch(Batch, true), bound<i>::backward_scratch(Batch)});
        });
        scratch.emplace_back(scratch_size);
    }

    /// The outputs of every layer for the samples at x.
    void forward(const typename Network::input_element* x, size_t rows, random_generator& random) {
        const auto pointers = net.pointers();
        const auto ties = Network::tied_among(pointers);
        const forward_call_of<chain> call{.parameters = pointers,
                                          .input = x,
                                          .output = nullptr,
                                          .cache = nullptr,
                                          .scratch = scratch[0].data(),
                                          .state = nullptr,
                                          .random = &random,
                                          .rows = rows,
                                          .stored = net.stored(),
                                          .ties = ties.data()};
        topology::walk<0, count>([&](auto i) {
            auto inner = chain::template call_in<i, Batch>(call);
            if constexpr (i == 0) inner.input = x;
            else inner.input = values[i - 1].data();
            inner.output = values[i].data();
            inner.cache = caches[i].data();
            bound<i>::template forward<typename chain::template context_in<whole, i>>(inner);
        });
    }
    /// Back through the layers from output_gradients.back(); `before(i)` is called while those of layer i are there.
    template <class Before>
    void backward(const typename Network::input_element* x, size_t rows, Before before) {
        const auto pointers = net.pointers();
        gradients->clear();
        const auto into = Network::gradient_pointers(gradients->data());
        const auto ties = Network::tied_among(pointers);
        const auto tie_gradients = Network::tied_among(into);
        const backward_call_of<chain> call{.parameters = pointers,
                                           .gradients = into,
                                           .input = x,
                                           .output = nullptr,
                                           .cache = nullptr,
                                           .scratch = scratch[0].data(),
                                           .output_gradient = nullptr,
                                           .input_gradient = nullptr,
                                           .rows = rows,
                                           .ties = ties.data(),
                                           .tie_gradients = tie_gradients.data()};
        topology::walk<count, 0>([&](auto i) {
            using inner_context = typename chain::template context_in<whole, i>::template with_input_gradient<(i > 0)>;
            before(size_t{i});
            auto inner = chain::template call_in<i>(call);
            if constexpr (i == 0) inner.input = x;
            else inner.input = values[i - 1].data();
            inner.output = values[i].data();
            inner.cache = caches[i].data();
            inner.output_gradient = output_gradients[i].data();
            if constexpr (i > 0) inner.input_gradient = output_gradients[i - 1].data();
            chain::template backward_child<inner_context, i>(inner);
        });
    }

    const Network& net;
    std::unique_ptr<inlay::gradients<Network>> gradients;
    std::vector<aligned_numbers<scalar>> values, output_gradients, caches, scratch;
    size_t scratch_size = 0;
};

/// Whether a network has gradients for a batch of that size.
template <class Network, size_t Batch>
inline constexpr bool may_train =
    std::is_same_v<decltype(Network::chain_type::template judge_training<
                            context<kernels::scalar, context_options{.batch = Batch, .pass = pass::training}>>()),
                   topology::fits<>>;

/// Sums of one layer.
struct layer_sums {
    double values = 0, squares = 0, count = 0, gradients = 0, saturated = 0;
    std::vector<bool> alive;
    bool finite = true;
};

/// What is wrong with numbers as the first layer that learns sees them, from those of each feature.
inline void judge_inputs(const std::vector<double>& squares, double count, bool scaled, diagnosis& found) {
    double largest = 0;
    size_t which = 0;
    for (size_t i = 0; i < squares.size(); ++i)
        if (std::sqrt(squares[i] / count) > largest) largest = std::sqrt(squares[i] / count), which = i;
    if (largest <= 10 && largest >= 0.01_double) return;
    found.findings.push_back({illness::unscaled_inputs, 0, largest,
                              "inputs: feature " + std::to_string(which) + " has the largest root mean square, " +
                                  short_number(largest) + ", where 0.1 to 3 is learnt well: " +
                                  (scaled ? "adapt(net, train.inputs) measures the normalization layer"
                                          : "standardize(train, test), or put normalization first in the network and "
                                            "adapt(net, train.inputs)")});
}

} // namespace detail

/// Looks for what keeps a network from learning, on up to 1024 samples (spread evenly over those given), in batches of
/// `Batch`, as training would see them, and changes nothing:
///
/// - unscaled inputs: the root mean square of a feature, behind normalization if that comes first, exceeds 10, or all are
///   below 0.01;
/// - dead units: half or more (`limits` has other figures) of the units of a relu are 0 for every sample;
/// - saturated units: half or more of the outputs of a sigmoid or tanh are within 3 % of the ends of its range (not of the
///   network's last layer, whose probabilities may be near 0 and 1);
/// - vanishing and exploding gradients: the norm of ∂loss/∂outputs of the first layer with parameters is less than a
///   thousandth, or more than a thousand times, that of the last one;
/// - numbers that are not finite.
///
/// Layers inside of composites are not looked into: a composite is one layer. In a network that keeps values by name, or has
/// other elements than scalars between layers, only the inputs are judged. Throws std::invalid_argument for samples that fit
/// refuses.
template <size_t Batch = 32, class Network, class Loss, class Inputs, class Targets>
[[nodiscard]] diagnosis diagnose(const Network& net, const Loss& loss, const Inputs& inputs, const Targets& targets,
                                 const diagnosis_limits& limits = {}) {
    static_assert(Batch > 1, "inlay: diagnose looks at batches of two samples or more");
    using scalar = typename Network::scalar_type;
    using pass_type = detail::layered_pass<Network, Batch>;
    constexpr size_t count = Network::layer_count;
    detail::check_samples<Network>(loss, inputs, targets);
    const size_t samples = std::min<size_t>(inputs.size(), 1024);
    const auto place = [&](size_t n) { return n * inputs.size() / samples; };
    diagnosis found;
    topology::walk<0, count>([&](auto i) { found.layers.push_back({.name = detail::layer_text<Network, i>()}); });
    const auto kind = [](auto i) { return std::string_view(Network::template layer<i>::name); };
    constexpr bool scaled = std::string_view(Network::template layer<0>::name) == "normalization";

    std::vector<double> squares(Network::input_size);
    if constexpr (!pass_type::possible) {
        if constexpr (Network::has_input_gradient) {
            for (size_t n = 0; n < samples; ++n)
                for (size_t f = 0; f < squares.size(); ++f) {
                    const auto value = static_cast<double>(inputs[place(n)][f]);
                    squares[f] += value * value;
                }
            detail::judge_inputs(squares, static_cast<double>(samples), scaled, found);
        }
        return found;
    } else {
        const auto run = std::make_unique<pass_type>(net);
        std::vector<detail::layer_sums> sums(count);
        detail::aligned_numbers<typename Network::input_element> x(Batch * Network::input_size);
        std::vector<detail::item_of<Targets>> t(Batch);
        random_generator random(seed{1});
        size_t batches = 0;
        std::vector<double> weight_gradients(count);
        for (size_t first = 0; first < samples; first += Batch) {
            const size_t rows = std::min(Batch, samples - first);
            std::fill(x.data(), x.data() + Batch * Network::input_size, typename Network::input_element(0));
            for (size_t n = 0; n < rows; ++n) {
                const auto& one = inputs[place(first + n)];
                std::copy(one.begin(), one.end(), x.data() + n * Network::input_size);
                t[n] = targets[place(first + n)];
            }
            run->forward(x.data(), rows, random);
            topology::walk<0, count>([&](auto i) {
                constexpr size_t size = pass_type::template bound<i>::output::size,
                                 channels = pass_type::template bound<i>::output::last;
                detail::layer_sums& to = sums[i];
                to.alive.resize(channels);
                for (size_t at = 0; at < rows * size; ++at) {
                    const auto value = static_cast<double>(run->values[i].data()[at]);
                    to.finite = to.finite && value - value == 0;
                    to.values += value;
                    to.squares += value * value;
                    if (value > 0) to.alive[at % channels] = true;
                    if (kind(i) == "tanh") to.saturated += std::abs(value) > 0.94_double;
                    if (kind(i) == "sigmoid") to.saturated += value < 0.03_double || value > 0.97_double;
                    if (i == 0 && scaled) squares[at % Network::input_size] += value * value;
                }
                to.count += static_cast<double>(rows * size);
            });
            if constexpr (!scaled)
                for (size_t at = 0; at < rows * Network::input_size; ++at) {
                    const auto value = static_cast<double>(x.data()[at]);
                    squares[at % Network::input_size] += value * value;
                }
            const auto result = detail::compare_rows<kernels::native, typename Network::output_shape>(
                loss, run->values[count - 1].data(), t.data(), rows, run->output_gradients[count - 1].data());
            std::fill(run->output_gradients[count - 1].data() + rows * Network::output_size,
                      run->output_gradients[count - 1].data() + Batch * Network::output_size, scalar(0));
            if (!result.learns) continue; // all targets are ignored
            ++batches;
            constexpr bool can = detail::may_train<Network, Batch>;
            if constexpr (can) {
                std::array<size_t, count> sizes{};
                topology::walk<0, count>([&](auto i) { sizes[i] = pass_type::template bound<i>::output::size; });
                run->backward(x.data(), rows, [&](size_t i) {
                    for (size_t at = 0; at < rows * sizes[i]; ++at) {
                        const auto value = static_cast<double>(run->output_gradients[i].data()[at]);
                        sums[i].gradients += value * value * static_cast<double>(rows);
                    }
                });
                topology::walk<0, count>([&](auto i) {
                    double all = 0;
                    for (size_t at = Network::chain_type::tensor_starts[i];
                         at < Network::chain_type::tensor_starts[i + 1]; ++at)
                        for (size_t k = 0; Network::tensors[at].trainable && k < Network::tensors[at].size; ++k) {
                            const auto g = static_cast<double>(run->gradients->data()[Network::parameter_index(at, k)]);
                            all += g * g;
                        }
                    weight_gradients[i] += std::sqrt(all);
                });
            }
        }

        for (size_t i = 0; i < count; ++i) {
            layer_statistics& one = found.layers[i];
            const detail::layer_sums& of = sums[i];
            one.mean = of.values / of.count;
            one.deviation = std::sqrt(std::max(0.0, of.squares / of.count - one.mean * one.mean));
            one.gradient = std::sqrt(of.gradients);
            double all = 0;
            for (size_t at = Network::chain_type::tensor_starts[i]; at < Network::chain_type::tensor_starts[i + 1];
                 ++at) {
                if (!Network::tensors[at].trainable) continue;
                one.learns = true;
                for (size_t k = 0; k < Network::tensors[at].size; ++k) {
                    const auto value = static_cast<double>(net.parameters()[Network::parameter_index(at, k)]);
                    all += value * value;
                }
            }
            one.weight = std::sqrt(all);
            one.weight_gradient = weight_gradients[i] / static_cast<double>(std::max<size_t>(batches, 1));
        }
        if constexpr (Network::has_input_gradient)
            detail::judge_inputs(squares, static_cast<double>(samples), scaled, found);
        topology::walk<0, count>([&](auto i) {
            const detail::layer_sums& of = sums[i];
            layer_statistics& one = found.layers[i];
            one.kind = kind(i);
            one.finite = of.finite;
            if (kind(i) == "relu" || kind(i) == "relu6")
                one.dead = static_cast<double>(std::count(of.alive.begin(), of.alive.end(), false)) /
                           static_cast<double>(of.alive.size());
            if (kind(i) == "tanh" || kind(i) == "sigmoid") one.saturated = of.saturated / of.count;
        });
        judge_layers(found, limits);
        return found;
    }
}
/// The same of a data set.
template <size_t Batch = 32, class Network, class Loss, size_t Features>
[[nodiscard]] diagnosis diagnose(const Network& net, const Loss& loss,
                                 const data_set<Features, typename Network::scalar_type>& data,
                                 const diagnosis_limits& limits = {}) {
    return diagnose<Batch>(net, loss, data.inputs, data.labels, limits);
}

/// A callback for `fit`: diagnoses after every so many epochs, the first among them, and writes what it finds; nothing where
/// all is well. Never stops. Holds references.
///
///     fit(trainer, train.inputs, train.labels,
///         {.epochs = 100, .after_epoch = diagnose_every(10, net, cross_entropy{}, train.inputs, train.labels)}, random);
template <size_t Batch = 32, class Network, class Loss, class Inputs, class Targets>
[[nodiscard]] auto diagnose_every(size_t epochs, const Network& net, const Loss& loss, const Inputs& inputs,
                                  const Targets& targets, std::ostream& out = std::cerr,
                                  const diagnosis_limits& limits = {}) {
    return [=, &net, &inputs, &targets, &out](const auto& seen) {
        if (epochs > 0 && (seen.epochs() - 1) % epochs == 0)
            for (const finding& one : diagnose<Batch>(net, loss, inputs, targets, limits).findings)
                out << "epoch " + std::to_string(seen.epochs()) + ": " + one.text + "\n" << std::flush;
        return false;
    };
}

// ---- a layer of one's own -----------------------------------------------------------------------------------------------

/// What check_gradients measured.
struct gradient_check {
    double error = 0;  ///< the largest of all: |analytic − numeric| / (|analytic| + |numeric|), norms of a tensor
    std::string where; ///< the tensor that has it: "0.weight", or "input"
    double tolerance = 1e-6_double;

    /// Whether all gradients are right.
    [[nodiscard]] bool ok() const noexcept { return error <= tolerance; }
    /// The same.
    explicit operator bool() const noexcept { return ok(); }
    friend std::ostream& operator<<(std::ostream& out, const gradient_check& check) {
        return out << (check.ok() ? "gradients are right: " : "gradients are wrong: ") + check.where + " differs by " +
                          detail::short_number(check.error) + " of its norm\n";
    }
};

namespace detail {

/// Σ slopeᵢ·yᵢ: a loss whose gradient is known.
template <class Scalar>
struct along_a_direction {
    static constexpr auto name = "along_a_direction";
    static constexpr bool sums = true;
    template <class, size_t Outputs, class Target>
    static constexpr bool accepts = std::is_same_v<Target, std::array<Scalar, Outputs>>;
    template <size_t Outputs, class, class Target>
    constexpr Scalar weight(const Target&) const {
        return 1;
    }
    template <class Backend, size_t Outputs, class Target>
    constexpr Scalar row(const Scalar* y, const Target& slope, Scalar scale, Scalar* gradient) const {
        Scalar sum = 0;
        for (size_t i = 0; i < Outputs; ++i) {
            sum = math::fma(slope[i], y[i], sum);
            if (gradient) gradient[i] = math::product(scale, slope[i]);
        }
        return sum;
    }
};

} // namespace detail

/// Compares the gradients of a network, computed in double, with central differences of its outputs, for a layer of one's
/// own in one line:
///
///     BOOST_TEST(check_gradients<network<input<5>, my_layer<3>>>().ok());
///
/// Parameters, inputs and the direction of the outputs are drawn from `from`; of a large tensor 200 numbers are looked at.
/// Kinks (relu at 0) may lie between the two points of a difference: another seed tells. Networks that normalise over a batch
/// are checked as inference computes them.
template <class Network>
[[nodiscard]] gradient_check check_gradients(seed from = seed{1}) {
    using net_type = typename Network::template with_scalar<double>;
    const auto net = std::make_unique<net_type>();
    random_generator random(from);
    initialize(*net, seed{from.value + 1});
    for (size_t t = 0; t < net_type::tensor_count; ++t)
        if (net_type::tensors[t].trainable)
            for (size_t i = 0; i < net_type::tensors[t].size; ++i)
                net->parameters()[net_type::parameter_index(t, i)] += random.normal(0.0, 0.3_double);
    typename net_type::input_type x{};
    for (auto& value : x)
        if constexpr (net_type::has_input_gradient) value = random.normal(0.0, 1.0);
        else
            value = static_cast<typename net_type::input_element>(
                net_type::chain_type::token_count ? random() % net_type::chain_type::token_count : 0);
    typename net_type::output_type slope{};
    for (double& value : slope) value = random.normal(0.0, 1.0);
    const auto run = [&] {
        if constexpr (net_type::chain_type::traits.mixes_samples)
            return std::make_unique<differentiated<net_type>>(
                differentiate(*net, detail::along_a_direction<double>{}, x, slope, in_evaluation));
        else {
            random_generator same(seed{7}); // dropout drops the same
            return std::make_unique<differentiated<net_type>>(
                differentiate(*net, detail::along_a_direction<double>{}, x, slope, same));
        }
    };
    const auto exact = run();
    gradient_check found;
    found.where = "nothing";
    const auto compare = [&](const std::string& name, size_t size, auto value_at, auto gradient_at) {
        const size_t step = size / 200 + 1;
        double wrong = 0, analytic = 0, numeric = 0;
        for (size_t i = 0; i < size; i += step) {
            double& value = value_at(i);
            const double before = value, h = 1e-5_double * std::max(1.0, std::abs(before));
            value = before + h;
            const double above = run()->loss;
            value = before - h;
            const double below = run()->loss;
            value = before;
            const double difference = (above - below) / (2 * h), own = gradient_at(i);
            wrong += (own - difference) * (own - difference);
            analytic += own * own;
            numeric += difference * difference;
        }
        const double norm = std::sqrt(analytic) + std::sqrt(numeric);
        const double error = norm > 1e-8_double ? std::sqrt(wrong) / norm : norm - norm;
        if (!(error <= found.error) || found.where == "nothing") found.error = error, found.where = name;
    };
    for (size_t t = 0; t < net_type::tensor_count; ++t) {
        if (!net_type::tensors[t].trainable) continue;
        const auto at = [&](size_t i) { return net_type::parameter_index(t, i); };
        compare(
            std::string(net_type::tensors[t].name.view()), net_type::tensors[t].size,
            [&](size_t i) -> double& { return net->parameters()[at(i)]; },
            [&](size_t i) { return exact->gradients.data()[at(i)]; });
    }
    if constexpr (net_type::has_input_gradient)
        compare(
            "input", x.size(), [&](size_t i) -> double& { return x[i]; },
            [&](size_t i) { return exact->input_gradient[i]; });
    return found;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
