// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Which network, which hyper-parameters: every candidate is trained and tested on the same folds, on all cores. Link with
// the system's threads.
#pragma once

#include <inlay/core/random.hpp>
#include <inlay/host/augmentation.hpp>
#include <inlay/host/heap.hpp>
#include <inlay/host/k_fold.hpp>
#include <inlay/host/samples.hpp>
#include <inlay/host/statistics.hpp>
#include <inlay/host/summary.hpp>
#include <inlay/host/thread_pool.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// The values of one candidate: `h["learning_rate"]`.
class hyper_parameters {
  public:
    hyper_parameters() = default;
    hyper_parameters(std::vector<std::pair<std::string, double>> values) : values_(std::move(values)) {}

    /// Throws std::invalid_argument for a name that is not among them.
    [[nodiscard]] double operator[](std::string_view name) const {
        for (const auto& [own, value] : values_)
            if (own == name) return value;
        throw std::invalid_argument("inlay: there is no hyper-parameter " + std::string(name));
    }
    [[nodiscard]] const std::vector<std::pair<std::string, double>>& values() const noexcept { return values_; }
    /// "learning_rate 0.01  decay 0"
    [[nodiscard]] std::string text() const {
        std::string all;
        for (const auto& [name, value] : values_)
            all += (all.empty() ? "" : "  ") + name + " " + detail::short_number(value);
        return all;
    }

  private:
    std::vector<std::pair<std::string, double>> values_;
};

/// All combinations, the last name changing fastest: `grid_of({{"learning_rate", {1e-3, 1e-2}}, {"decay", {0, 1e-4}}})`.
/// Throws std::invalid_argument for a name without values.
[[nodiscard]] inline std::vector<hyper_parameters>
grid_of(const std::vector<std::pair<std::string, std::vector<double>>>& axes) {
    std::vector<std::vector<std::pair<std::string, double>>> all(1);
    for (const auto& [name, values] : axes) {
        if (values.empty()) throw std::invalid_argument("inlay: grid_of: " + name + " has no values");
        std::vector<std::vector<std::pair<std::string, double>>> longer;
        for (const auto& before : all)
            for (const double value : values) {
                longer.push_back(before);
                longer.back().emplace_back(name, value);
            }
        all = std::move(longer);
    }
    return {all.begin(), all.end()};
}

/// What `random_of` draws from: uniformly from low to high; with `log`, the logarithm uniformly; with `whole`, rounded.
struct drawn_from {
    double low = 0, high = 1;
    bool log = false, whole = false;
};

/// `count` combinations by chance, the same for the same seed (Bergstra and Bengio 2012: better than a grid as soon as some
/// hyper-parameter matters little): `random_of({{"learning_rate", {1e-4, 1e-1, .log = true}}}, 20, seed{1})`. Throws
/// std::invalid_argument unless low ≤ high, and 0 < low for a logarithm.
[[nodiscard]] inline std::vector<hyper_parameters>
random_of(const std::vector<std::pair<std::string, drawn_from>>& axes, size_t count, seed from) {
    random_generator random(from);
    std::vector<hyper_parameters> all;
    for (size_t i = 0; i < count; ++i) {
        std::vector<std::pair<std::string, double>> values;
        for (const auto& [name, range] : axes) {
            if (!(range.low <= range.high) || (range.log && !(range.low > 0)))
                throw std::invalid_argument("inlay: random_of: " + name + " from " + detail::short_number(range.low) +
                                            " to " + detail::short_number(range.high) +
                                            (range.log ? " by the logarithm" : ""));
            const double place = random.uniform(0.0, 1.0);
            double value = range.log ? range.low * std::pow(range.high / range.low, place)
                                     : range.low + (range.high - range.low) * place;
            if (range.whole) value = std::round(value);
            values.emplace_back(name, std::clamp(value, range.low, range.high));
        }
        all.emplace_back(std::move(values));
    }
    return all;
}

/// The networks of a search.
template <class... Networks>
struct topologies {};

/// A network in a line: "13 → dense 32 → relu → dense 3".
template <class Network>
[[nodiscard]] std::string network_line() {
    std::string text = detail::shape_text(typename Network::input_shape{});
    topology::walk<0, Network::layer_count>([&](auto i) {
        text += " → " + detail::layer_text<Network, i>();
        if (Network::chain_type::template bound<i>::tensors.size() > 0)
            text += " " + detail::shape_text(typename Network::template layer_output<i>{});
    });
    return text;
}

