// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Truncated back-propagation through time: a long sequence in windows, the state of every sample carried from step to step.
// That the gradient of a window is the derivative with its first state held constant is law 9, which holds every recurrent
// layer; here are composites, trainers, and PyTorch's numbers.
#define BOOST_TEST_MODULE training_windows
#include "../golden/windows.hpp"
#include "../laws.hpp"

#include <cmath>
#include <limits>

using namespace inlay;

namespace {

// States in several places, of several sizes.
template <size_t Time>
using nested = basic_network<double, input<Time, 2>, sequential<gru<3>, parallel<lstm<2>, gru<1>, dense<2>>>,
                             residual<lstm<5>>, dense<2>>;

template <class T, size_t Count, size_t Size>
std::array<std::array<T, Size>, Count> drawn(std::uint64_t from) {
    random_generator random(seed{from});
    std::array<std::array<T, Size>, Count> all{};
    for (auto& one : all) laws::draw<T>(one, random, T(-1), T(1));
    return all;
}

/// Window number `window` of `Time` steps of `Width` numbers, for every sequence.
template <size_t Window, class T, size_t Count, size_t Size>
std::array<std::array<T, Window>, Count> cut(const std::array<std::array<T, Size>, Count>& all, size_t window) {
    std::array<std::array<T, Window>, Count> part{};
    for (size_t n = 0; n < Count; ++n)
        for (size_t i = 0; i < Window; ++i) part[n][i] = all[n][window * Window + i];
    return part;
}

} // namespace

BOOST_AUTO_TEST_CASE(law_in_composites) { laws::training_starts_from_a_state(laws::subject_of<nested<4>, 3>()); }

// The same outputs and states as one forward over everything, sample by sample, in batches and in partial ones.
BOOST_AUTO_TEST_CASE(windows_are_the_whole_sequence) {
    using whole = nested<12>;
    using window = nested<4>;
    whole long_net;
    initialize(long_net, seed{1});
    window net;
    net.assign(long_net.canonical());
    const auto x = drawn<double, 3, whole::input_size>(5);
    std::array<window::state_type, 3> states{}, expected{};
    trainer<window, no_loss, sgd, batch<3>> train(net);
    trainer<window, no_loss, sgd> single(net);
    window::state_type alone{};
    std::array<whole::output_type, 3> outputs{};
    for (size_t n = 0; n < 3; ++n) outputs[n] = long_net(x[n], expected[n]);
    for (size_t w = 0; w < 3; ++w) {
        const auto part = cut<window::input_size>(x, w);
        std::array<window::output_type, 3> y{};
        train.forward(part, y, states);
        const auto one = single.forward(part[1], alone);
        laws::check_close<double>("a single window", one, y[1], 1e-13);
        for (size_t n = 0; n < 3; ++n)
            laws::check_close<double>("a window", y[n], cut<window::output_size>(outputs, w)[n], 1e-13);
    }
    for (size_t n = 0; n < 3; ++n) laws::check_close<double>("a state", states[n], expected[n], 1e-13);
    laws::check_close<double>("a single state", alone, expected[1], 1e-13);
}

BOOST_AUTO_TEST_CASE(states_of_samples_that_are_not_there_stay) {
    using net_type = nested<4>;
    net_type net;
    initialize(net, seed{1});
    trainer<net_type, mean_squared_error, sgd, batch<3>> train(net, {.learning_rate = 0});
    trainer<net_type, mean_squared_error, sgd> single(net, {.learning_rate = 0});
    const auto x = drawn<double, 3, net_type::input_size>(5);
    const auto t = drawn<double, 3, net_type::output_size>(6);
    std::array<net_type::state_type, 3> states{}, others{};
    train.step(x, t, states);
    others = states;
    // Two of three; the other does not move, and the two move as each alone.
    const double loss = train.step(std::span(x).first(2), std::span(t).first(2), states);
    BOOST_TEST((states[2] == others[2]));
    BOOST_TEST((states[0] != others[0] && states[1] != others[1]));
    double sum = 0;
    for (size_t n = 0; n < 2; ++n) {
        sum += single.step(x[n], t[n], others[n]);
        laws::check_close<double>("a state", states[n], others[n], 1e-13);
    }
    BOOST_TEST(loss == sum / 2, boost::test_tools::tolerance(1e-13));
    train.accumulate(std::span(x).first(1), std::span(t).first(1), std::span(states).last(2));
    BOOST_TEST((states[2] == others[2] && states[1] != others[1]));
    // Another sequence begins: its state is 0 again.
    net_type::state_type one{};
    train.step(x[0], t[0], one);
    const auto first = one;
    train.step(x[0], t[0], one);
    BOOST_TEST((one != first));
    one = {};
    train.step(x[0], t[0], one);
    BOOST_TEST((one == first));
    // Without states every window starts from 0, as ever.
    BOOST_TEST(train.step(x, t) == train.step(x, t));
}

