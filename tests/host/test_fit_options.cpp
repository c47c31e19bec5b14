// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// fit with options: the same steps as without, validation, metrics, early stopping, accumulation, weights.
#define BOOST_TEST_MODULE fit_options
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/augmentation.hpp>
#include <inlay/host/fit_options.hpp>
#include <inlay/inlay.hpp>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace inlay;

namespace {

using small = network<input<2>, dense<6>, inlay::tanh, dense<2>>;
template <size_t Batch, class Loss = cross_entropy>
using with = trainer<small, Loss, sgd, batch<Batch>>;

small start() {
    small net;
    initialize(net, seed{1});
    return net;
}
struct points {
    std::vector<small::input_type> inputs;
    std::vector<int> labels;
};
points two_classes(size_t count, std::uint64_t number) {
    random_generator random{seed{number}};
    points data;
    for (size_t i = 0; i < count; ++i) {
        const int label = static_cast<int>(i % 2);
        const float centre = label ? 1.0f : -1.0f;
        data.inputs.push_back({random.normal(centre, 0.7f), random.normal(centre, 0.7f)});
        data.labels.push_back(label);
    }
    return data;
}
bool same(const small& a, const small& b) { return a.canonical() == b.canonical(); }
template <class Call>
std::string refusal(Call call) {
    return message_of<std::invalid_argument>(call);
}

} // namespace

BOOST_AUTO_TEST_CASE(the_same_steps) {
    const points data = two_classes(21, 1);
    small a = start(), b = start();
    with<4> one{a, {.learning_rate = 0.1}}, other{b, {.learning_rate = 0.1}};
    random_generator random{seed{3}}, again{seed{3}};
    std::vector<double> losses;
    fit(one, data.inputs, data.labels, 5, random, [&](size_t, double loss) { losses.push_back(loss); });
    const history seen = fit(other, data.inputs, data.labels, {.epochs = 5}, again);
    BOOST_TEST(same(a, b));
    BOOST_TEST(seen.loss == losses);
    BOOST_TEST((seen.epochs() == 5u && seen.validation_loss.empty() && !seen.stopped_early));
    BOOST_TEST(seen["learning_rate"][4] == static_cast<double>(0.1f));
    BOOST_TEST(refusal([&] { static_cast<void>(seen["f1"]); }) == "inlay: a history has no f1");
}

BOOST_AUTO_TEST_CASE(validation_and_metrics) {
    const points data = two_classes(40, 1), test = two_classes(20, 2);
    small net = start();
    with<4> trainer{net, {.learning_rate = 0.1}};
    random_generator random{seed{3}};
    std::ostringstream lines;
    const history seen =
        fit(trainer, data.inputs, data.labels, {.epochs = 3, .report = &lines}, random,
            validation{test.inputs, test.labels}, accuracy_metric(),
            metric{"samples", [](const auto&, const auto& x, const auto&) { return static_cast<double>(x.size()); }});
    BOOST_TEST(seen.validation_loss.back() ==
               evaluate(net, cross_entropy{}, std::span<const small::input_type>(test.inputs), test.labels));
    BOOST_TEST(seen["accuracy"].back() == accuracy(net, std::span<const small::input_type>(test.inputs), test.labels));
    BOOST_TEST(seen["accuracy"].back() > 0.8);
    BOOST_TEST(seen["samples"] == std::vector<double>(3, 20.0));
    BOOST_TEST(contains(lines.str(), "epoch 3  loss "));
    BOOST_TEST(contains(lines.str(), "  accuracy "));

    // A share: the last samples, which are not trained with.
    small own = start(), first = start();
    with<4> a{own, {.learning_rate = 0.1}}, b{first, {.learning_rate = 0.1}};
    random_generator one{seed{3}}, other{seed{3}};
    const history split =
        fit(a, data.inputs, data.labels, {.epochs = 2, .validation_split = 0.25}, one,
            metric{"samples", [](const auto&, const auto& x, const auto&) { return static_cast<double>(x.size()); }});
    const std::vector<small::input_type> x(data.inputs.begin(), data.inputs.begin() + 30);
    const std::vector<int> t(data.labels.begin(), data.labels.begin() + 30);
    fit(b, x, t, 2, other);
    BOOST_TEST(same(own, first));
    BOOST_TEST((split.validation_loss.size() == 2u && split["samples"][0] == 10));
}

