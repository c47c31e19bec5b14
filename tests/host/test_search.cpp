// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Searches over topologies and hyper-parameters: the same bits on any number of threads. The learning-rate range test.
#define BOOST_TEST_MODULE search
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/fit.hpp>
#include <inlay/host/predict.hpp>
#include <inlay/host/search.hpp>
#include <inlay/host/splits.hpp>
#include <inlay/inlay.hpp>

#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace inlay;

namespace {

using straight = network<input<2>, dense<2>>;
using bent = network<input<2>, dense<16>, inlay::tanh, dense<2>>;

/// Inside or outside a ring: no straight line tells them apart.
data_set<2> ring(size_t count) {
    random_generator random{seed{1}};
    data_set<2> data;
    while (data.size() < count) {
        const float x = random.uniform(-1.0f, 1.0f), y = random.uniform(-1.0f, 1.0f);
        data.inputs.push_back({x, y});
        data.labels.push_back(x * x + y * y < 0.6f);
    }
    return data;
}
template <class Call>
std::string refusal(Call call) {
    return message_of<std::invalid_argument>(call);
}

} // namespace

BOOST_AUTO_TEST_CASE(finds_the_network_that_can) {
    const data_set<2> data = ring(120);
    random_generator random{seed{2}};
    const auto folds = stratified_k_fold(data.labels, 3, random);
    const auto run = [&](size_t threads) {
        return search(
            topologies<straight, bent>{}, grid_of({{"learning_rate", {1e-6, 0.03}}}), folds,
            [&]<class Network>(Network& net, const hyper_parameters& h, const fold_indices& fold, seed from) {
                const auto train = data.subset(fold.train), test = data.subset(fold.test);
                trainer<Network, cross_entropy, adam, batch<8>> trainer{net, {.learning_rate = h["learning_rate"]}};
                random_generator order{from};
                fit(trainer, train.inputs, train.labels, 40, order);
                return accuracy(net, test);
            },
            {.threads = threads});
    };
    const search_result one = run(1), four = run(4);
    BOOST_TEST(one.size() == 4u);
    BOOST_TEST((one[0].topology == 1u && one[0].parameters["learning_rate"] == 0.03 && one[0].mean > 0.85));
    for (size_t i = 0; i < 4; ++i) {
        BOOST_TEST(one[i].scores == four[i].scores);
        BOOST_TEST(one[i].network == four[i].network);
        if (i > 0) BOOST_TEST(one[i].mean <= one[i - 1].mean);
    }
    BOOST_TEST(one[0].network == "2 → dense 16 → tanh → dense 2");
    BOOST_TEST(one[0].parameter_count == bent::parameter_count);
    BOOST_TEST(one[0].deviation == standard_deviation(one[0].scores));
    std::ostringstream table;
    table << one;
    BOOST_TEST(contains(table.str(), "2 → dense 16 → tanh → dense 2   learning_rate 0.03\n"));
}

BOOST_AUTO_TEST_CASE(order_and_fairness) {
    const std::vector<fold_indices> folds(2);
    std::vector<std::uint64_t> seeds(8);
    const auto result = search(topologies<straight, straight>{}, grid_of({{"a", {1, 2}}}), folds,
                               [&](straight& net, const hyper_parameters& h, const fold_indices& fold, seed from) {
                                   const auto f = static_cast<size_t>(&fold - folds.data());
                                   seeds[2 * static_cast<size_t>(h["a"]) - 2 + f] = from.value;
                                   return f == 0 ? static_cast<double>(net.parameters()[0]) : h["a"] == 1 ? 0.0 : 1.0;
                               },
                               {.threads = 2, .lower_is_better = true});
    BOOST_TEST((result[0].topology == 0u && result[1].topology == 1u)); // equal ones in order
    BOOST_TEST((result[0].parameters["a"] == 1 && result[2].parameters["a"] == 2));
    BOOST_TEST(result[0].scores[0] == result[2].scores[0]); // the same start values
    BOOST_TEST((seeds[0] == seeds[2] && seeds[1] == seeds[3] && seeds[0] != seeds[1]));
    const auto nan = search(topologies<straight>{}, grid_of({{"a", {0, 1}}}), folds,
                            [](straight&, const hyper_parameters& h, const fold_indices&, seed) {
                                return h["a"] == 0 ? std::numeric_limits<double>::quiet_NaN() : -1.0;
                            });
    BOOST_TEST((nan[0].mean == -1 && std::isnan(nan[1].mean)));
    const auto one = cross_validate<straight>(folds, [](straight&, const fold_indices&, seed) { return 0.5f; });
    BOOST_TEST((one.mean == 0.5 && one.deviation == 0 && one.scores.size() == 2u));
}

BOOST_AUTO_TEST_CASE(exceptions_and_all_tasks) {
    for (const size_t threads : {1u, 3u, 50u}) {
        std::atomic<int> calls{0};
        BOOST_TEST(refusal([&] {
                       parallel_for(20, threads, [&](size_t i) {
                           ++calls;
                           if (i == 7 || i == 3 || i == 19) throw std::invalid_argument("task " + std::to_string(i));
                       });
                   }) == "task 3");
        BOOST_TEST(calls == 20);
    }
    parallel_for(0, 4, [](size_t) { BOOST_FAIL("there is nothing to do"); });
}