// Whether anything is learnt or not.
BOOST_AUTO_TEST_CASE(states_move_on_where_no_target_counts) {
    using net_type = network<input<3, 2>, gru<4>, dense<3>>;
    net_type net;
    initialize(net, seed{1});
    trainer<net_type, cross_entropy, sgd, batch<2>> train(net);
    const auto x = drawn<float, 2, 6>(5);
    const std::array<std::array<int, 3>, 2> none{{{-100, -100, -100}, {-100, -100, -100}}};
    std::array<net_type::state_type, 2> states{};
    const auto before = net.canonical();
    BOOST_TEST(std::isnan(train.step(x, none, states)));
    laws::check_same_bits<float>("parameters", before, net.canonical());
    for (size_t n = 0; n < 2; ++n) {
        net_type::state_type expected{};
        (void)net(x[n], expected);
        laws::check_close<float>("a state", states[n], expected, 1e-6);
    }
}

// NaN in one sequence stays there.
BOOST_AUTO_TEST_CASE(a_sequence_of_nan_stays_alone) {
    using net_type = network<input<3, 2>, gru<4>, dense<1>>;
    net_type net;
    initialize(net, seed{1});
    trainer<net_type, mean_squared_error, sgd, batch<3>> train(net);
    auto x = drawn<float, 3, 6>(5);
    const std::array<std::array<float, 3>, 3> t{};
    std::array<net_type::state_type, 3> states{};
    x[1][0] = std::numeric_limits<float>::quiet_NaN();
    std::array<net_type::output_type, 3> y{};
    train.forward(x, y, states);
    BOOST_TEST(std::isnan(states[1][0]));
    for (const size_t n : {size_t{0}, size_t{2}})
        for (const float s : states[n]) BOOST_TEST(std::isfinite(s));
    // A partial batch does not see what the others left.
    BOOST_TEST(std::isfinite(train.accumulate(std::span(x).first(1), std::span(t).first(1), states)));
    for (const float g : train.gradients().canonical()) BOOST_TEST(std::isfinite(g));
}

namespace {

template <class Net>
void like_torch(const char* name, std::span<const double> start, std::span<const double> input,
                std::span<const double> target, std::span<const double> losses, std::span<const double> after,
                std::span<const double> state) {
    const auto train_with = [&](auto& train, const std::string& what) {
        Net& net = train.net();
        std::array<double, Net::parameter_count> all{};
        for (size_t i = 0; i < all.size(); ++i) all[i] = start[i];
        net.assign(all);
        std::array<std::array<double, 24>, 2> x{};
        std::array<std::array<double, 12>, 2> t{};
        for (size_t i = 0; i < 48; ++i) x[i / 24][i % 24] = input[i];
        for (size_t i = 0; i < 24; ++i) t[i / 12][i % 12] = target[i];
        std::array<typename Net::state_type, 2> states{};
        std::vector<double> found;
        for (size_t w = 0; w < 3; ++w) found.push_back(train.step(cut<8>(x, w), cut<4>(t, w), states));
        laws::check_close<double>(what + ": losses", found, losses, 1e-12);
        laws::check_close<double>(what + ": parameters", net.canonical(), after, 1e-12);
        for (size_t n = 0; n < 2; ++n)
            laws::check_close<double>(what + ": state", states[n],
                                      state.subspan(n * states[n].size(), states[n].size()), 1e-12);
    };
    Net net;
    trainer<Net, mean_squared_error, sgd, batch<2>> train(net, {.learning_rate = 0.1});
    online_trainer<Net, mean_squared_error, batch<2>> online(net, {.learning_rate = 0.1});
    train_with(train, name);
    train_with(online, std::string(name) + " online");
}

} // namespace