/// How `search` goes.
struct search_options {
    size_t threads = 0;           ///< 0: as many as there are cores
    seed random{1};               ///< of start values and of `from`
    bool lower_is_better = false; ///< losses and errors; else scores such as accuracy
};

/// How `successive_halving` goes.
struct halving_options : search_options {
    size_t budget = 1; ///< of the first round, in whatever the call takes: epochs, samples …
    size_t factor = 3; ///< how many times as much a round has as the one before, and one in how many goes on
};

/// A candidate and how it did, fold by fold.
struct search_entry {
    size_t topology = 0; ///< its place in topologies
    std::string network; ///< network_line
    size_t parameter_count = 0;
    hyper_parameters parameters;
    std::vector<double> scores; ///< of each fold
    double mean = 0;
    double deviation = 0; ///< the standard deviation of the scores; 0 for a single fold
    size_t budget = 0;    ///< of successive_halving: that of its last round
};

/// All candidates, the best first: `std::cout << result`.
struct search_result : std::vector<search_entry> {
    friend std::ostream& operator<<(std::ostream& out, const search_result& result) {
        std::string text;
        for (const search_entry& one : result) {
            char figures[96];
            std::snprintf(figures, sizeof figures, "%10.5g ± %-9.3g %9zu  ", one.mean, one.deviation,
                          one.parameter_count);
            text +=
                figures + one.network + (one.parameters.values().empty() ? "" : "   " + one.parameters.text()) + "\n";
        }
        return out << "     score ± spread   parameters  network\n" + text;
    }
};

namespace detail {

/// Every network with every combination, without scores.
template <class... Networks>
search_result candidates_of(topologies<Networks...>, const std::vector<hyper_parameters>& combinations) {
    static_assert(sizeof...(Networks) > 0, "inlay: a search needs a network");
    const std::vector<hyper_parameters> none(1);
    search_result all;
    size_t number = 0;
    const auto add = [&]<class Network>(std::type_identity<Network>) {
        for (const hyper_parameters& one : combinations.empty() ? none : combinations)
            all.push_back({number, network_line<Network>(), Network::parameter_count, one, {}});
        ++number;
    };
    (add(std::type_identity<Networks>{}), ...);
    return all;
}

/// Trains and scores all of them on every fold, and sorts them; all_scores(count, body) returns body(i) for all i.
template <class... Networks, class Call, class AllScores>
void score_candidates(topologies<Networks...>, search_result& all, const std::vector<fold_indices>& folds, Call& call,
                      const search_options& options, AllScores& all_scores) {
    if (folds.empty()) throw std::invalid_argument("inlay: search without folds");
    const auto run = [&]<class Network>(std::type_identity<Network>, const search_entry& entry, size_t fold) {
        random_generator seeds = generator_of(options.random, 0, fold);
        const auto draw = [&] { return seed{std::uint64_t{seeds()} << 32 | seeds()}; };
        const auto net = make_network<Network>(draw());
        return static_cast<double>(call(*net, entry.parameters, folds[fold], draw()));
    };
    const std::vector<double> scores = all_scores(all.size() * folds.size(), [&](size_t task) {
        const search_entry& entry = all[task / folds.size()];
        size_t at = 0;
        double score = 0;
        ((at++ == entry.topology ? void(score = run(std::type_identity<Networks>{}, entry, task % folds.size()))
                                 : void()),
         ...);
        return score;
    });
    for (size_t i = 0; i < all.size(); ++i) {
        const auto first = scores.begin() + static_cast<std::ptrdiff_t>(i * folds.size());
        all[i].scores.assign(first, first + static_cast<std::ptrdiff_t>(folds.size()));
        all[i].mean = inlay::mean(all[i].scores);
        all[i].deviation = all[i].scores.size() > 1 ? standard_deviation(all[i].scores) : 0;
    }
    std::vector<size_t> order(all.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const double one = options.lower_is_better ? -all[a].mean : all[a].mean,
                     other = options.lower_is_better ? -all[b].mean : all[b].mean;
        if (std::isnan(one) != std::isnan(other)) return std::isnan(other);
        return one > other || (!(other > one) && a < b);
    });
    search_result sorted;
    for (const size_t i : order) sorted.push_back(std::move(all[i]));
    all = std::move(sorted);
}

template <class Networks, class Call, class AllScores>
search_result search_by(Networks networks, const std::vector<hyper_parameters>& combinations,
                        const std::vector<fold_indices>& folds, Call& call, const search_options& options,
                        AllScores all_scores) {
    search_result all = candidates_of(networks, combinations);
    score_candidates(networks, all, folds, call, options, all_scores);
    return all;
}

