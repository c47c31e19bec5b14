// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Training on a data set: what a step would do, and what is said where it cannot work.
#define BOOST_TEST_MODULE fit
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host.hpp>

#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace inlay;

namespace {

using small = network<input<3>, dense<8>, inlay::tanh, dense<4>>;
using line = network<input<2>, dense<1>>;
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN(),
                infinity = std::numeric_limits<float>::infinity();

/// Samples whose class is in them.
data_set<3> four_classes(size_t count, std::uint64_t number = 1) {
    random_generator random{seed{number}};
    data_set<3> data;
    for (size_t i = 0; i < count; ++i) {
        const size_t label = i % 4;
        data.inputs.push_back({static_cast<float>(label % 2) + random.normal(0.0f, 0.1f),
                               static_cast<float>(label / 2) + random.normal(0.0f, 0.1f), random.normal(0.0f, 1.0f)});
        data.labels.push_back(label);
    }
    return data;
}

small start(std::uint64_t number = 1) {
    small net;
    initialize(net, seed{number});
    return net;
}

template <class Network>
bool same(const Network& a, const Network& b) {
    return std::memcmp(a.parameters().data(), b.parameters().data(), a.parameters().size_bytes()) == 0;
}

/// The learning rate and a batch of `small` on `data`, and what fit says about it.
template <class Loss = cross_entropy, class Targets>
std::string refusal(small& net, const std::vector<small::input_type>& inputs, const Targets& targets,
                    double rate = 0.1) {
    trainer<small, Loss, sgd, batch<4>> trainer{net, {.learning_rate = rate}};
    random_generator random{seed{1}};
    const small before = net;
    const std::string said =
        message_of<std::invalid_argument>([&] { fit(trainer, inputs, targets, 2, random, [](size_t, double) {}); });
    const std::string alike = message_of<std::invalid_argument>([&] { fit_epoch(trainer, inputs, targets, random); });
    BOOST_TEST(said == alike);
    if (said != "no error") BOOST_TEST(same(net, before)); // before anything was changed
    return said;
}

} // namespace

BOOST_AUTO_TEST_SUITE(epochs)

/// The same by hand, from the trainer's own step. Partial batches are the point: 10 samples in batches of 4.
template <class Optimizer, size_t Batch>
void is_a_loop_of_steps(size_t samples) {
    const data_set<3> data = four_classes(samples);
    small net = start(), other = start();
    trainer<small, cross_entropy, Optimizer, batch<Batch>> fitted{net}, stepped{other};
    random_generator random{seed{5}}, same_random{seed{5}};
    for (int epoch = 0; epoch < 3; ++epoch) {
        std::vector<size_t> reported;
        const double loss =
            fit_epoch(fitted, data.inputs, data.labels, random, [&](size_t done) { reported.push_back(done); });
        double total = 0;
        const auto order = shuffled_indices(data.size(), same_random);
        std::vector<size_t> done;
        for (size_t first = 0; first < samples; first += Batch) {
            const size_t rows = std::min(Batch, samples - first);
            std::vector<std::array<float, 3>> x;
            std::vector<size_t> t;
            for (size_t n = 0; n < rows; ++n)
                x.push_back(data.inputs[order[first + n]]), t.push_back(data.labels[order[first + n]]);
            total += static_cast<double>(stepped.step(x, t)) * static_cast<double>(rows);
            done.push_back(first + rows);
        }
        BOOST_TEST((same(net, other)));
        BOOST_TEST(loss == total / static_cast<double>(samples));
        BOOST_TEST(reported == done);
    }
}
BOOST_AUTO_TEST_CASE(an_epoch_is_a_step_per_batch_and_one_on_what_is_left) {
    is_a_loop_of_steps<sgd, 4>(10);
    is_a_loop_of_steps<adam, 4>(12);
    is_a_loop_of_steps<sgd_momentum, 16>(10); // one batch, not full
    is_a_loop_of_steps<adam, 1>(5);
}