BOOST_AUTO_TEST_CASE(windows_are_torchs) {
    namespace torch = golden::windows;
    like_torch<basic_network<double, input<4, 2>, gru<3>, dense<1>>>("gru", torch::gru::parameters, torch::gru::input,
                                                                     torch::gru::target, torch::gru::losses,
                                                                     torch::gru::after, torch::gru::state);
    like_torch<basic_network<double, input<4, 2>, lstm<3>, dense<1>>>(
        "lstm", torch::lstm::parameters, torch::lstm::input, torch::lstm::target, torch::lstm::losses,
        torch::lstm::after, torch::lstm::state);
}

// One sample, all parameters, the state held constant; in evaluation mode and with dropout too.
BOOST_AUTO_TEST_CASE(differentiate_from_a_state) {
    using net_type = basic_network<double, input<3, 2>, lstm<2>, dropout<0.5>, last_step, dense<1>>;
    net_type net;
    initialize(net, seed{1});
    const auto x = drawn<double, 2, 6>(5);
    const std::array<double, 1> t{0.5};
    net_type::state_type state{};
    (void)net(x[0], state);
    const auto start = state;
    const auto d = differentiate(net, mean_squared_error{}, x[1], t, state, in_evaluation);
    auto expected = start;
    BOOST_TEST(d.outputs == net(x[1], expected), boost::test_tools::per_element());
    BOOST_TEST(state == expected, boost::test_tools::per_element());
    BOOST_TEST((d.outputs != net(x[1])));
    constexpr double h = 1e-5;
    std::vector<double> measured;
    const auto loss = [&](const net_type& at) {
        auto own = start;
        return differentiate(at, mean_squared_error{}, x[1], t, own, in_evaluation).loss;
    };
    const auto middle = net.canonical();
    for (size_t i = 0; i < middle.size(); ++i) {
        net_type beside;
        auto values = middle;
        values[i] += h;
        beside.assign(values);
        const double above = loss(beside);
        values[i] = middle[i] - h;
        beside.assign(values);
        measured.push_back((above - loss(beside)) / (2 * h));
    }
    laws::check_close<double>("the gradient", d.gradients.canonical(), measured, 1e-8);
    random_generator random(seed{5});
    auto own = start;
    BOOST_TEST(differentiate(net, mean_squared_error{}, x[1], t, own, random).loss != d.loss);
    BOOST_TEST(own == expected, boost::test_tools::per_element());
}

/// Two windows by the compiler or at run time.
constexpr auto two_windows(seed from) {
    using net_type = network<input<2, 1>, gru<2>, dense<1>>;
    net_type net;
    initialize(net, from);
    trainer<net_type, mean_squared_error, sgd, batch<2>> train(net);
    std::array<net_type::state_type, 2> states{};
    std::array<float, net_type::parameter_count + 4> all{};
    for (size_t w = 0; w < 2; ++w)
        train.step(std::array<std::array<float, 2>, 2>{{{1, 0}, {0.5f, -1}}},
                   std::array<std::array<float, 2>, 2>{{{1, 1}, {0, 1}}}, states);
    for (size_t i = 0; i < net_type::parameter_count; ++i) all[i] = net.canonical()[i];
    for (size_t i = 0; i < 4; ++i) all[net_type::parameter_count + i] = states[i / 2][i % 2];
    return all;
}
BOOST_AUTO_TEST_CASE(compile_time) {
    static constexpr auto then = two_windows(seed{3});
    laws::check_same_bits<float>("two windows by the compiler", then, two_windows(laws::at_run_time(3)));
}
