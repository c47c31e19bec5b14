// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE training_trainer
#include "../laws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace inlay;

using net_type = network<input<2>, dense<5>, inlay::tanh, dense<3>>;
using sample = net_type::input_type;
constexpr std::array<sample, 6> points{{{0, 1}, {1, 0}, {-1, 0.5f}, {0.25f, -1}, {2, 2}, {-0.5f, -0.5f}}};
constexpr std::array<int, 6> classes{0, 1, 2, 0, 1, 2};

template <class Optimizer, size_t Batch>
using trainer_of = trainer<net_type, cross_entropy, Optimizer, batch<Batch>>;

constexpr net_type started() {
    net_type net;
    initialize(net, seed{3});
    return net;
}

BOOST_AUTO_TEST_CASE(a_step_is_its_parts) {
    net_type a = started(), b = a, c = a;
    trainer_of<adam, 6> train_a(a), train_b(b);
    adam::rule<float> rule{adam{}};
    workspace<net_type, 6> work;
    std::array<float, 2 * net_type::trainable_extent> moments{};
    for (int step = 0; step < 3; ++step) {
        const float loss_a = train_a.step(points, classes);
        const float loss_b = train_b.accumulate(points, classes);
        train_b.update();
        gradients<net_type> into;
        work.forward(c, points[0].data());
        const float loss_c = work.compare(cross_entropy{}, classes.data());
        work.backward(c, points[0].data(), into);
        laws::check_same_bits<float>("the gradients of a step", into.canonical(), train_a.gradients().canonical());
        apply_rule<kernels::native, net_type::trainable_extent, 2>(rule, c.parameters().data(), into.data(),
                                                                   moments.data());
        BOOST_TEST(loss_a == loss_b);
        BOOST_TEST(loss_a == loss_c);
    }
    laws::check_same_bits<float>("step, accumulate and update", a.canonical(), b.canonical());
    laws::check_same_bits<float>("step, by hand", a.canonical(), c.canonical());
}

// Where only one type says how many it holds, they are counted when it runs.
BOOST_AUTO_TEST_CASE(a_vector_and_an_array) {
    net_type a = started(), b = a, c = a;
    trainer_of<sgd, 6> train_a(a), train_b(b), train_c(c);
    const float loss = train_a.step(points, classes);
    BOOST_TEST(train_b.step(std::vector<sample>(points.begin(), points.end()), classes) == loss);
    BOOST_TEST(train_c.step(points, std::vector<int>(classes.begin(), classes.end())) == loss);
    laws::check_same_bits<float>("vector and array", a.canonical(), b.canonical());
    laws::check_same_bits<float>("array and vector", a.canonical(), c.canonical());
}

BOOST_AUTO_TEST_CASE(a_part_of_a_batch_is_a_smaller_batch) {
    net_type a = started(), b = a;
    trainer_of<sgd, 6> train_a(a);
    trainer_of<sgd, 4> train_b(b);
    train_a.step(points, classes); // leaves its samples behind
    train_b.net() = a;
    const auto some = std::span<const sample>(points).first(4);
    const auto some_classes = std::span<const int>(classes).first(4);
    BOOST_TEST(train_a.step(some, some_classes) == train_b.step(some, some_classes),
               boost::test_tools::tolerance(1e-6f));
    laws::check_close<float>("parameters", a.canonical(), b.canonical(), 1e-6);
}

BOOST_AUTO_TEST_CASE(no_samples_no_step) {
    // Neither momentum nor weight decay moves the parameters, and gradients that were at hand are dropped.
    net_type net = started();
    trainer_of<sgd_momentum, 6> train(net, {.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 0.1});
    train.step(points, classes);
    train.accumulate(points, classes);
    const auto before = net.canonical();
    BOOST_TEST(std::isnan(train.step(std::span<const sample>(), std::span<const int>())));
    laws::check_same_bits<float>("parameters after a step on nothing", before, net.canonical());
    for (const float g : train.gradients().canonical()) BOOST_TEST(g == 0.0f);
    // As if it had never been: the next step is the second.
    net_type other = started();
    trainer_of<sgd_momentum, 6> twice(other, {.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 0.1});
    twice.step(points, classes);
    BOOST_TEST(twice.step(points, classes) == train.step(points, classes));
    laws::check_same_bits<float>("parameters after the next step", other.canonical(), net.canonical());
    trainer<net_type, summed<cross_entropy>, sgd, batch<6>> sums(net);
    BOOST_TEST(sums.step(std::span<const sample>(), std::span<const int>()) == 0.0f);
}