template <class Networks, class Call, class AllScores>
search_result halve_by(Networks networks, const std::vector<hyper_parameters>& combinations,
                       const std::vector<fold_indices>& folds, Call& call, const halving_options& options,
                       AllScores all_scores) {
    if (options.budget == 0 || options.factor < 2)
        throw std::invalid_argument("inlay: successive_halving with a budget of " + std::to_string(options.budget) +
                                    " and a factor of " + std::to_string(options.factor) +
                                    ": expected 1 or more, and 2 or more");
    search_result left = candidates_of(networks, combinations), done;
    for (size_t budget = options.budget;; budget *= options.factor) {
        const auto with_budget = [&](auto& net, const hyper_parameters& h, const fold_indices& fold, seed from) {
            return call(net, h, fold, from, budget);
        };
        score_candidates(networks, left, folds, with_budget, options, all_scores);
        for (search_entry& one : left) one.budget = budget;
        const size_t stay = left.size() == 1 ? 0 : (left.size() + options.factor - 1) / options.factor;
        done.insert(done.begin(), left.begin() + static_cast<std::ptrdiff_t>(stay), left.end());
        left.resize(stay);
        if (stay == 0) return done;
    }
}

/// On the threads of this process.
inline auto scores_on_threads(size_t threads) {
    return [threads](size_t count, auto body) {
        std::vector<double> scores(count);
        parallel_for(count, threads, [&](size_t i) { scores[i] = body(i); });
        return scores;
    };
}

} // namespace detail

/// Tries every network with every combination of hyper-parameters on every fold, on all cores, and sorts them by their
/// mean score:
///
///     using small = network<input<13>, normalization, dense<8>, relu, dense<3>>;
///     using large = network<input<13>, normalization, dense<32>, relu, dense<3>>;
///     const auto found = search(
///         topologies<small, large>{}, grid_of({{"learning_rate", {1e-3, 1e-2}}}), stratified_k_fold(data.labels, 5, random),
///         [&]<class Network>(Network& net, const hyper_parameters& h, const fold_indices& fold, seed from) {
///             const auto train = data.subset(fold.train), test = data.subset(fold.test);
///             adapt(net, train.inputs);
///             const auto trainer = make_trainer<Network, cross_entropy, adam, batch<16>>(net, {.learning_rate = h["learning_rate"]});
///             random_generator order{from};
///             fit(*trainer, train.inputs, train.labels, 50, order);
///             return accuracy(net, test);
///         });
///     std::cout << found;
///
/// `net` has the start values of its layers. Start values and `from` depend on options.random and the fold alone, so that
/// candidates compare fairly, and all numbers are the same with any number of threads. The call runs on several threads at
/// once: it changes nothing but its own. What it throws goes on from here when all is done. A score that is NaN comes
/// last. Candidates of equal score stay in order: networks first, then combinations.
template <class... Networks, class Call>
[[nodiscard]] search_result search(topologies<Networks...> networks, const std::vector<hyper_parameters>& combinations,
                                   const std::vector<fold_indices>& folds, Call call,
                                   const search_options& options = {}) {
    return detail::search_by(networks, combinations, folds, call, options, detail::scores_on_threads(options.threads));
}

/// Successive halving (Jamieson and Talwalkar 2016; scikit-learn's HalvingGridSearchCV): all candidates are trained with a
/// small budget, the best third goes on with three times as much, and so on until one is left:
///
///     const auto found = successive_halving(
///         topologies<small, large>{}, random_of({{"learning_rate", {1e-4, 1e-1, .log = true}}}, 27, seed{1}), folds,
///         [&](auto& net, const hyper_parameters& h, const fold_indices& fold, seed from, size_t epochs) {
///             …                                                 // trains for so many epochs
///             return accuracy(net, test);
///         },
///         {.budget = 3});
///
/// Each round trains anew. The result has all candidates: the winner first, then those that came less far, each with the
/// scores and the `budget` of its last round. Otherwise as `search`. Throws std::invalid_argument for a budget of 0 and a
/// factor below 2.
template <class... Networks, class Call>
[[nodiscard]] search_result
successive_halving(topologies<Networks...> networks, const std::vector<hyper_parameters>& combinations,
                   const std::vector<fold_indices>& folds, Call call, const halving_options& options = {}) {
    return detail::halve_by(networks, combinations, folds, call, options, detail::scores_on_threads(options.threads));
}

