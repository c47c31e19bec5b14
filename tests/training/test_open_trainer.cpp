// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A trainer's step taken apart: forward, a gradient from elsewhere, backward, update.
#define BOOST_TEST_MODULE training_open_trainer
#include "../laws.hpp"

#include <cmath>

using namespace inlay;

namespace {

using net_type = network<input<2>, dense<5>, inlay::tanh, dropout<0.25>, dense<3>>;
using sample = net_type::input_type;
using outputs = net_type::output_type;
constexpr std::array<sample, 4> x{{{0, 1}, {1, 0}, {-1, 0.5f}, {0.25f, -1}}};
constexpr std::array<outputs, 4> t{{{1, 0, 2}, {0, 1, 0}, {-1, 0, 0}, {0, 0, 1}}};

constexpr net_type started() {
    net_type net;
    initialize(net, seed{3});
    return net;
}

/// ∂/∂y of the mean squared error of `rows` samples.
template <class Outputs, class Targets>
constexpr void slopes(const Outputs& y, const Targets& target, Outputs& dy, size_t rows) {
    for (size_t n = 0; n < rows; ++n)
        for (size_t i = 0; i < 3; ++i) dy[n][i] = (y[n][i] - target[n][i]) * 2 / static_cast<float>(3 * rows);
}

} // namespace

// With the loss's own gradient it is a step, dropout included, for whole and partial batches and single samples.
BOOST_AUTO_TEST_CASE(forward_backward_update_is_a_step) {
    net_type a = started(), b = a;
    trainer<net_type, mean_squared_error, adam, batch<4>> whole(a, {.learning_rate = 0.05}, {}, seed{7});
    trainer<net_type, no_loss, adam, batch<4>> parts(b, {.learning_rate = 0.05}, {}, seed{7});
    for (const size_t rows : {size_t{4}, size_t{3}, size_t{1}, size_t{4}}) {
        const auto some = std::span(x).first(rows);
        whole.step(some, std::span(t).first(rows));
        std::array<outputs, 4> y{}, dy{};
        parts.forward(some, y);
        slopes(y, t, dy, rows);
        parts.backward(std::span(dy).first(rows));
        laws::check_close<float>("gradients", whole.gradients().canonical(), parts.gradients().canonical(), 1e-6);
        parts.update();
    }
    laws::check_close<float>("parameters", a.canonical(), b.canonical(), 1e-5);
    BOOST_TEST((a.canonical() != started().canonical()));
}

BOOST_AUTO_TEST_CASE(one_sample) {
    using plain = network<input<2>, dense<5>, inlay::tanh, dense<3>>;
    const auto run = []<size_t Batch>(batch<Batch>) {
        plain net;
        initialize(net, seed{3});
        trainer<plain, no_loss, sgd, batch<Batch>> train(net, {.learning_rate = 0.5});
        const auto y = train.forward(x[2]);
        const auto expected = net(x[2]);
        if (Batch == 1) laws::check_same_bits<float>("outputs", y, expected);
        else laws::check_close<float>("outputs", y, expected, 1e-6);
        const outputs dy{1, -2, 0.5f};
        const auto alone = train.input_gradient(dy);
        sample dx{};
        train.backward(dy, dx);
        laws::check_same_bits<float>("the input's gradient", alone, dx);
        laws::check_close<float>("the input's gradient without a trainer", input_gradient(net, x[2], dy), dx, 1e-6);
        const auto once = train.gradients().canonical();
        train.backward(dy); // from the same pass, again
        const auto twice = train.gradients().canonical();
        for (size_t i = 0; i < once.size(); ++i) BOOST_TEST(twice[i] == 2 * once[i]);
        train.update();
        return net.canonical();
    };
    const auto single = run(batch<1>{}), padded = run(batch<3>{});
    laws::check_close<float>("parameters", single, padded, 1e-6);
}

// Gradients from a loss and from elsewhere add up.
BOOST_AUTO_TEST_CASE(with_a_loss_beside) {
    using plain = network<input<2>, dense<5>, inlay::tanh, dense<3>>;
    plain net;
    initialize(net, seed{3});
    trainer<plain, mean_squared_error, sgd, batch<4>> both(net), loss(net), other(net);
    std::array<outputs, 4> y{};
    const std::array<outputs, 4> dy{{{1, 2, 3}, {}, {0, -1, 0}, {0.5f, 0, 0}}};
    both.accumulate(x, t);
    both.forward(x, y);
    both.backward(dy);
    loss.accumulate(x, t);
    other.forward(x, y);
    other.backward(dy);
    auto sum = loss.gradients().canonical();
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += other.gradients().canonical()[i];
    laws::check_close<float>("gradients", both.gradients().canonical(), sum, 1e-6);
    both.update(); // and the next ones start from 0
    both.forward(x, y);
    both.backward(dy);
    other.gradients().clear();
    other.forward(x, y);
    other.backward(dy);
    laws::check_same_bits<float>("after an update", both.gradients().canonical(), other.gradients().canonical());
}