BOOST_AUTO_TEST_CASE(early_stopping_restores_the_best) {
    // Noise as labels: what is learnt by heart does not hold for others.
    points data = two_classes(12, 1), test = two_classes(200, 2);
    random_generator noise{seed{9}};
    for (int& label : data.labels) label = static_cast<int>(noise.below(2));
    small net = start();
    with<4> trainer{net, {.learning_rate = 0.5}};
    random_generator random{seed{3}};
    const std::span<const small::input_type> x(test.inputs);
    const history seen = fit(trainer, data.inputs, data.labels, {.epochs = 400, .patience = 7}, random,
                             validation{test.inputs, test.labels});
    BOOST_TEST(seen.stopped_early);
    BOOST_TEST(seen.epochs() == seen.best_epoch + 7);
    BOOST_TEST(seen.epochs() < 400u);
    const double best = *std::min_element(seen.validation_loss.begin(), seen.validation_loss.end());
    BOOST_TEST(seen.validation_loss[seen.best_epoch - 1] == best);
    BOOST_TEST(evaluate(net, cross_entropy{}, x, test.labels) == best);
    small last = start();
    with<4> other{last, {.learning_rate = 0.5}};
    random_generator again{seed{3}};
    const history kept = fit(other, data.inputs, data.labels, {.epochs = 400, .patience = 7, .restore_best = false},
                             again, validation{test.inputs, test.labels});
    BOOST_TEST(evaluate(last, cross_entropy{}, x, test.labels) == kept.validation_loss.back());
    BOOST_TEST(kept.validation_loss.back() > best);
    size_t epochs = 0;
    const history stopped = fit(
        other, data.inputs, data.labels,
        {.epochs = 9, .after_epoch = [&](const history& h) { return h.epochs() == ++epochs && epochs == 4; }}, again);
    BOOST_TEST((stopped.stopped_early && stopped.epochs() == 4u));
}

BOOST_AUTO_TEST_CASE(accumulation_is_a_larger_batch) {
    const points data = two_classes(22, 1); // 5 batches of 4 and one of 2: groups of 3 and 3
    small a = start(), b = start();
    with<4> parts{a, {.learning_rate = 0.1}};
    with<12> whole{b, {.learning_rate = 0.1}};
    random_generator random{seed{3}}, again{seed{3}};
    std::vector<size_t> steps;
    const history seen = fit(parts, data.inputs, data.labels,
                             {.epochs = 4,
                              .accumulate = 3,
                              .schedule =
                                  [&](size_t step) {
                                      steps.push_back(step);
                                      return 0.1;
                                  }},
                             random);
    const history wanted = fit(whole, data.inputs, data.labels, {.epochs = 4}, again);
    for (size_t i = 0; i < small::parameter_count; ++i)
        BOOST_TEST(std::abs(a.canonical()[i] - b.canonical()[i]) < 1e-5f);
    BOOST_TEST(std::abs(seen.loss[3] - wanted.loss[3]) < 1e-5);
    BOOST_TEST((steps.size() == 9u && steps.back() == 8u)); // two updates an epoch, and what comes after
    BOOST_TEST(!same(a, start()));
}

BOOST_AUTO_TEST_CASE(schedules) {
    const points data = two_classes(16, 1);
    small net = start();
    with<4> trainer{net, {.learning_rate = 7}};
    random_generator random{seed{3}};
    const history seen =
        fit(trainer, data.inputs, data.labels,
            {.epochs = 3, .schedule = [](size_t step) { return 0.5 / static_cast<double>(step + 1); }}, random);
    BOOST_TEST((seen.learning_rate[0] == 0.125 && seen.learning_rate[1] == 0.0625));
}

