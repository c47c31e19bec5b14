// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Groups of parameters, against torch.optim's param groups under a LambdaLR: a tenth of the rate for layer 0, no decay on
// biases. 1e-10 in double after 50 steps, 1e-4 in float.
#define BOOST_TEST_MODULE optimizer_groups
#include "../golden/groups.hpp"
#include "../golden/penalties.hpp"
#include "../laws.hpp"

#include <cmath>

using namespace inlay;
namespace torch = golden::groups;

namespace {

template <class T>
using net_type = basic_network<T, input<3>, dense<4>, inlay::tanh, dense<2>>;

template <class T, class Optimizer>
void like_torch_in(const char* name, Optimizer options, std::span<const double> after_2,
                   std::span<const double> after_50) {
    using net_type = ::net_type<T>;
    using optimizer = grouped<Optimizer, rate_of<"0", 0.1>, no_decay_on_biases_and_norms>;
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
        laws::check_close<T>(std::string(name) + " after " + std::to_string(steps), net.canonical(), exact, tolerance);
    };
    trainer<net_type, mean_squared_error, optimizer, batch<8>> train(net, options);
    for (int step = 1; step <= 50; ++step) {
        train.learning_rate(options.learning_rate * std::pow(0.98, step - 1)); // the schedule of all groups
        train.step(x, t);
        if (step == 2) compare(2, after_2);
    }
    compare(50, after_50);
}

} // namespace

