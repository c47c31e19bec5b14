// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// 100 steps of every optimiser against PyTorch's, from the same start on the same samples. Relative to the norm of all
// parameters: 1e-10 in double (100 steps of differently ordered sums), 1e-4 in float against PyTorch's doubles.
#define BOOST_TEST_MODULE optimizers
#include "../golden/optimizers.hpp"
#include "../laws.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace inlay;
namespace torch = golden::optimizers;

template <class T>
using net_type = basic_network<T, input<3>, dense<4>, inlay::tanh, dense<2>>;

template <class T, class Optimizer>
void like_torch_in(const char* name, Optimizer optimizer, clipping limits, std::span<const double> after_2,
                   std::span<const double> after_100) {
    using net_type = ::net_type<T>;
    constexpr double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-10;
    net_type net;
    std::array<T, net_type::parameter_count> start{};
    for (size_t i = 0; i < start.size(); ++i) start[i] = static_cast<T>(torch::start[i]);
    net.assign(start);
    std::array<std::array<T, 3>, 8> x{};
    std::array<std::array<T, 2>, 8> t{};
    for (size_t i = 0; i < 24; ++i) x[i / 3][i % 3] = static_cast<T>(torch::input[i]);
    for (size_t i = 0; i < 16; ++i) t[i / 2][i % 2] = static_cast<T>(torch::target[i]);
    const auto compare = [&](int steps, std::span<const double> expected) {
        std::array<T, net_type::parameter_count> exact{};
        for (size_t i = 0; i < exact.size(); ++i) exact[i] = static_cast<T>(expected[i]);
        const auto own = net.canonical();
        laws::check_close<T>(std::string(name) + " after " + std::to_string(steps), own, exact, tolerance);
    };
    trainer<net_type, mean_squared_error, Optimizer, batch<8>> train(net, optimizer);
    train.clip(limits);
    for (int step = 1; step <= 100; ++step) {
        train.step(x, t);
        if (step == 2) compare(2, after_2);
    }
    compare(100, after_100);
}