BOOST_AUTO_TEST_CASE(weights) {
    // A weight of 2 is the sample twice; 0 is not at all.
    const points data = two_classes(3, 1);
    small a = start(), b = start();
    with<4, sample_weighted<cross_entropy>> weighted{a, {.learning_rate = 0.1}};
    with<4> plain{b, {.learning_rate = 0.1}};
    const std::vector<weighted_target<int>> targets{{0, 2.0f}, {1, 1.0f}, {0, 0.0f}};
    const std::vector<small::input_type> x{data.inputs[0], data.inputs[0], data.inputs[1]};
    const float loss = weighted.step(data.inputs, targets);
    BOOST_TEST(std::abs(loss - plain.step(x, std::vector<int>{0, 0, 1})) < 1e-6f);
    for (size_t i = 0; i < small::parameter_count; ++i)
        BOOST_TEST(std::abs(a.canonical()[i] - b.canonical()[i]) < 1e-6f);
    BOOST_TEST(!same(a, start()));
    const auto balanced = balanced_class_weights<3>(std::vector<int>{0, 0, 0, 1});
    BOOST_TEST(
        (std::abs(balanced[0] - 4.0f / 9) < 1e-6f && std::abs(balanced[1] - 4.0f / 3) < 1e-6f && balanced[2] == 0.0f));

    random_generator random{seed{1}};
    BOOST_TEST(refusal([&] {
                   fit(weighted, data.inputs, std::vector<weighted_target<int>>{{0, 1.0f}, {2, 1.0f}, {0, 1.0f}},
                       fit_options{}, random);
               }) ==
               "inlay: the label of sample 1 is 2, but the network has 2 outputs: expected 0 to 1, or -100 for none");
    BOOST_TEST(refusal([&] {
                   fit(weighted, data.inputs, std::vector<weighted_target<int>>{{0, 1.0f}, {1, -1.0f}, {0, 1.0f}},
                       fit_options{}, random);
               }) == "inlay: the weight of sample 1 is -1: expected a finite number, 0 or more");
    BOOST_TEST(refusal([&] {
                   fit(weighted, data.inputs, std::vector<weighted_target<int>>(3, {0, 0.0f}), fit_options{}, random);
               }) == "inlay: all targets are ignored");
}

BOOST_AUTO_TEST_CASE(augmented_inputs_are_told_the_epoch) {
    const points data = two_classes(16, 1);
    const auto run = [&](auto&& inputs, const fit_options& options) {
        small net = start();
        with<4> trainer{net, {.learning_rate = 0.1}};
        random_generator random{seed{3}};
        fit(trainer, inputs, data.labels, options, random);
        return net.canonical();
    };
    augmented noisy(data.inputs, seed{5}, add_noise{.deviation = 0.2});
    const auto first = run(noisy, {.epochs = 3});
    BOOST_TEST(run(noisy, {.epochs = 3}) == first);
    BOOST_TEST(run(data.inputs, {.epochs = 3}) != first);
    std::vector<std::uint64_t> epochs;
    struct counted {
        const std::vector<small::input_type>& inputs;
        std::vector<std::uint64_t>& epochs;
        size_t size() const { return inputs.size(); }
        const small::input_type& operator[](size_t i) const { return inputs[i]; }
        void epoch(std::uint64_t number) { epochs.push_back(number); }
    } counting{data.inputs, epochs};
    run(counting, {.epochs = 2, .validation_split = 0.5});
    BOOST_TEST((epochs == std::vector<std::uint64_t>{1, 2}));
}

BOOST_AUTO_TEST_CASE(samples_that_are_generated) {
    const auto run = [](size_t epochs) {
        small net = start();
        with<4> trainer{net, {.learning_rate = 0.1}};
        random_generator random{seed{3}};
        generated samples(24, seed{8}, [](random_generator& chance) {
            const int label = static_cast<int>(chance.below(2));
            return std::pair{small::input_type{chance.normal(label ? 1.0f : -1.0f, 0.5f), 0}, label};
        });
        const history seen = fit(trainer, samples.inputs(), samples.targets(), {.epochs = epochs}, random);
        BOOST_TEST((samples.inputs()[3] == samples.sample(3).first && samples.targets()[3] == samples.sample(3).second));
        return std::pair{net.canonical(), samples.sample(0).first};
    };
    const auto two = run(2), again = run(2), three = run(3);
    BOOST_TEST((two == again));
    BOOST_TEST((two.second != three.second)); // another epoch, other samples
}