#define LIKE_TORCH(name, ...)                                                                                          \
    like_torch_in<double>(#name, __VA_ARGS__, torch::name::after_2, torch::name::after_50);                            \
    like_torch_in<float>(#name, __VA_ARGS__, torch::name::after_2, torch::name::after_50)

BOOST_AUTO_TEST_CASE(like_torchs) {
    LIKE_TORCH(sgd, sgd{.learning_rate = 0.1, .weight_decay = 0.05});
    LIKE_TORCH(momentum, sgd_momentum{.learning_rate = 0.05, .weight_decay = 0.05});
    LIKE_TORCH(nesterov, sgd_momentum{.learning_rate = 0.05, .nesterov = true, .weight_decay = 0.05});
    LIKE_TORCH(adam, adam{.learning_rate = 0.02, .weight_decay = 0.05});
    LIKE_TORCH(adamw, adamw{.learning_rate = 0.02, .weight_decay = 0.2});
}

namespace {

using deep = network<input<5>, named<"body", sequential<dense<7>, residual<dense<7>>>>, inlay::tanh, frozen<dense<6>>,
                     dense<11>, dense<3>>;

/// Parameters after steps with random gradients.
template <class Optimizer, class Prepare>
auto trained(typename optimizer_state<deep, Optimizer>::options_type options, Prepare prepare, int steps = 3) {
    deep net;
    initialize(net, seed{3});
    optimizer_state<deep, Optimizer> optimizer(options);
    gradients<deep> slope;
    random_generator random(seed{4});
    for (int step = 0; step < steps; ++step) {
        prepare(optimizer);
        deep::each_parameter([&](size_t index) {
            const float g = random.uniform(-1.0f, 1.0f);
            if (index < deep::trainable_extent) slope.data()[index] = g;
        });
        optimizer.update(net, slope);
    }
    return net;
}
constexpr auto nothing = [](auto&) {};

template <fixed_text Name>
auto numbers(const deep& net) {
    constexpr size_t tensor = deep::find_tensor(Name.view());
    std::array<float, deep::tensors[tensor].size> all{};
    for (size_t i = 0; i < all.size(); ++i) all[i] = net.parameters()[deep::parameter_index(tensor, i)];
    return all;
}
/// Compares a tensor with that of a net trained without groups.
template <fixed_text Name>
void same(const char* what, const deep& a, const deep& b) {
    laws::check_same_bits<float>(std::string(what) + " " + std::string(Name.view()), numbers<Name>(a),
                                 numbers<Name>(b));
}

} // namespace

// Each parameter moves as it would under an optimiser of its own, to the last bit.
BOOST_AUTO_TEST_CASE(every_parameter_has_its_own_rate_and_decay) {
    constexpr adamw base{.learning_rate = 0.5, .weight_decay = 0.25};
    const deep plain = trained<adamw>(base, nothing);
    const deep slow = trained<adamw>({.learning_rate = 0.125, .weight_decay = 0.25}, nothing);
    const deep bare = trained<adamw>({.learning_rate = 0.5, .weight_decay = 0}, nothing);
    const deep slow_bare = trained<adamw>({.learning_rate = 0.125, .weight_decay = 0}, nothing);

    const deep no_decay = trained<grouped<adamw, no_decay_on_biases_and_norms>>(base, nothing);
    same<"body.0.weight">("a weight", no_decay, plain);
    same<"body.0.bias">("a bias", no_decay, bare);
    same<"body.1.0.weight">("a weight", no_decay, plain);
    same<"3.bias">("a bias", no_decay, bare);
    same<"4.weight">("a weight", no_decay, plain);

    const deep both =
        trained<grouped<adamw, no_decay_on_biases_and_norms, rate_of<"body", 0.25>, decay_of<"4.bias", 1>>>(base,
                                                                                                            nothing);
    same<"body.0.weight">("a slow weight", both, slow);
    same<"body.0.bias">("a slow bias", both, slow_bare);
    same<"body.1.0.weight">("a slow weight inside", both, slow);
    same<"3.weight">("another weight", both, plain);
    same<"3.bias">("another bias", both, bare);
    same<"4.bias">("the last group counts", both, plain);
    same<"2.weight">("what is frozen", both, plain);

    // Of several rates the last one counts, whatever the order of paths.
    const deep inner = trained<grouped<adamw, rate_of<"body", 0.5>, rate_of<"body.1", 0.25>>>(base, nothing);
    const deep half = trained<adamw>({.learning_rate = 0.25, .weight_decay = 0.25}, nothing);
    same<"body.0.weight">("outside", inner, half);
    same<"body.1.0.weight">("inside", inner, slow);
    // "4" is no prefix of a name like "40", but a path.
    BOOST_TEST((detail::lies_under("4.weight", "4") && !detail::lies_under("40.weight", "4")));
    BOOST_TEST((detail::lies_under("4.weight", "4.weight") && !detail::lies_under("4.weights", "4.weight")));
}

BOOST_AUTO_TEST_CASE(groups_that_change_nothing_keep_the_bits) {
    const auto all = [](auto options) {
        using optimizer = decltype(options);
        const deep plain = trained<optimizer>(options, nothing, 7);
        laws::check_same_bits<float>(optimizer::name, plain.canonical(),
                                     trained<grouped<optimizer>>(options, nothing, 7).canonical());
        laws::check_same_bits<float>(
            optimizer::name, plain.canonical(),
            trained<grouped<optimizer, rate_of<"body.0", 1>, decay_of<"3.weight", 1>>>(options, nothing, 7)
                .canonical());
    };
    all(sgd{.weight_decay = 0.1});
    all(sgd_momentum{.dampening = 0.1, .weight_decay = 0.1});
    all(adagrad{.learning_rate_decay = 0.1, .weight_decay = 0.1});
    all(rmsprop{.weight_decay = 0.1});
    all(adam{.weight_decay = 0.1});
    all(adamw{});
    static_assert(sizeof(optimizer_state<deep, grouped<adam>>) == sizeof(optimizer_state<deep, adam>));
}

// While it trains: thawing a layer, a schedule, momentum.
BOOST_AUTO_TEST_CASE(factors_can_be_set) {
    using optimizer = grouped<sgd_momentum, rate_of<"body", 0>, decay_of<"4", 0.5>>;
    const deep still = trained<optimizer>({.learning_rate = 0.5}, nothing);
    const deep plain = trained<sgd_momentum>({.learning_rate = 0.5}, nothing);
    deep start;
    initialize(start, seed{3});
    same<"body.0.weight">("a rate of 0", still, start);
    same<"3.weight">("another", still, plain);
    const deep thawed = trained<optimizer>({.learning_rate = 0.5}, [](auto& o) {
        BOOST_TEST(o.template decay_of<"4">() == 0.5f);
        o.template rate_of<"body">(1);
        BOOST_TEST(o.template rate_of<"body">() == 1.0f);
    });
    laws::check_same_bits<float>("a rate of 1", thawed.canonical(), plain.canonical());
    const auto halved = [](auto& o) {
        o.momentum(0.5);
        o.learning_rate(0.25);
    };
    const deep half = trained<grouped<sgd_momentum, rate_of<"body", 0.5>>>({.learning_rate = 0.5}, halved);
    same<"3.weight">("a schedule", half,
                     trained<sgd_momentum>({.learning_rate = 0.25}, [](auto& o) { o.momentum(0.5); }));
    same<"body.0.weight">("and its share", half,
                          trained<sgd_momentum>({.learning_rate = 0.125}, [](auto& o) { o.momentum(0.5); }));
    const deep decay =
        trained<optimizer>({.learning_rate = 0.5, .weight_decay = 0.25}, [](auto& o) { o.template decay_of<"4">(2); });
    same<"4.weight">("a decay", decay, trained<sgd_momentum>({.learning_rate = 0.5, .weight_decay = 0.5}, nothing));
}

namespace {

/// A group of one's own.
struct wide_tensors {
    static constexpr bool selects(const tensor_spec& tensor) { return tensor.extents[0] == 11; }
    static constexpr double rate = 0.5, decay = 2;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_group_of_ones_own) {
    const deep own = trained<grouped<adam, wide_tensors>>({.learning_rate = 0.5, .weight_decay = 0.25}, nothing);
    const deep expected = trained<adam>({.learning_rate = 0.25, .weight_decay = 0.5}, nothing);
    const deep plain = trained<adam>({.learning_rate = 0.5, .weight_decay = 0.25}, nothing);
    same<"3.weight">("selected", own, expected);
    same<"3.bias">("selected", own, expected);
    same<"4.weight">("not selected", own, plain);
}

// Penalties are in the gradients, and not in the loss that is returned.
BOOST_AUTO_TEST_CASE(penalties_like_torchs) {
    namespace torch = golden::penalties;
    using net_type = basic_network<double, input<3>, dense<4>, inlay::tanh, activity_penalty<0.05, 0.03>, dense<2>>;
    net_type net;
    std::array<double, net_type::parameter_count> start{};
    for (size_t i = 0; i < start.size(); ++i) start[i] = torch::start[i];
    net.assign(start);
    std::array<std::array<double, 3>, 8> x{};
    std::array<std::array<double, 2>, 8> t{};
    for (size_t i = 0; i < 24; ++i) x[i / 3][i % 3] = torch::input[i];
    for (size_t i = 0; i < 16; ++i) t[i / 2][i % 2] = torch::target[i];
    trainer<net_type, mean_squared_error, grouped<adam, l1_on_weights<0.01>, l1_of<"0.bias", 0.02>>, batch<8>> train(
        net, {.learning_rate = 0.02});
    for (const double loss : torch::losses) BOOST_TEST(std::abs(train.step(x, t) - loss) < 1e-10);
    laws::check_close<double>("after 20 steps", net.canonical(), std::span<const double>(torch::after), 1e-9);
}

BOOST_AUTO_TEST_CASE(activities_of_samples_that_count) {
    using net_type = network<input<2>, dense<3>, activity_penalty<0.5, 0.25>, inlay::tanh, dense<1>>;
    const auto after = []<size_t Batch>(batch<Batch>) {
        net_type net;
        initialize(net, seed{4});
        trainer<net_type, mean_squared_error, sgd, batch<Batch>> train(net, {.learning_rate = 0.1});
        train.step(std::array<std::array<float, 2>, 3>{{{1, 2}, {0, -1}, {3, 1}}},
                   std::array<std::array<float, 1>, 3>{{{3}, {1}, {2}}});
        return net.canonical();
    };
    laws::check_close<float>("three of five", after(batch<5>{}), after(batch<3>{}), 1e-6);
}

BOOST_AUTO_TEST_CASE(no_penalty_moves_a_weight_of_0) {
    network<input<1>, dense<1>> net;
    trainer<decltype(net), mean_squared_error, grouped<sgd, l1_on_weights<1>>> train(net, {.learning_rate = 0.5});
    train.step({0}, std::array<float, 1>{0});
    BOOST_TEST(net.parameter<"0.weight">()(0, 0) == 0.0f);
    net.parameter<"0.weight">()(0, 0) = -2;
    train.step({0}, std::array<float, 1>{0});
    BOOST_TEST(net.parameter<"0.weight">()(0, 0) == -1.5f);
}

// Clipping is of all gradients together; vectors, scalars and the compiler agree.
constexpr auto three_steps(seed from) {
    using net = network<input<2>, dense<3>, activity_penalty<0.1, 0.2>, inlay::tanh, dense<1>>;
    using optimizer = grouped<adamw, no_decay_on_biases_and_norms, rate_of<"0", 0.3>, l1_on_weights<0.01>>;
    net n;
    initialize(n, from);
    trainer<net, mean_squared_error, optimizer, batch<2>> train(
        n, {.learning_rate = 0.1, .weight_decay = 0.5});
    train.clip({.norm = 0.1});
    for (int step = 0; step < 3; ++step)
        train.step(std::array<std::array<float, 2>, 2>{{{1, 2}, {0, -1}}},
                   std::array<std::array<float, 1>, 2>{{{3}, {1}}});
    return n.canonical();
}
BOOST_AUTO_TEST_CASE(same_bits_everywhere) {
    static constexpr auto then = three_steps(seed{3});
    laws::check_same_bits<float>("three steps by the compiler", then, three_steps(laws::at_run_time(3)));
}