BOOST_AUTO_TEST_CASE(all_targets_ignored_is_no_step) {
    net_type net = started();
    trainer_of<adamw, 6> train(net, {.learning_rate = 0.1, .weight_decay = 0.1});
    train.step(points, classes);
    const auto before = net.canonical();
    constexpr std::array<int, 6> none{-100, -100, -100, -100, -100, -100};
    BOOST_TEST(std::isnan(train.step(points, none)));
    BOOST_TEST(std::isnan(train.step(points[0], -100)));
    BOOST_TEST(std::isnan(train.accumulate(points, none)));
    for (const float g : train.gradients().canonical()) BOOST_TEST(g == 0.0f);
    laws::check_same_bits<float>("parameters", before, net.canonical());
}

BOOST_AUTO_TEST_CASE(ignored_targets_do_not_count) {
    net_type a = started(), b = a;
    trainer_of<sgd, 6> train_a(a), train_b(b);
    std::array<int, 6> some = classes;
    some[1] = some[4] = -100;
    const std::array<sample, 4> others{points[0], points[2], points[3], points[5]};
    const std::array<int, 4> their_classes{classes[0], classes[2], classes[3], classes[5]};
    BOOST_TEST(train_a.step(points, some) == train_b.step(others, their_classes),
               boost::test_tools::tolerance(1e-6f));
    laws::check_close<float>("parameters", a.canonical(), b.canonical(), 1e-6);
}

// What a batch leaves behind meets the next one's padding with gradient 0; 0 · NaN would be NaN.
BOOST_AUTO_TEST_CASE(a_batch_of_nan_leaves_nothing) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        net_type a = started(), b = a;
        trainer_of<sgd, 6> train_a(a), train_b(b);
        std::array<sample, 5> lost{};
        for (sample& x : lost) x = {bad, bad};
        train_a.accumulate(lost, std::span<const int>(classes).first(5)); // and abandoned
        const auto some = std::span<const sample>(points).first(2);
        const auto some_classes = std::span<const int>(classes).first(2);
        BOOST_TEST(train_a.step(some, some_classes) == train_b.step(some, some_classes));
        laws::check_same_bits<float>("parameters", a.canonical(), b.canonical());
    }
}

// C arrays, std::array, spans of both kinds and containers.
BOOST_AUTO_TEST_CASE(any_contiguous_range) {
    const auto after = [](const auto& inputs, const auto& targets) {
        net_type net = started();
        trainer_of<sgd, 6> train(net);
        train.step(inputs, targets);
        return net.canonical();
    };
    const auto expected = after(points, classes);
    const sample plain[6] = {points[0], points[1], points[2], points[3], points[4], points[5]};
    const unsigned char labels[6] = {0, 1, 2, 0, 1, 2};
    BOOST_TEST((after(plain, labels) == expected));
    BOOST_TEST((after(std::span(points), std::vector<long long>(classes.begin(), classes.end())) == expected));
    BOOST_TEST((after(std::vector<sample>(points.begin(), points.end()), std::span<const int>(classes)) == expected));
}

BOOST_AUTO_TEST_CASE(a_target_per_step) {
    using sequence = network<input<3, 2>, gru<5>, dense<4>>;
    sequence net;
    initialize(net, seed{3});
    trainer<sequence, cross_entropy, adam, batch<2>> train(net, {.learning_rate = 0.05});
    const std::array<std::array<float, 6>, 2> x{{{1, 0, 0, 1, -1, 0}, {0, 1, -1, -1, 1, 1}}};
    const std::array<std::array<int, 3>, 2> labels{{{0, 1, -100}, {3, 2, 1}}};
    const float first = train.step(x, labels);
    BOOST_TEST(first > 0.5f);
    for (int step = 0; step < 300; ++step) train.step(x, labels);
    for (size_t n = 0; n < 2; ++n)
        for (size_t t = 0; t < 3; ++t) {
            const auto y = net(x[n]);
            const auto* const row = y.data() + 4 * t;
            if (labels[n][t] >= 0) BOOST_TEST(std::max_element(row, row + 4) - row == labels[n][t]);
        }
}

BOOST_AUTO_TEST_CASE(accumulating_adds) {
    net_type a = started(), b = a;
    trainer_of<sgd, 3> train(a);
    trainer_of<sgd, 6> whole(b);
    const auto all = std::span<const sample>(points);
    const auto targets = std::span<const int>(classes);
    train.accumulate(all.first(3), targets.first(3));
    train.accumulate(all.subspan(3), targets.subspan(3)); // two means of three are twice the mean of six
    whole.accumulate(points, classes);
    auto twice = whole.gradients().canonical();
    for (float& g : twice) g *= 2;
    laws::check_close<float>("accumulated gradients", train.gradients().canonical(), twice, 1e-6);
    train.update();
    const float first = train.accumulate(all.first(3), targets.first(3)); // starts from 0 again
    trainer_of<sgd, 3> fresh(a);
    BOOST_TEST(fresh.accumulate(all.first(3), targets.first(3)) == first);
    laws::check_same_bits<float>("gradients after an update", fresh.gradients().canonical(),
                                 train.gradients().canonical());
    train.step(all.first(3), targets.first(3)); // drops what was accumulated
}