BOOST_AUTO_TEST_CASE(combinations) {
    const auto grid = grid_of({{"a", {1, 2}}, {"b", {3, 4, 5}}});
    BOOST_TEST(grid.size() == 6u);
    BOOST_TEST((grid[1]["a"] == 1 && grid[1]["b"] == 4 && grid[5]["a"] == 2));
    BOOST_TEST(grid[0].text() == "a 1  b 3");
    const auto drawn = random_of({{"rate", {1e-4, 1e-1, true}}, {"units", {2, 4, false, true}}}, 300, seed{1});
    size_t small = 0;
    for (const auto& one : drawn) {
        BOOST_TEST((one["rate"] >= 1e-4 && one["rate"] <= 1e-1));
        BOOST_TEST((one["units"] == 2 || one["units"] == 3 || one["units"] == 4));
        small += one["rate"] < 1e-3;
    }
    BOOST_TEST((small > 70 && small < 130)); // a third
    BOOST_TEST(random_of({{"rate", {0, 1}}}, 3, seed{5})[2]["rate"] ==
               random_of({{"rate", {0, 1}}}, 3, seed{5})[2]["rate"]);
    BOOST_TEST(refusal([&] { static_cast<void>(grid[0]["c"]); }) == "inlay: there is no hyper-parameter c");
    BOOST_TEST(refusal([] { static_cast<void>(grid_of({{"a", {}}})); }) == "inlay: grid_of: a has no values");
    BOOST_TEST(refusal([] {
                   static_cast<void>(random_of({{"a", {0, 1, true}}}, 1, seed{}));
               }) == "inlay: random_of: a from 0 to 1 by the logarithm");
    BOOST_TEST(refusal([] {
                   static_cast<void>(
                       cross_validate<straight>({}, [](straight&, const fold_indices&, seed) { return 0; }));
               }) == "inlay: search without folds");
}

BOOST_AUTO_TEST_CASE(learning_rate) {
    // A linear model: gradient descent is stable below 2/λ, λ the largest eigenvalue of 2·mean(x xᵀ).
    using line = network<input<1>, dense_without_bias<1>>;
    line net;
    initialize(net, seed{1});
    std::vector<line::input_type> x;
    std::vector<line::output_type> t;
    random_generator random{seed{1}};
    double squares = 0;
    for (size_t i = 0; i < 64; ++i) {
        x.push_back({random.normal(0.0f, 3.0f)});
        t.push_back({5 * x.back()[0]});
        squares += 2.0 / 64 * static_cast<double>(x.back()[0] * x.back()[0]);
    }
    trainer<line, mean_squared_error, sgd_momentum, batch<64>> trainer{net, {.learning_rate = 0.25, .momentum = 0}};
    const auto before = net.canonical();
    const range_test test = find_learning_rate(trainer, x, t, random);
    const double limit = 2 / squares;
    BOOST_TEST((test.suggestion < limit && test.suggestion > limit / 1000));
    BOOST_TEST(test.rates.size() == test.losses.size());
    BOOST_TEST(test.rates.back() < 10); // where it diverged
    BOOST_TEST(net.canonical() == before);
    BOOST_TEST(trainer.learning_rate() == 0.25f);
    trainer.learning_rate(test.suggestion);
    fit(trainer, x, t, 500, random);
    BOOST_TEST(evaluate(net, mean_squared_error{}, x, t) < 1e-6);

    BOOST_TEST(contains(refusal([&] { static_cast<void>(find_learning_rate(trainer, x, t, random, {.lowest = 0})); }),
                        "from 0 to 10"));
    net.parameter<"0.weight">() = {5.0f};
    BOOST_TEST(contains(refusal([&] { static_cast<void>(find_learning_rate(trainer, x, t, random)); }),
                        "the loss does not fall at any rate"));
}

BOOST_AUTO_TEST_CASE(halving_gives_the_best_more) {
    const std::vector<fold_indices> folds(2);
    const auto run = [&](const std::vector<double>& a, halving_options options) {
        return successive_halving(
            topologies<straight, bent>{}, grid_of({{"a", a}}), folds,
            [](auto& net, const hyper_parameters& h, const fold_indices&, seed, size_t budget) {
                // The larger network is the better one from a budget of 9 on.
                return h["a"] + (net.layer_count > 1 && budget >= 9 ? 0.5 : 0.0) + 0.001 * static_cast<double>(budget);
            },
            options);
    };
    const search_result found = run({1, 2, 3, 4, 5, 6, 7}, {{.threads = 2}, 3, 3});
    std::vector<size_t> budgets;
    for (const search_entry& one : found) budgets.push_back(one.budget);
    // 14 candidates with 3, 5 with 9, 2 with 27, 1 with 81.
    BOOST_TEST((budgets == std::vector<size_t>{81, 27, 9, 9, 9, 3, 3, 3, 3, 3, 3, 3, 3, 3}));
    BOOST_TEST((found[0].topology == 1u && found[0].parameters["a"] == 7 && found[0].mean == 7 + 0.5 + 0.081));
    BOOST_TEST((found[1].topology == 0u && found[1].parameters["a"] == 7));
    BOOST_TEST((found[13].parameters["a"] == 1 && found[13].scores.size() == 2u));
    // What is lower.
    BOOST_TEST(run({1, 2}, {{.threads = 1, .lower_is_better = true}, 1, 2})[0].parameters["a"] == 1);
    BOOST_TEST(refusal([&] { static_cast<void>(run({1}, {{}, 0, 3})); }) ==
               "inlay: successive_halving with a budget of 0 and a factor of 3: expected 1 or more, and 2 or more");
    BOOST_TEST(contains(refusal([&] { static_cast<void>(run({1}, {{}, 1, 1})); }), "a factor of 1"));
}
