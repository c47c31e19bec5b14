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
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
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

/// The branches of a composite, each as a network of its own on an input of shape In; none for any other layer.
template <class Scalar, class In, class... Layers>
struct as_network {
    using identity = std::type_identity<void>; // of tokens
};
template <class Scalar, size_t... Extents, class... Layers>
struct as_network<Scalar, shape<Extents...>, Layers...> {
    using identity = std::type_identity<basic_network<Scalar, input<Extents...>, Layers...>>;
};
template <class Scalar, size_t... Extents, class... Layers>
struct as_network<Scalar, shape<Extents...>, sequential<Layers...>> : as_network<Scalar, shape<Extents...>, Layers...> {
};

template <class Scalar, class In, class Layer>
struct branches_of {
    using type = std::tuple<>;
};
template <class Scalar, class In, class... Layers>
struct branches_of<Scalar, In, sequential<Layers...>> {
    using type = std::tuple<typename as_network<Scalar, In, Layers...>::identity>;
};
template <class Scalar, class In, class... Layers>
struct branches_of<Scalar, In, residual<Layers...>> {
    using type = std::tuple<typename as_network<Scalar, In, Layers...>::identity>;
};
template <class Scalar, class In, class... Branches>
struct branches_of<Scalar, In, parallel<Branches...>> {
    using type = std::tuple<typename as_network<Scalar, In, Branches>::identity...>;
};

template <class Network, size_t Batch>
class measured_layers;

/// A branch with a copy of its parameters. What it is measured with is what its composite gets.
template <class Branch, size_t Batch>
struct measured_branch {
    /// The branch's first tensor in the network, and its first column in the composite's output.
    template <class Network>
    measured_branch(const Network& of, size_t tensor, size_t at) : net(std::make_unique<Branch>()), column(at) {
        for (size_t t = 0; t < Branch::tensor_count; ++t)
            for (size_t k = 0; k < Branch::tensors[t].size; ++k)
                net->parameters()[Branch::parameter_index(t, k)] =
                    of.parameters()[Network::parameter_index(tensor + t, k)];
        layers = std::make_unique<measured_layers<Branch, Batch>>(*net);
    }
    std::unique_ptr<Branch> net;
    std::unique_ptr<measured_layers<Branch, Batch>> layers;
    size_t column;
};
template <size_t Batch>
struct measured_branch<void, Batch> {
    measured_branch(const auto&, size_t, size_t) {}
};

/// The figures of a network's layers, and of those inside of them.
template <class Network, size_t Batch>
class measured_layers {
  public:
    using scalar = typename Network::scalar_type;
    using input_element = typename Network::input_element;
    using chain = typename Network::chain_type;
    using pass_type = layered_pass<Network, Batch>;
    static constexpr size_t count = Network::layer_count;

    explicit measured_layers(const Network& of) : net(of), run(of), sums(count), weight_gradients(count) {
        if constexpr (chain::ties.size() == 0 && Network::stored_extent == 0)
            topology::walk<0, count>([&](auto i) {
                size_t tensor = chain::tensor_starts[i], column = 0;
                each_branch<i>([&](auto branch, auto& place) {
                    using type = typename decltype(branch)::type;
                    if constexpr (!std::is_void_v<type>) {
                        place.emplace(of, tensor, column);
                        tensor += type::tensor_count;
                        column += type::output_shape::last;
                    }
                });
            });
    }

    [[nodiscard]] const scalar* outputs() { return run.values[count - 1].data(); }
    [[nodiscard]] scalar* output_gradients() { return run.output_gradients[count - 1].data(); }
    /// What layer i gave for the batch.
    [[nodiscard]] const scalar* values(size_t i) { return run.values[i].data(); }