BOOST_AUTO_TEST_CASE(what_is_shown) {
    const points data = two_classes(40, 1);
    small net = start();
    with<4> trainer{net, {.learning_rate = 0.1}};
    random_generator random{seed{3}};
    std::ostringstream out, silent;
    std::streambuf* const usual = std::cout.rdbuf(silent.rdbuf());
    fit(trainer, data.inputs, data.labels, {.epochs = 2}, random);
    BOOST_TEST(silent.str().empty());
    fit(trainer, data.inputs, data.labels, {.epochs = 1, .verbose = true}, random);
    std::cout.rdbuf(usual);
    BOOST_TEST(contains(silent.str(), "epoch 1/1  loss 0."));

    // A line per epoch where there is no terminal.
    const history seen = fit(trainer, data.inputs, data.labels, {.epochs = 3, .report = &out, .verbose = true}, random,
                             accuracy_metric());
    const std::string text = out.str();
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 3);
    BOOST_TEST(text.rfind("epoch 1/3  loss " + detail::short_number(seen.loss[0]) + "  accuracy ", 0) == 0u);
    BOOST_TEST(contains(text, " samples/s, 00:00 left\n"));

    // A bar on one.
    const fit_options options{.epochs = 12, .verbose = true};
    std::ostringstream terminal;
    detail::fit_display display(options, 40, terminal, true);
    display.begin_epoch(3);
    display.after_batch(40, 0.5);
    display.end_epoch(seen);
    const std::string bar = terminal.str();
    BOOST_TEST(contains(bar, "\repoch  3/12 100% ████████████████████ 00:00 elapsed, 00:00 left  loss "));
    BOOST_TEST(bar.back() == '\n');
}

BOOST_AUTO_TEST_CASE(callbacks_may_stop_it) {
    const points data = two_classes(40, 1);
    small net = start();
    with<4> trainer{net, {.learning_rate = 0.1}};
    random_generator random{seed{3}};
    std::vector<size_t> samples;
    std::vector<double> losses;
    const auto fourth = [&](size_t done, double loss) {
        samples.push_back(done);
        losses.push_back(loss);
        return samples.size() == 14;
    };
    const history seen = fit(trainer, data.inputs, data.labels, {.epochs = 5, .after_batch = fourth}, random);
    BOOST_TEST((seen.stopped_early && seen.epochs() == 2u)); // ten batches, and four
    BOOST_TEST((samples[9] == 40u && samples[13] == 16u));
    BOOST_TEST((losses[9] == seen.loss[0] && losses[13] == seen.loss[1]));
    // Also between the batches of an update.
    samples.clear();
    const history accumulated =
        fit(trainer, data.inputs, data.labels, {.epochs = 5, .accumulate = 4, .after_batch = fourth}, random);
    BOOST_TEST((accumulated.stopped_early && accumulated.epochs() == 2u));

    // Several, all of them called.
    int calls = 0;
    const auto stops = [&](const history& h) { return ++calls, h.epochs() == 3; };
    const auto looks = [&](const history&) { ++calls; };
    const history both =
        fit(trainer, data.inputs, data.labels, {.epochs = 9, .after_epoch = callbacks(stops, looks)}, random);
    BOOST_TEST((both.epochs() == 3u && calls == 6));
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    const points data = two_classes(4, 1);
    small net = start();
    with<4> trainer{net, {.learning_rate = 0.1}};
    random_generator random{seed{3}};
    const auto refused = [&](const fit_options& options) {
        return refusal([&] { fit(trainer, data.inputs, data.labels, options, random); });
    };
    BOOST_TEST(refused({.validation_split = 1}) == "inlay: fit: a validation_split of 1: expected 0 to below 1");
    BOOST_TEST(refused({.validation_split = 0.9}) ==
               "inlay: fit: a validation_split of 0.9 of 4 samples leaves nothing to train with");
    BOOST_TEST(contains(refused({.accumulate = 0}), "expected at least 1"));
    BOOST_TEST(contains(refused({.schedule = [](size_t) { return -1.0; }}), "the learning rate of update 0 is -1"));
    points bad = data;
    bad.inputs[3][1] = std::numeric_limits<float>::quiet_NaN();
    BOOST_TEST(refusal([&] {
                   fit(trainer, data.inputs, data.labels, fit_options{}, random, validation{bad.inputs, bad.labels});
               }) == "inlay: input 3 is NaN at feature 1");
    using line = network<input<2>, dense<1>>;
    line linear;
    initialize(linear, seed{1});
    inlay::trainer<line, mean_squared_error, sgd> fast{linear, {.learning_rate = 1e30}};
    const std::vector<line::output_type> targets(4);
    BOOST_TEST(contains(message_of<std::runtime_error>(
                            [&] { fit(fast, data.inputs, targets, {.epochs = 9, .accumulate = 2}, random); }),
                        "training stops; the network is as before that batch"));
}