BOOST_AUTO_TEST_CASE(fit_is_that_many_epochs) {
    const data_set<3> data = four_classes(50);
    small net = start(), other = start();
    trainer<small, cross_entropy, adam, batch<8>> a{net, {.learning_rate = 0.02}}, b{other, {.learning_rate = 0.02}};
    random_generator random{seed{5}}, same_random{seed{5}};
    std::vector<double> losses, others;
    std::vector<size_t> epochs;
    const size_t done = fit(a, data.inputs, data.labels, 30, random, [&](size_t epoch, double loss) {
        epochs.push_back(epoch);
        losses.push_back(loss);
    });
    for (int i = 0; i < 30; ++i) others.push_back(fit_epoch(b, data.inputs, data.labels, same_random));
    BOOST_TEST(done == 30u);
    BOOST_TEST(losses == others);
    BOOST_TEST((epochs.front() == 1 && epochs.back() == 30 && epochs.size() == 30));
    BOOST_TEST(same(net, other));
    BOOST_TEST(losses.back() < 0.2 * losses.front());
    BOOST_TEST(accuracy(net, data) > 0.95);
    BOOST_TEST(accuracy(net, four_classes(200, 2)) > 0.95);
    BOOST_TEST(fit(a, data.inputs, data.labels, 0, random) == 0u);
}

BOOST_AUTO_TEST_CASE(a_report_may_stop_it) {
    const data_set<3> data = four_classes(20);
    small net = start();
    trainer<small, cross_entropy, adam, batch<8>> trainer{net};
    random_generator random{seed{5}};
    BOOST_TEST(fit(trainer, data.inputs, data.labels, 30, random, [](size_t epoch, double) { return epoch == 7; }) ==
               7u);
    BOOST_TEST(fit(trainer, data.inputs, data.labels, 30, random, [](size_t, double) { return false; }) == 30u);
    BOOST_TEST(fit(trainer, data.inputs, data.labels, 3, random, [](size_t, double) {}) == 3u);
    size_t last = 0;
    fit_epoch(trainer, data.inputs, data.labels, random, [&](size_t done) {
        last = done;
        return done >= 16;
    });
    BOOST_TEST(last == 16u);
}

BOOST_AUTO_TEST_CASE(a_report_may_set_the_learning_rate) {
    const data_set<3> data = four_classes(20);
    small net = start(), after_first{};
    trainer<small, cross_entropy, sgd, batch<8>> trainer{net, {.learning_rate = 0.1}};
    random_generator random{seed{5}};
    fit(trainer, data.inputs, data.labels, 4, random, [&](size_t epoch, double) {
        if (epoch == 1) after_first = net;
        trainer.learning_rate(0);
    });
    BOOST_TEST(same(net, after_first));
}