    void forward(const input_element* x, size_t rows, random_generator& random) {
        run.forward(x, rows, random);
        topology::walk<0, count>([&](auto i) {
            constexpr size_t size = pass_type::template bound<i>::output::size,
                             channels = pass_type::template bound<i>::output::last;
            layer_sums& to = sums[i];
            to.alive.resize(channels);
            for (size_t at = 0; at < rows * size; ++at) {
                const auto value = static_cast<double>(run.values[i].data()[at]);
                to.finite = to.finite && value - value == 0;
                to.values += value;
                to.squares += value * value;
                if (value > 0) to.alive[at % channels] = true;
                if (kind(i) == "tanh") to.saturated += std::abs(value) > 0.94_double;
                if (kind(i) == "sigmoid") to.saturated += value < 0.03_double || value > 0.97_double;
            }
            to.count += static_cast<double>(rows * size);
            each_branch<i>([&](auto, auto& place) {
                if constexpr (requires { place->layers; })
                    if (place) place->layers->forward(input_of_layer<i>(x), rows, random);
            });
        });
    }
    /// From the output gradients back; a batch that has been through forward.
    void backward(const input_element* x, size_t rows) {
        ++batches;
        const auto before = [&](auto i) {
            constexpr size_t size = pass_type::template bound<i>::output::size,
                             width = pass_type::template bound<i>::output::last;
            const scalar* const gradients = run.output_gradients[i].data();
            for (size_t at = 0; at < rows * size; ++at) {
                const auto value = static_cast<double>(gradients[at]);
                sums[i].gradients += value * value * static_cast<double>(rows);
            }
            each_branch<i>([&](auto branch, auto& place) {
                using type = typename decltype(branch)::type;
                if constexpr (!std::is_void_v<type>)
                    if (place) { // its columns
                        constexpr size_t own = type::output_shape::last, positions = Batch * size / width;
                        for (size_t p = 0; p < positions; ++p)
                            std::copy(gradients + p * width + place->column,
                                      gradients + p * width + place->column + own,
                                      place->layers->output_gradients() + p * own);
                        place->layers->backward(input_of_layer<i>(x), rows);
                    }
            });
        };
        run.backward(x, rows, [&](size_t i) {
            topology::walk<0, count>([&](auto each) {
                if (each == i) before(each);
            });
        });
        topology::walk<0, count>([&](auto i) {
            double all = 0;
            for (size_t at = chain::tensor_starts[i]; at < chain::tensor_starts[i + 1]; ++at)
                for (size_t k = 0; Network::tensors[at].trainable && k < Network::tensors[at].size; ++k) {
                    const auto g = static_cast<double>(run.gradients->data()[Network::parameter_index(at, k)]);
                    all += g * g;
                }
            weight_gradients[i] += std::sqrt(all);
        });
    }

    /// The figures, the first layer's path being `path` and `start`; findings about the layers inside others.
    [[nodiscard]] diagnosis results(const std::string& path, size_t start, bool ends, const diagnosis_limits& limits) {
        diagnosis found;
        std::vector<finding> inner;
        topology::walk<0, count>([&](auto i) {
            layer_statistics one{.name = layer_text<Network, i>(), .kind = std::string(kind(i))};
            const layer_sums& of = sums[i];
            const std::string own = path + std::to_string(start + i);
            if (!path.empty()) one.path = own;
            one.finite = of.finite;
            one.mean = of.values / of.count;
            one.deviation = std::sqrt(std::max(0.0, of.squares / of.count - one.mean * one.mean));
            one.gradient = std::sqrt(of.gradients);
            if (kind(i) == "relu" || kind(i) == "relu6")
                one.dead = static_cast<double>(std::count(of.alive.begin(), of.alive.end(), false)) /
                           static_cast<double>(of.alive.size());
            if (kind(i) == "tanh" || kind(i) == "sigmoid") one.saturated = of.saturated / of.count;
            double all = 0;
            for (size_t at = chain::tensor_starts[i]; at < chain::tensor_starts[i + 1]; ++at) {
                if (!Network::tensors[at].trainable) continue;
                one.learns = true;
                for (size_t k = 0; k < Network::tensors[at].size; ++k) {
                    const auto value = static_cast<double>(net.parameters()[Network::parameter_index(at, k)]);
                    all += value * value;
                }
            }
            one.weight = std::sqrt(all);
            one.weight_gradient = weight_gradients[i] / static_cast<double>(std::max<size_t>(batches, 1));
            size_t number = 0;
            constexpr bool several = std::string_view(Network::template layer<i>::name) == "parallel";
            each_branch<i>([&](auto, auto& place) {
                if constexpr (requires { place->layers; })
                    if (place) {
                        // A branch of parallel is a layer, or a list of them.
                        constexpr bool single = std::remove_cvref_t<decltype(*place->layers)>::count == 1;
                        const std::string at = own + (several && !single ? "." + std::to_string(number) : "") + ".";
                        diagnosis of_branch =
                            place->layers->results(at, several && single ? number : 0, ends && i + 1 == count, limits);
                        judge_layers(of_branch, limits, ends && i + 1 == count);
                        for (finding& each : of_branch.findings) {
                            each.layer = i;
                            inner.push_back(std::move(each));
                        }
                        for (auto& layer : of_branch.layers) one.inside.push_back(std::move(layer));
                    }
                ++number;
            });
            found.layers.push_back(std::move(one));
        });
        found.findings = std::move(inner);
        return found;
    }