/// One network on every fold: its scores, `.mean` and `.deviation`.
template <class Network, class Call>
[[nodiscard]] search_entry cross_validate(const std::vector<fold_indices>& folds, Call call,
                                          const search_options& options = {}) {
    return search(
               topologies<Network>{}, {}, folds,
               [&](Network& net, const hyper_parameters&, const fold_indices& fold, seed from) {
                   return call(net, fold, from);
               },
               options)
        .front();
}

// ---- the learning rate --------------------------------------------------------------------------------------------------

/// How `find_learning_rate` goes.
struct range_test_options {
    double lowest = 1e-7_double, highest = 10;
    size_t steps = 100;
    double smoothing = 0.9_double; ///< of the losses: the share of the mean so far
};

/// Losses as the learning rate grows from step to step.
struct range_test {
    std::vector<double> rates, losses; ///< smoothed; up to where training diverges
    double suggestion = 0;             ///< where the loss falls fastest
};

/// The learning-rate range test (Smith 2017): steps on random batches while the rate grows from lowest to highest by a
/// constant factor; ends where the smoothed loss is four times the least so far or not finite. Suggests the rate at which
/// the smoothed loss falls most steeply over the logarithm of the rate. Network and optimiser are afterwards as before.
///
///     const range_test test = find_learning_rate(trainer, train.inputs, train.labels, random);
///     trainer.learning_rate(test.suggestion);
///
/// Throws what fit throws of samples, and std::invalid_argument for rates that are not 0 < lowest < highest, for fewer than
/// 10 steps, and when the loss does not fall at any rate.
template <class Trainer, class Inputs, class Targets>
[[nodiscard]] range_test find_learning_rate(Trainer& trainer, const Inputs& inputs, const Targets& targets,
                                            random_generator& random, const range_test_options& options = {}) {
    using network = typename Trainer::network_type;
    if (!(options.lowest > 0 && options.lowest < options.highest) || options.steps < 10 ||
        !(options.smoothing >= 0 && options.smoothing < 1) || !(options.highest - options.highest == 0))
        throw std::invalid_argument("inlay: find_learning_rate from " + detail::short_number(options.lowest) + " to " +
                                    detail::short_number(options.highest) + " in " + std::to_string(options.steps) +
                                    " steps: expected 0 < lowest < highest, 10 steps or more and a smoothing below 1");
    detail::check_samples<network>(trainer.loss(), inputs, targets);
    constexpr size_t most = Trainer::batch_size;
    network& net = trainer.net();
    const std::vector<typename network::scalar_type> parameters(net.parameters().begin(), net.parameters().end());
    const auto optimizer = trainer.optimizer();
    std::vector<typename Trainer::input_type> x(most);
    std::vector<detail::item_of<Targets>> t(most);
    std::vector<size_t> order;
    range_test found;
    double sum = 0, share = 1, least = std::numeric_limits<double>::infinity();
    const double factor = std::pow(options.highest / options.lowest, 1.0 / static_cast<double>(options.steps - 1));
    double rate = options.lowest;
    for (size_t step = 0; step < options.steps; ++step, rate *= factor) {
        size_t rows = 0;
        for (; rows < most; ++rows) {
            if (order.empty()) {
                if (rows > 0 && inputs.size() < most) break; // a sample is in a batch once
                order = shuffled_indices(inputs.size(), random);
            }
            x[rows] = inputs[order.back()];
            t[rows] = targets[order.back()];
            order.pop_back();
        }
        trainer.learning_rate(rate);
        const auto loss = static_cast<double>(trainer.step(std::span(x.data(), rows), std::span(t.data(), rows)));
        if (!(loss - loss == 0)) break;
        sum = options.smoothing * sum + (1 - options.smoothing) * loss;
        share *= options.smoothing;
        const double smooth = sum / (1 - share);
        if (step > 0 && smooth > 4 * least && smooth > 0) break;
        least = std::min(least, smooth);
        found.rates.push_back(rate);
        found.losses.push_back(smooth);
    }
    std::copy(parameters.begin(), parameters.end(), net.parameters().begin());
    trainer.optimizer() = optimizer;
    double steepest = 0;
    for (size_t i = 1; i + 1 < found.rates.size(); ++i) {
        const double slope = found.losses[i + 1] - found.losses[i - 1];
        if (slope < steepest) steepest = slope, found.suggestion = found.rates[i];
    }
    if (!(steepest < 0))
        throw std::invalid_argument("inlay: find_learning_rate: the loss does not fall at any rate from " +
                                    detail::short_number(options.lowest) + " to " +
                                    detail::short_number(options.highest));
    return found;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