BOOST_AUTO_TEST_CASE(numbers_as_targets_and_an_online_trainer) {
    std::vector<line::input_type> x;
    std::vector<line::output_type> y;
    random_generator random{seed{2}};
    for (int i = 0; i < 40; ++i) {
        x.push_back({random.normal(0.0f, 1.0f), random.normal(0.0f, 1.0f)});
        y.push_back({3 * x.back()[0] - x.back()[1] + 0.5f});
    }
    line net, online; // a single layer may start at 0
    trainer<line, mean_squared_error, sgd, batch<8>> a{net, {.learning_rate = 0.1}};
    online_trainer<line, mean_squared_error, batch<8>> b{online, {.learning_rate = 0.1}};
    random_generator one{seed{1}}, two{seed{1}};
    double last = 1;
    fit(a, x, y, 40, one, [&](size_t, double loss) { last = loss; });
    fit(b, x, y, 40, two);
    BOOST_TEST(last < 1e-6);
    BOOST_TEST((std::abs(net.parameter<"0.weight">()(0, 0) - 3) < 1e-3f));
    BOOST_TEST(same(net, online));
    // A sum is reported per sample.
    line summed_net;
    trainer<line, summed<mean_squared_error>, sgd, batch<8>> c{summed_net, {.learning_rate = 0}};
    trainer<line, mean_squared_error, sgd, batch<8>> d{summed_net, {.learning_rate = 0}};
    const double sum = fit_epoch(c, x, y, one), mean = fit_epoch(d, x, y, one);
    BOOST_TEST(sum == mean, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(refusals)

BOOST_AUTO_TEST_CASE(counts) {
    small net = start();
    const data_set<3> data = four_classes(10);
    std::vector<size_t> labels = data.labels;
    labels.pop_back();
    BOOST_TEST(refusal(net, data.inputs, labels) == "inlay: 10 inputs but 9 targets");
    BOOST_TEST(refusal(net, {}, std::vector<size_t>{}) == "inlay: there are no samples");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none) {
    small net = start();
    data_set<3> data = four_classes(10);
    data.inputs[7][1] = not_a_number;
    BOOST_TEST(refusal(net, data.inputs, data.labels) == "inlay: input 7 is NaN at feature 1");
    data.inputs[7][1] = -infinity;
    BOOST_TEST(refusal(net, data.inputs, data.labels) == "inlay: input 7 is infinite at feature 1");
    data = four_classes(10);
    std::vector<small::output_type> targets(10);
    targets[9][3] = not_a_number;
    BOOST_TEST(refusal<mean_squared_error>(net, data.inputs, targets) == "inlay: target 9 is NaN at output 3");
    targets[9][3] = infinity;
    BOOST_TEST(refusal<cross_entropy>(net, data.inputs, targets) == "inlay: target 9 is infinite at output 3");
    targets[9][3] = std::numeric_limits<float>::max(); // finite, and then the loss is not
}

BOOST_AUTO_TEST_CASE(labels) {
    small net = start();
    const data_set<3> data = four_classes(10);
    const std::string begin = "inlay: the label of sample ", end = ", but the network has 4 outputs: expected 0 to 3";
    std::vector<size_t> labels = data.labels;
    labels[6] = 4;
    BOOST_TEST(refusal(net, data.inputs, labels).starts_with(begin + "6 is 4" + end));
    std::vector<int> with_sign(10, 3);
    with_sign[2] = -5;
    BOOST_TEST(refusal(net, data.inputs, with_sign).starts_with(begin + "2 is -5" + end));
    with_sign[2] = 99;
    BOOST_TEST(refusal<summed<cross_entropy>>(net, data.inputs, with_sign).starts_with(begin + "2 is 99" + end));
    with_sign[2] = 0;
    BOOST_TEST(refusal(net, data.inputs, with_sign) == "no error");
    std::vector<unsigned char> bytes(10, 3);
    BOOST_TEST(refusal(net, data.inputs, bytes) == "no error");
}

/// Cross-entropy for which a label says that there is none, as inlay's may by now.
struct with_none : cross_entropy {
    int ignore_index = -100;
};
BOOST_AUTO_TEST_CASE(a_label_may_be_ignored) {
    const data_set<3> data = four_classes(10);
    std::vector<int> labels(data.labels.begin(), data.labels.end());
    small net = start();
    labels[3] = -100;
    BOOST_TEST(refusal<with_none>(net, data.inputs, labels) == "no error");
    labels[3] = -1;
    BOOST_TEST(refusal<with_none>(net, data.inputs, labels) ==
               "inlay: the label of sample 3 is -1, but the network has 4 outputs: expected 0 to 3, or -100 for none");
    std::fill(labels.begin(), labels.end(), -100);
    BOOST_TEST(refusal<with_none>(net, data.inputs, labels) == "inlay: all targets are ignored");
    // A batch of nothing else is passed over: 2 of 6 batches here.
    std::fill(labels.begin(), labels.end(), 2);
    labels[0] = labels[1] = -100;
    net = start();
    small before = net;
    trainer<small, with_none, sgd, batch<1>> trainer{net, {.learning_rate = 0.1}};
    random_generator random{seed{1}};
    const double loss = fit_epoch(trainer, data.inputs, labels, random);
    BOOST_TEST((std::isfinite(loss) && loss > 0.1));
    BOOST_TEST(!same(net, before));
}

BOOST_AUTO_TEST_CASE(learning_rates) {
    small net = start();
    const data_set<3> data = four_classes(10);
    const std::string end = ": expected a finite number, 0 or more";
#if defined(NDEBUG) // else the trainer itself may say so first
    BOOST_TEST(refusal(net, data.inputs, data.labels, -0.1) == "inlay: the learning rate is -0.1" + end);
    BOOST_TEST(contains(refusal(net, data.inputs, data.labels, std::nan("")), "nan" + end));
    BOOST_TEST(refusal(net, data.inputs, data.labels, 1e300) == "inlay: the learning rate is inf" + end);
    trainer<small, cross_entropy, sgd, batch<4>> trainer{net};
    random_generator random{seed{1}};
    BOOST_TEST(message_of<std::invalid_argument>([&] {
                   fit(trainer, data.inputs, data.labels, 3, random,
                       [&](size_t epoch, double) { trainer.learning_rate(epoch == 2 ? -1.0 : 0.1); });
               }) == "inlay: the learning rate is -1" + end);
#endif
    BOOST_TEST(refusal(net, data.inputs, data.labels, 0) == "no error");
}

BOOST_AUTO_TEST_CASE(a_network_that_was_never_initialised) {
    const data_set<3> data = four_classes(10);
    small net;
    BOOST_TEST(refusal(net, data.inputs, data.labels) ==
               "inlay: all weights of the network are 0, and training could not start from there: initialize(net, "
               "inlay::seed{1}) gives them start values");
    initialize(net, seed{1}, init::constant{0.25}, init::constant{1});
    BOOST_TEST(contains(refusal(net, data.inputs, data.labels), "all weights of the network are 0.25"));
    net.parameter<"2.weight">()(3, 7) = 0.5f;
    BOOST_TEST(refusal(net, data.inputs, data.labels) == "no error");

    const auto never = []<class Network>(Network some) {
        float value = 0;
        return detail::never_initialized(some, value);
    };
    BOOST_TEST(!never(line{}));                                           // one layer
    BOOST_TEST(!never(network<input<1>, dense<1>, sigmoid, dense<1>>{})); // nothing to be alike
    BOOST_TEST(never(network<input<3>, sequential<dense<4>, relu, dense<2>>>{}));
    BOOST_TEST(never(network<input<3>, named<"a", dense<4>>, relu, named<"b", dense<1>>>{}));
    BOOST_TEST(never(network<input<4, 3>, gru<4>, last_step, dense<2>>{}));
    BOOST_TEST(never(network<input<6, 6, 1>, conv2d<4, 3>, relu, flatten, dense<2>>{}));
    BOOST_TEST(!never(network<input<3>, relu>{}));
}

BOOST_AUTO_TEST_CASE(parameters_that_are_no_numbers) {
    const data_set<3> data = four_classes(10);
    small net = start();
    net.parameter<"2.weight">()(1, 2) = not_a_number;
    BOOST_TEST(refusal(net, data.inputs, data.labels) ==
               "inlay: parameter 2.weight[10] of the network is NaN: initialize(net, inlay::seed{1}) gives start values");
    net = start();
    net.parameter<"0.bias">()(7) = -infinity;
    BOOST_TEST(contains(refusal(net, data.inputs, data.labels), "parameter 0.bias[7] of the network is infinite"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(failures)

/// What fit says when it ends, and the network as it was after the last step that was done.
template <class Trainer, class Network, class Inputs, class Targets>
std::string failure(Trainer& trainer, Network& net, const Inputs& inputs, const Targets& targets) {
    random_generator random{seed{1}};
    const std::string said = message_of<std::runtime_error>([&] { fit(trainer, inputs, targets, 50, random); });
    for (const float value : net.parameters()) BOOST_TEST_REQUIRE(std::isfinite(value));
    return said;
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_ends_it_before_the_step) {
    std::vector<line::input_type> x(6, {1, 1});
    std::vector<line::output_type> y(6, {1});
    y[0] = {3e38f}; // its square is infinite
    line net;
    trainer<line, mean_squared_error, sgd, batch<2>> trainer{net, {.learning_rate = 0.01}};
    const std::string said = failure(trainer, net, x, y);
    BOOST_TEST(contains(said, "inlay: the loss is infinite in epoch 1, batch "));
    BOOST_TEST(contains(said, "the network is as before that batch"));
    BOOST_TEST(contains(said, "Lower the learning rate (0.01), scale the inputs (the largest of the batch is 1;"));
    // It goes on from there.
    y[0] = {1};
    random_generator random{seed{1}};
    double last = 1;
    fit(trainer, x, y, 300, random, [&](size_t, double loss) { last = loss; });
    BOOST_TEST(last < 1e-3);
}

BOOST_AUTO_TEST_CASE(running_statistics_stay_as_before_that_batch) {
    using normed = network<input<2>, batch_norm<>, dense<1>>;
    const std::vector<normed::input_type> x = {{1, 2}, {3, 5}};
    const std::vector<normed::output_type> y(2, {3e38f});
    normed net;
    initialize(net, seed{1});
    const normed before = net;
    trainer<normed, mean_squared_error, sgd, batch<2>> trainer{net, {.learning_rate = 0.01}};
    BOOST_TEST(contains(failure(trainer, net, x, y), "inlay: the loss is infinite in epoch 1, batch 1"));
    BOOST_TEST(net.canonical_buffers() == before.canonical_buffers(), boost::test_tools::per_element());
    BOOST_TEST(net.canonical() == before.canonical(), boost::test_tools::per_element());
}

template <class Trainer>
void diverges(double rate, size_t batches_at_most) {
    std::vector<line::input_type> x;
    std::vector<line::output_type> y;
    random_generator random{seed{3}};
    for (int i = 0; i < 32; ++i) {
        x.push_back({random.normal(0.0f, 1.0f), random.normal(0.0f, 1.0f)});
        y.push_back({x.back()[0]});
    }
    line net;
    Trainer trainer{net, {.learning_rate = rate}};
    random_generator order{seed{1}};
    size_t batches = 0;
    line before = net;
    const std::string said = message_of<std::runtime_error>([&] {
        fit_epoch(trainer, x, y, order, [&](size_t) {
            before = net;
            ++batches;
        });
        for (int i = 0; i < 100; ++i)
            fit_epoch(trainer, x, y, order, [&](size_t) {
                before = net;
                ++batches;
            });
    });
    BOOST_TEST((contains(said, "inlay: training diverges: the loss is ") || contains(said, "the loss is infinite")),
               said);
    BOOST_TEST(batches <= batches_at_most);
    BOOST_TEST(same(net, before)); // the last finished step
}
BOOST_AUTO_TEST_CASE(steps_that_are_too_large_end_it) {
    diverges<trainer<line, mean_squared_error, sgd, batch<4>>>(1e6, 2);
    diverges<trainer<line, mean_squared_error, sgd, batch<4>>>(2.5, 100);
    diverges<online_trainer<line, mean_squared_error, batch<4>>>(1e6, 2);
}

BOOST_AUTO_TEST_CASE(a_classifier_with_an_absurd_rate) {
    const data_set<3> data = four_classes(64);
    small net = start();
    trainer<small, cross_entropy, sgd, batch<16>> trainer{net, {.learning_rate = 1e9}};
    const std::string said = failure(trainer, net, data.inputs, data.labels);
    BOOST_TEST(contains(said, "training diverges: the loss is "), said);
    BOOST_TEST(contains(said, "in epoch 1, batch 2"), said);
    BOOST_TEST(contains(said, "for outputs of 0"), said);
}

BOOST_AUTO_TEST_CASE(a_step_that_makes_parameters_infinite_is_named) {
    const std::vector<line::input_type> x(4, {2, 2});
    const std::vector<line::output_type> y(4, {1e10f});
    line net;
    trainer<line, mean_squared_error, sgd, batch<2>> trainer{net, {.learning_rate = 1e30}};
    random_generator random{seed{1}};
    BOOST_TEST(contains(message_of<std::runtime_error>([&] { fit(trainer, x, y, 2, random); }),
                        "(the step before has made parameters infinite) in epoch 1, batch 2"));
}

BOOST_AUTO_TEST_CASE(what_is_no_divergence) {
    random_generator random{seed{3}};
    // A bad start: outputs are far off, and come down.
    std::vector<line::input_type> x;
    std::vector<line::output_type> y;
    for (int i = 0; i < 64; ++i) {
        x.push_back({random.normal(0.0f, 1.0f), random.normal(0.0f, 1.0f)});
        y.push_back({x.back()[0] - x.back()[1]});
    }
    line net;
    net.parameter<"0.weight">() = {1e6f, -1e6f};
    trainer<line, mean_squared_error, sgd, batch<8>> trainer{net, {.learning_rate = 0.05}};
    BOOST_CHECK_NO_THROW(fit(trainer, x, y, 5, random));
    // A rare sample with a target ten million times the others.
    line second;
    y.assign(64, {0.001f});
    y[40] = {1e4f};
    inlay::trainer<line, mean_squared_error, sgd, batch<1>> other{second, {.learning_rate = 1e-4}};
    BOOST_CHECK_NO_THROW(fit(other, x, y, 3, random));
}

BOOST_AUTO_TEST_CASE(a_gradient_that_is_not_finite_is_not_applied) {
    // |d| of a huge weight: the loss is finite, the gradient of the first layer, 3e38 · 4, is not.
    using deep = network<input<1>, dense_without_bias<1>, dense_without_bias<1>>;
    deep net;
    net.parameter<"0.weight">() = {2e-38f};
    net.parameter<"1.weight">() = {3e38f};
    const std::vector<deep::input_type> x(2, {4.0f});
    const std::vector<deep::output_type> y(2, {0.0f});
    trainer<deep, mean_absolute_error, sgd, batch<2>> trainer{net, {.learning_rate = 0.1}};
    const std::string said = failure(trainer, net, x, y);
    BOOST_TEST(contains(said, "inlay: a gradient is not finite in epoch 1, batch 1"));
    BOOST_TEST(net.parameter<"1.weight">()(0, 0) == 3e38f);
}

BOOST_AUTO_TEST_SUITE_END()