  private:
    static std::string_view kind(auto i) { return Network::template layer<i>::name; }
    template <size_t I>
    const auto* input_of_layer(const input_element* x) {
        if constexpr (I == 0) return x;
        else return static_cast<const scalar*>(run.values[I - 1].data());
    }

    template <size_t I>
    struct input_shape : std::type_identity<typename Network::template layer_output<I - 1>> {};
    template <size_t I>
    requires(I == 0) struct input_shape<I> : std::type_identity<typename Network::input_shape> {
    };
    template <size_t I>
    using branches =
        typename branches_of<scalar, typename input_shape<I>::type, typename Network::template layer<I>>::type;
    template <class List>
    struct places;
    template <class... Identities>
    struct places<std::tuple<Identities...>> {
        using type = std::tuple<std::optional<measured_branch<typename Identities::type, Batch>>...>;
    };
    template <class>
    struct all_places;
    template <size_t... I>
    struct all_places<std::index_sequence<I...>> {
        using type = std::tuple<typename places<branches<I>>::type...>;
    };
    /// body(its type, where it is measured) for the branches of layer I.
    template <size_t I, class Body>
    void each_branch(Body body) {
        std::apply(
            [&](auto... identity) {
                std::apply([&](auto&... place) { (body(identity, place), ...); }, std::get<I>(inside));
            },
            branches<I>{});
    }

    const Network& net;
    pass_type run;
    std::vector<layer_sums> sums;
    std::vector<double> weight_gradients;
    size_t batches = 0;
    typename all_places<std::make_index_sequence<count>>::type inside;
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
/// Layers inside of sequential, residual and parallel are looked into too (`inside`), unless tensors are tied or stored in
/// bytes; dropout draws for them anew. In a network that keeps values by name, or has other elements than scalars between layers,
/// only the inputs are judged. Throws std::invalid_argument for samples that fit
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
        const auto measured = std::make_unique<detail::measured_layers<Network, Batch>>(net);
        detail::aligned_numbers<typename Network::input_element> x(Batch * Network::input_size);
        std::vector<detail::item_of<Targets>> t(Batch);
        random_generator random(seed{1});
        for (size_t first = 0; first < samples; first += Batch) {
            const size_t rows = std::min(Batch, samples - first);
            std::fill(x.data(), x.data() + Batch * Network::input_size, typename Network::input_element(0));
            for (size_t n = 0; n < rows; ++n) {
                const auto& one = inputs[place(first + n)];
                std::copy(one.begin(), one.end(), x.data() + n * Network::input_size);
                t[n] = targets[place(first + n)];
            }
            measured->forward(x.data(), rows, random);
            for (size_t at = 0; at < rows * Network::input_size; ++at) {
                double value = 0;
                if constexpr (scaled) value = static_cast<double>(measured->values(0)[at]);
                else value = static_cast<double>(x.data()[at]);
                squares[at % Network::input_size] += value * value;
            }
            const auto result = detail::compare_rows<kernels::native, typename Network::output_shape>(
                loss, measured->outputs(), t.data(), rows, measured->output_gradients());
            std::fill(measured->output_gradients() + rows * Network::output_size,
                      measured->output_gradients() + Batch * Network::output_size, scalar(0));
            if (!result.learns) continue; // all targets are ignored
            constexpr bool can = detail::may_train<Network, Batch>;
            if constexpr (can) measured->backward(x.data(), rows);
        }
        diagnosis all = measured->results("", 0, true, limits);
        found.layers = std::move(all.layers);
        if constexpr (Network::has_input_gradient)
            detail::judge_inputs(squares, static_cast<double>(samples), scaled, found);
        found.findings.insert(found.findings.end(), all.findings.begin(), all.findings.end());
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