BOOST_AUTO_TEST_CASE(single_samples) {
    net_type a = started(), b = a;
    trainer_of<sgd, 1> train_a(a), train_b(b);
    train_a.step(points[2], classes[2]);
    train_b.step(std::span<const sample>(points).subspan(2, 1), std::span<const int>(classes).subspan(2, 1));
    laws::check_same_bits<float>("one sample", a.canonical(), b.canonical());
}

BOOST_AUTO_TEST_CASE(learning_rate_and_clipping) {
    net_type net = started();
    trainer_of<sgd, 6> train(net, {.learning_rate = 0.5});
    BOOST_TEST(train.learning_rate() == 0.5f);
    train.learning_rate(0);
    const auto before = net.canonical();
    train.step(points, classes);
    laws::check_same_bits<float>("a learning rate of 0", before, net.canonical());
    train.learning_rate(1);
    train.clip({.value = 1e-3});
    train.step(points, classes);
    for (size_t i = 0; i < before.size(); ++i) BOOST_TEST(std::abs(net.canonical()[i] - before[i]) <= 1.0001e-3f);
    train.clip({.norm = 1e-2});
    const auto middle = net.canonical();
    train.step(points, classes);
    double square = 0;
    for (size_t i = 0; i < middle.size(); ++i) {
        const double d = static_cast<double>(net.canonical()[i] - middle[i]);
        square += d * d;
    }
    BOOST_TEST(std::sqrt(square) == 1e-2, boost::test_tools::tolerance(1e-3));
}

// Clipping sees the same gradients whatever the layout, and makes all of them NaN for one; what lies between tensors
// stays 0 and does not make later norms NaN.
BOOST_AUTO_TEST_CASE(clipping_after_nan) {
    net_type net = started();
    trainer_of<sgd, 6> train(net, {.learning_rate = 0});
    train.clip({.norm = 1e-3});
    std::array<sample, 6> lost = points;
    lost[2][0] = std::numeric_limits<float>::quiet_NaN();
    train.step(lost, classes);
    for (const float g : train.gradients().canonical()) BOOST_TEST(std::isnan(g));
    net = started();
    train.step(points, classes);
    double square = 0;
    for (const float g : train.gradients().canonical()) square += static_cast<double>(g) * static_cast<double>(g);
    BOOST_TEST(std::sqrt(square) == 1e-3, boost::test_tools::tolerance(2e-3));
    train.clip({});
    train.step(points, classes);
    laws::check_same_bits<float>("clipping switched off", train.gradients().canonical(), [] {
        net_type fresh = started();
        trainer_of<sgd, 6> plain(fresh);
        plain.accumulate(points, classes);
        return plain.gradients().canonical();
    }());
}

BOOST_AUTO_TEST_CASE(learns) {
    net_type net = started();
    trainer_of<adam, 6> train(net, {.learning_rate = 0.05});
    const float first = train.step(points, classes);
    float last = 0;
    for (int step = 0; step < 300; ++step) last = train.step(points, classes);
    BOOST_TEST(last < first / 20);
    for (size_t n = 0; n < 6; ++n) {
        const auto y = net(points[n]);
        BOOST_TEST(std::max_element(y.begin(), y.end()) - y.begin() == classes[n]);
    }
}

BOOST_AUTO_TEST_CASE(dropout_follows_the_seed) {
    using dropping = network<input<2>, dense<17>, dropout<0.5>, dense<3>>;
    const auto run = [](std::uint64_t from) {
        dropping net;
        initialize(net, seed{1});
        trainer<dropping, cross_entropy, sgd, batch<6>> train(net, {}, {}, seed{from});
        for (int step = 0; step < 3; ++step) train.step(points, classes);
        return net.canonical();
    };
    BOOST_TEST((run(5) == run(5)));
    BOOST_TEST((run(5) != run(6)));
}

/// Two steps of a net, by the compiler or at run time.
constexpr auto trained(seed from, std::array<sample, 6> inputs) {
    network<input<2>, dense<5>, inlay::tanh, dense<3>> net;
    initialize(net, from);
    trainer<decltype(net), cross_entropy, sgd_momentum, batch<3>> train(net);
    std::array<float, decltype(net)::parameter_count + 2> all{};
    for (size_t step = 0; step < 2; ++step)
        all[decltype(net)::parameter_count + step] = train.step(std::span<const sample>(inputs).subspan(3 * step, 3),
                                                                std::span<const int>(classes).subspan(3 * step, 3));
    for (size_t i = 0; i < decltype(net)::parameter_count; ++i) all[i] = net.canonical()[i];
    return all;
}
BOOST_AUTO_TEST_CASE(compile_time) {
    static constexpr auto then = trained(seed{3}, points);
    laws::check_same_bits<float>("two steps by the compiler", then, trained(laws::at_run_time(3), points));
}