#define LIKE_TORCH(name, ...)                                                                                          \
    like_torch_in<double>(#name, __VA_ARGS__, clipping{}, torch::name::after_2, torch::name::after_100);               \
    like_torch_in<float>(#name, __VA_ARGS__, clipping{}, torch::name::after_2, torch::name::after_100)

BOOST_AUTO_TEST_CASE(stochastic_gradient_descent) {
    LIKE_TORCH(sgd, sgd{.learning_rate = 0.1});
    LIKE_TORCH(sgd_decay, sgd{.learning_rate = 0.1, .weight_decay = 0.01});
    LIKE_TORCH(momentum, sgd_momentum{.learning_rate = 0.05});
    LIKE_TORCH(momentum_dampened,
               sgd_momentum{.learning_rate = 0.05, .momentum = 0.8, .dampening = 0.3, .weight_decay = 0.01});
    LIKE_TORCH(nesterov, sgd_momentum{.learning_rate = 0.05, .nesterov = true, .weight_decay = 0.01});
}
BOOST_AUTO_TEST_CASE(adaptive) {
    LIKE_TORCH(adagrad, adagrad{.learning_rate = 0.1});
    LIKE_TORCH(adagrad_decay, adagrad{.learning_rate = 0.1, .learning_rate_decay = 0.05, .weight_decay = 0.01});
    LIKE_TORCH(rmsprop, rmsprop{});
    LIKE_TORCH(rmsprop_decay, rmsprop{.learning_rate = 0.002, .alpha = 0.95, .weight_decay = 0.01});
    LIKE_TORCH(adam, adam{.learning_rate = 0.02});
    LIKE_TORCH(adam_decay, adam{.learning_rate = 0.02, .beta1 = 0.8, .beta2 = 0.95, .weight_decay = 0.01});
    LIKE_TORCH(adamw, adamw{.learning_rate = 0.02});
    LIKE_TORCH(adamw_decay, adamw{.learning_rate = 0.02, .weight_decay = 0.2});
}
BOOST_AUTO_TEST_CASE(clipped) {
    const auto like = [](const char* name, clipping limits, std::span<const double> after_2,
                         std::span<const double> after_100) {
        like_torch_in<double>(name, sgd{.learning_rate = 0.1}, limits, after_2, after_100);
    };
    like("norm", {.norm = 0.3}, torch::clipped_norm::after_2, torch::clipped_norm::after_100);
    like("value", {.value = 0.05}, torch::clipped_value::after_2, torch::clipped_value::after_100);
    like("both", {.value = 0.1, .norm = 0.2}, torch::clipped_both::after_2, torch::clipped_both::after_100);
}

/// Three steps on 13 parameters with given gradients.
template <class T, class Backend, class Optimizer>
constexpr std::array<T, 13 * (1 + Optimizer::moments)> three_steps(Optimizer optimizer, seed from) {
    typename Optimizer::template rule<T> rule(optimizer);
    random_generator random(from);
    std::array<T, 13> w{}, g{};
    std::array<T, 13 * Optimizer::moments + 1> moments{};
    laws::draw<T>(w, random, T(-1), T(1));
    for (int step = 0; step < 3; ++step) {
        laws::draw<T>(g, random, T(-1), T(1));
        apply_rule<Backend, 13, Optimizer::moments>(rule, w.data(), g.data(), moments.data());
    }
    std::array<T, 13 * (1 + Optimizer::moments)> all{};
    for (size_t i = 0; i < 13; ++i) all[i] = w[i];
    for (size_t i = 13; i < all.size(); ++i) all[i] = moments[i - 13];
    return all;
}

template <class T, auto Make>
void same_bits_in(const char* name) {
    static constexpr auto then = three_steps<T, kernels::scalar>(Make(), seed{5});
    laws::check_same_bits<T>(std::string(name) + ": run time", then,
                             three_steps<T, kernels::scalar>(Make(), laws::at_run_time(5)));
    laws::check_same_bits<T>(std::string(name) + ": vectors", then,
                             three_steps<T, kernels::native>(Make(), laws::at_run_time(5)));
}
#define SAME_BITS(...)                                                                                                 \
    same_bits_in<float, [] { return __VA_ARGS__; }>(#__VA_ARGS__);                                                     \
    same_bits_in<double, [] { return __VA_ARGS__; }>(#__VA_ARGS__)

BOOST_AUTO_TEST_CASE(same_bits_everywhere) {
    SAME_BITS(sgd{.weight_decay = 0.01});
    SAME_BITS(sgd_momentum{.nesterov = true, .weight_decay = 0.01});
    SAME_BITS(sgd_momentum{.dampening = 0.1, .weight_decay = 0.01});
    SAME_BITS(adagrad{.learning_rate_decay = 0.1, .weight_decay = 0.01});
    SAME_BITS(rmsprop{.weight_decay = 0.01});
    SAME_BITS(adam{.weight_decay = 0.01});
    SAME_BITS(adamw{});
}

BOOST_AUTO_TEST_CASE(defaults_are_torchs) {
    static_assert(sgd_momentum{}.momentum == 0.9 && !sgd_momentum{}.nesterov && sgd_momentum{}.dampening == 0);
    static_assert(adagrad{}.learning_rate == 1e-2 && adagrad{}.epsilon == 1e-10);
    static_assert(rmsprop{}.learning_rate == 1e-2 && rmsprop{}.alpha == 0.99 && rmsprop{}.epsilon == 1e-8);
    static_assert(adam{}.learning_rate == 1e-3 && adam{}.beta1 == 0.9 && adam{}.beta2 == 0.999 &&
                  adam{}.epsilon == 1e-8);
    static_assert(adam{}.weight_decay == 0 && adamw{}.weight_decay == 1e-2);
    BOOST_TEST(true);
}

// ---- beyond the usual hyperparameters -------------------------------------------------------------------------------

template <class T, class Optimizer>
struct alone { // one parameter and its moments
    typename Optimizer::template rule<T> rule;
    T w = 0, moments[2] = {};
    explicit alone(Optimizer o) : rule(o) {}
    T step(T g) {
        const T before = w;
        apply_rule<kernels::scalar, 1, Optimizer::moments>(rule, &w, &g, moments);
        return before - w;
    }
};

/// Adam's first step is the learning rate, whatever the βs; and with a constant gradient every step is. (ε is left out.)
template <class T, class Optimizer>
void steps_of_the_learning_rate() {
    for (const double beta2 : {0.9, 0.999, 0.99999, 0.9999999, 0.99999999, 0.999999999})
        for (const double beta1 : {0.0, 0.9, 0.999999}) {
            alone<T, Optimizer> adam(
                Optimizer{.learning_rate = 1, .beta1 = beta1, .beta2 = beta2, .epsilon = 0, .weight_decay = 0});
            double worst = 0;
            for (int step = 0; step < 50; ++step) {
                adam.w = 0; // else its roundings count
                worst = std::max(worst, std::abs(static_cast<double>(adam.step(T(0.25)) - 1)));
            }
            BOOST_TEST(worst <= 50 * static_cast<double>(std::numeric_limits<T>::epsilon()),
                       "beta1 " << beta1 << ", beta2 " << beta2 << ": off by " << worst);
        }
}
BOOST_AUTO_TEST_CASE(adam_with_betas_next_to_1) {
    steps_of_the_learning_rate<float, adam>();
    steps_of_the_learning_rate<double, adam>();
    steps_of_the_learning_rate<float, adamw>();
}

// Floats follow doubles for a thousand steps of random gradients.
template <class Optimizer>
double apart(Optimizer o) {
    alone<float, Optimizer> single(o);
    alone<double, Optimizer> exact(o);
    random_generator random(seed{4});
    double worst = 0;
    for (int step = 0; step < 1000; ++step) {
        const float g = random.uniform(-1.0f, 1.0f) + 0.5f;
        single.w = 0, exact.w = 0;
        const double a = static_cast<double>(single.step(g)), b = exact.step(static_cast<double>(g));
        worst = std::max(worst, std::abs(a - b) / std::abs(b));
    }
    return worst;
}
BOOST_AUTO_TEST_CASE(floats_follow_doubles) {
    BOOST_TEST(apart(rmsprop{.learning_rate = 1}) < 1e-5);
    BOOST_TEST(apart(rmsprop{.learning_rate = 1, .alpha = 0.99999}) < 1e-4);
    BOOST_TEST(apart(rmsprop{.learning_rate = 1, .alpha = 0.9999999}) < 1e-3); // was 9 % off
    BOOST_TEST(apart(adam{.learning_rate = 1, .beta1 = 0}) < 1e-4);
    BOOST_TEST(apart(adam{.learning_rate = 1, .beta1 = 0, .beta2 = 0.9999999}) < 1e-3);
}

// Decoupled decay of a millionth per step is one of a millionth: 1 − 1e-6 as a float is 5 % off.
BOOST_AUTO_TEST_CASE(a_small_decay) {
    alone<float, adamw> decays(adamw{.learning_rate = 1e-3, .weight_decay = 1e-3});
    double w = 1;
    decays.w = 1;
    for (int step = 0; step < 1000; ++step) decays.step(0), w *= 1 - 1e-6;
    BOOST_TEST(1 - static_cast<double>(decays.w) == 1 - w, boost::test_tools::tolerance(0.05));
    alone<float, adamw> none(adamw{.weight_decay = 0});
    none.w = std::numeric_limits<float>::infinity();
    none.step(0);
    BOOST_TEST(none.w == std::numeric_limits<float>::infinity());
}

// Weight decay of 0 is none, also for a weight that is not finite; and online_trainer's rule is sgd's.
BOOST_AUTO_TEST_CASE(no_decay_is_no_decay) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const auto after = [](auto optimizer, float w) {
        alone<float, decltype(optimizer)> one(optimizer);
        one.w = w;
        one.step(0.5f);
        return one.w;
    };
    BOOST_TEST(after(sgd{}, infinity) == infinity);
    BOOST_TEST(after(sgd_momentum{}, infinity) == infinity);
    BOOST_TEST(after(adagrad{}, infinity) == infinity);
    BOOST_TEST(after(rmsprop{}, infinity) == infinity);
    BOOST_TEST(after(adam{}, infinity) == infinity);
    for (const double decay : {0.0, 0.25})
        for (const float w : {0.75f, infinity, -3e38f}) {
            const sgd rule{.learning_rate = 0.5, .weight_decay = decay};
            const float stored = after(rule, w), online = sgd::rule<float>(rule).step().step(0.5f, w);
            BOOST_TEST((stored == online || (stored != stored && online != online)));
        }
    BOOST_TEST(after(sgd{.learning_rate = 0.5, .weight_decay = 0.25}, 0.75f) == 0.75f - 0.5f * (0.5f + 0.25f * 0.75f));
}

// ---- momentum that changes ------------------------------------------------------------------------------------------

// PyTorch's formulas in double, with the present momentum and β₁ of each step.
BOOST_AUTO_TEST_CASE(momentum_can_be_set) {
    using net_type = ::net_type<double>;
    net_type net;
    trainer<net_type, mean_squared_error, sgd_momentum> with(net, {.learning_rate = 0.1, .momentum = 0.5});
    BOOST_TEST(with.momentum() == 0.5);
    with.momentum(0.75);
    BOOST_TEST(with.momentum() == 0.75);
    trainer<net_type, mean_squared_error, adamw> decoupled(net);
    BOOST_TEST(decoupled.momentum() == 0.9, boost::test_tools::tolerance(1e-15));
    decoupled.momentum(0.25);
    BOOST_TEST(decoupled.momentum() == 0.25);

    const schedule::one_cycle cycle{.rate = 0.2, .total = 40};
    alone<double, sgd_momentum> heavy(sgd_momentum{.learning_rate = 1});
    alone<double, inlay::adam> adaptive(inlay::adam{.learning_rate = 1});
    double b = 0, m = 0, v = 0;
    random_generator random(seed{5});
    for (size_t step = 0; step < 40; ++step) {
        const double g = random.uniform(-1.0, 1.0), momentum = cycle.momentum(step);
        heavy.rule.momentum(momentum);
        adaptive.rule.momentum(momentum);
        b = step ? momentum * b + g : g;
        heavy.w = adaptive.w = 0;
        BOOST_TEST(heavy.step(g) == b, boost::test_tools::tolerance(1e-12));
        m = momentum * m + (1 - momentum) * g;
        v = 0.999 * v + 0.001 * g * g;
        const double t = static_cast<double>(step + 1);
        BOOST_TEST(adaptive.step(g) ==
                       m / (1 - std::pow(momentum, t)) / (std::sqrt(v) / std::sqrt(1 - std::pow(0.999, t)) + 1e-8),
                   boost::test_tools::tolerance(1e-11));
    }
}