// The inputs' gradient of a partial batch stays in its rows, and equals a whole one's.
BOOST_AUTO_TEST_CASE(partial_batches_of_input_gradients) {
    using plain = network<input<2>, dense<5>, inlay::tanh, dense<3>>;
    plain net;
    initialize(net, seed{3});
    trainer<plain, summed<mean_squared_error>, sgd, batch<4>> train(net);
    std::array<sample, 4> all{}, some{};
    some[2] = some[3] = {7, 7};
    const float total = train.input_gradient(x, t, all);
    const float part = train.input_gradient(std::span(x).first(2), std::span(t).first(2), some);
    BOOST_TEST(part < total);
    for (size_t n = 0; n < 2; ++n) laws::check_close<float>("a row", all[n], some[n], 1e-6);
    for (size_t n = 2; n < 4; ++n) BOOST_TEST((some[n] == sample{7, 7}));
    sample alone{};
    train.input_gradient(x[1], t[1], alone);
    laws::check_close<float>("one sample", all[1], alone, 1e-6);
    // Nothing to learn from: nothing pulls.
    using classes = network<input<2>, dense<3>>;
    classes other;
    initialize(other, seed{3});
    trainer<classes, cross_entropy, sgd, batch<4>> ignoring(other);
    std::array<sample, 1> pull{{{7, 7}}};
    BOOST_TEST(std::isnan(ignoring.input_gradient(std::span(x).first(1), std::array{-100}, pull)));
    BOOST_TEST((pull[0] == sample{}));
}

// An input of integers has no gradient, but the rest of the net has.
BOOST_AUTO_TEST_CASE(tokens) {
    using words = network<input_of<std::uint16_t, 2>, embedding<5, 3>, flatten, dense<2>>;
    words a, b;
    initialize(a, seed{1});
    b = a;
    trainer<words, mean_squared_error, sgd, batch<2>> whole(a);
    trainer<words, no_loss, sgd, batch<2>> parts(b);
    const std::array<words::input_type, 2> text{{{4, 1}, {0, 3}}};
    const std::array<std::array<float, 2>, 2> wanted{{{1, 0}, {0, 1}}};
    std::array<std::array<float, 2>, 2> y{}, dy{};
    whole.step(text, wanted);
    parts.forward(text, y);
    for (size_t n = 0; n < 2; ++n)
        for (size_t i = 0; i < 2; ++i) dy[n][i] = (y[n][i] - wanted[n][i]) / 2;
    parts.backward(dy);
    parts.update();
    laws::check_close<float>("parameters", a.canonical(), b.canonical(), 1e-6);
}

/// Two steps with everything, by the compiler or at run time.
constexpr auto two_steps(seed from) {
    using plain = network<input<2>, dense<3>, inlay::tanh, dense<3>>;
    plain net;
    initialize(net, from);
    trainer<plain, no_loss, sgd_momentum, batch<2>> train(net);
    std::array<float, plain::parameter_count + 6> all{};
    std::array<sample, 2> dx{}, alone{};
    for (size_t step = 0; step < 2; ++step) {
        std::array<outputs, 2> y{}, dy{};
        const auto some = std::span(x).subspan(2 * step, 2);
        train.forward(some, y);
        slopes(y, std::span(t).subspan(2 * step, 2), dy, 2);
        train.input_gradient(dy, alone);
        train.backward(dy, dx);
        train.update();
    }
    for (size_t i = 0; i < plain::parameter_count; ++i) all[i] = net.canonical()[i];
    for (size_t i = 0; i < 4; ++i) all[plain::parameter_count + i] = dx[i / 2][i % 2] - alone[i / 2][i % 2]; // a factor would be contracted
    const auto one = input_gradient(net, x[0], {1, 2, 3});
    all[plain::parameter_count + 4] = one[0];
    all[plain::parameter_count + 5] = one[1];
    return all;
}
BOOST_AUTO_TEST_CASE(compile_time) {
    static constexpr auto then = two_steps(seed{3});
    laws::check_same_bits<float>("two steps by the compiler", then, two_steps(laws::at_run_time(3)));
}

// ---- a loop of one's own ----------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_trainers_pieces) {
    using plain = network<input<2>, dense<5>, inlay::tanh, dense<3>>;
    plain a, b;
    initialize(a, seed{3});
    b = a;
    trainer<plain, mean_squared_error, adamw, batch<4>> train(a, {.learning_rate = 0.1});
    train.clip({.value = 0.2, .norm = 0.3});
    workspace<plain, 4> memory;
    gradients<plain> slope;
    optimizer_state<plain, adamw> optimizer{{.learning_rate = 0.1}};
    for (int step = 0; step < 5; ++step) {
        const double rate = schedule::exponential{.rate = 0.1, .gamma = 0.5}(static_cast<size_t>(step));
        train.learning_rate(rate);
        train.momentum(0.5);
        train.step(x, t);
        memory.forward(b, x[0].data());
        memory.compare(mean_squared_error{}, t.data());
        slope.clear();
        memory.backward(b, x[0].data(), slope);
        clip(slope, {.value = 0.2, .norm = 0.3});
        optimizer.learning_rate(rate);
        optimizer.momentum(0.5);
        optimizer.update(b, slope);
        BOOST_TEST(optimizer.learning_rate() == train.learning_rate());
        BOOST_TEST(optimizer.momentum() == 0.5f);
    }
    laws::check_same_bits<float>("parameters", a.canonical(), b.canonical());
}

BOOST_AUTO_TEST_CASE(a_copy_of_the_optimizer_is_a_checkpoint) {
    using plain = network<input<2>, dense<5>, inlay::tanh, dense<3>>;
    plain net;
    initialize(net, seed{3});
    trainer<plain, mean_squared_error, adam, batch<4>> train(net, {.learning_rate = 0.1});
    for (int step = 0; step < 3; ++step) train.step(x, t);
    const auto optimizer = train.optimizer();
    const plain saved = net;
    for (int step = 0; step < 3; ++step) train.step(x, t);
    const auto expected = net.canonical();
    net = saved;
    train.optimizer() = optimizer;
    for (int step = 0; step < 3; ++step) train.step(x, t);
    laws::check_same_bits<float>("three steps again", expected, net.canonical());
}
