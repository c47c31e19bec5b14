// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_initialize
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(fixed_numbers) { // PCG32 in Python integers, −1/√2 + unit · 2/√2
    const double expected[] = {-0.11060133839380304, -0.48207969936506295, -0.037565991839942026,
                               0.07522158787981814, 0.23899758199108756, 0.013872888068451883};
    basic_network<double, input<2>, dense<2>> precise;
    network<input<2>, dense<2>> single;
    initialize(precise, seed{1});
    initialize(single, seed{1});
    for (size_t i = 0; i < 6; ++i) {
        BOOST_TEST(std::abs(precise.canonical()[i] - expected[i]) < 1e-15);
        BOOST_TEST(std::abs(static_cast<double>(single.canonical()[i]) - expected[i]) < 1e-7);
    }
}

BOOST_AUTO_TEST_CASE(a_seed_is_a_network) {
    using net = network<input<5>, dense<35>, relu, dense<3>>;
    net a, b, c;
    initialize(a, seed{7});
    initialize(b, seed{7});
    initialize(c, seed{8});
    BOOST_TEST((a.canonical() == b.canonical()));
    BOOST_TEST((a.canonical() != c.canonical()));
    initialize(b, seed{7}); // whatever was there before
    BOOST_TEST((a.canonical() == b.canonical()));
}

BOOST_AUTO_TEST_CASE(drawn_in_canonical_order) { // layouts differ between targets, the numbers do not
    using wide = network<input<3>, dense<37>>;
    using shuffled = network<input<3>, frozen<dense<37>, "weight">>;
    wide a;
    shuffled b;
    initialize(a, seed{5});
    initialize(b, seed{5});
    BOOST_TEST((a.canonical() == b.canonical()));
    random_generator random(seed{5});
    const float bound = 1 / std::sqrt(3.0f);
    for (size_t i = 0; i < 111; ++i) BOOST_TEST((a.parameter<"0.weight">()[i]) == random.uniform<float>(-bound, bound));
}

template <fixed_text Name, class Net>
std::vector<double> values_of(const Net& net) {
    std::vector<double> values;
    const auto tensor = net.template parameter<Name>();
    for (size_t i = 0; i < tensor.size(); ++i) values.push_back(static_cast<double>(tensor[i]));
    return values;
}

/// Mean, variance and, for uniform ones, bounds that are met but not exceeded. 5 sigma.
void check_moments(const char* what, const std::vector<double>& values, double deviation, bool uniform) {
    const auto n = static_cast<double>(values.size());
    double sum = 0, square = 0, most = 0;
    for (const double v : values) {
        sum += v;
        square += v * v;
        most = std::max(most, std::abs(v));
    }
    BOOST_TEST(std::abs(sum / n) < 5 * deviation / std::sqrt(n), what << ": mean");
    BOOST_TEST(std::abs(square / n / (deviation * deviation) - 1) < 5 * std::sqrt((uniform ? 0.8 : 2) / n),
               what << ": variance");
    const double bound = std::sqrt(3.0) * deviation;
    if (uniform) BOOST_TEST((most <= bound * 1.0000001 && most > bound * 0.99), what << ": bounds");
    else BOOST_TEST(most > 1.5 * bound, what << ": tails");
}

BOOST_AUTO_TEST_CASE(defaults_are_torchs) {
    using net = network<input<8, 8, 7>, conv2d<40, window{3, 2}>, flatten, dense<5>>;
    const auto n = std::make_unique<net>();
    initialize(*n, seed{2});
    check_moments("conv2d weight", values_of<"0.weight">(*n), 1 / std::sqrt(3.0 * 42), true);
    check_moments("dense weight", values_of<"2.weight">(*n), 1 / std::sqrt(3.0 * 1680), true);
    for (const double b : values_of<"0.bias">(*n)) BOOST_TEST(std::abs(b) <= 1 / std::sqrt(42.0));
    using recurrent = network<input<5, 9>, gru<25>>;
    const auto r = std::make_unique<recurrent>();
    initialize(*r, seed{3});
    check_moments("gru weight_ih", values_of<"0.weight_ih_l0">(*r), 1 / std::sqrt(3.0 * 25), true);
    check_moments("gru weight_hh", values_of<"0.weight_hh_l0">(*r), 1 / std::sqrt(3.0 * 25), true);
    double least = 1;
    for (const double b : values_of<"0.bias_hh_l0">(*r)) {
        BOOST_TEST(std::abs(b) <= 0.2);
        least = std::min(least, b);
    }
    BOOST_TEST(least < -0.15);
}

using square = network<input<60>, dense<100>>;

template <class... Init>
std::unique_ptr<square> started(Init... how) {
    auto net = std::make_unique<square>();
    initialize(*net, seed{4}, how...);
    return net;
}

BOOST_AUTO_TEST_CASE(distributions) {
    const auto weight = [](const auto& net) { return values_of<"0.weight">(*net); };
    check_moments("uniform", weight(started(init::uniform{-0.3, 0.3})), 0.3 / std::sqrt(3.0), true);
    check_moments("normal", weight(started(init::normal{0, 0.2})), 0.2, false);
    check_moments("xavier_uniform", weight(started(init::xavier_uniform{})), std::sqrt(2.0 / 160), true);
    check_moments("xavier_normal", weight(started(init::xavier_normal{})), std::sqrt(2.0 / 160), false);
    check_moments("he_uniform", weight(started(init::he_uniform{})), std::sqrt(2.0 / 60), true);
    check_moments("he_normal", weight(started(init::he_normal{})), std::sqrt(2.0 / 60), false);
    init::he_normal half;
    half.gain = 0.5;
    check_moments("he_normal, gain ½", weight(started(half)), 0.5 * std::sqrt(2.0 / 60), false);
    for (const double v : weight(started(init::constant{0.5}))) BOOST_TEST_REQUIRE(v == 0.5);
    for (const double v : weight(started(init::zeros{}))) BOOST_TEST_REQUIRE(v == 0.0);
    for (const double v : weight(started(init::normal{3, 0.01}))) BOOST_TEST_REQUIRE(std::abs(v - 3) < 0.06);
}

BOOST_AUTO_TEST_CASE(biases_apart) {
    for (const double b : values_of<"0.bias">(*started(init::he_normal{}))) BOOST_TEST_REQUIRE(b == 0.0);
    for (const double b : values_of<"0.bias">(*started(init::zeros{}, init::constant{0.25})))
        BOOST_TEST_REQUIRE(b == 0.25);
}

/// Whether each tensor of a layer that is no matrix is a bias.
template <class Net>
constexpr bool all_in_their_roles = [] {
    for (const tensor_spec& spec : Net::tensors)
        if (spec.role != (spec.rank > 1 ? tensor_role::weight : tensor_role::bias)) return false;
    return true;
}();
BOOST_AUTO_TEST_CASE(roles) {
    static_assert(all_in_their_roles<network<input<5, 4, 2>, conv2d<3, 2>, flatten, dense<4>, residual<dense<4>>>>);
    static_assert(all_in_their_roles<network<input<5, 4>, gru<3>, lstm<2>, causal_conv1d<3, 2>, dense_without_bias<2>>>);
    constexpr tensor_spec scale = tensor_spec::of("a", 3).as(tensor_role::scale).starting_at(0.5);
    static_assert(scale.role == tensor_role::scale && scale.trainable && scale.default_value == 0.5);
    static_assert(!tensor_spec::of("a", 3).as(tensor_role::statistic).trainable);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(fans_are_torchs) {
    using image = network<input<8, 8, 7>, conv2d<5, window{3, 2}>>;
    static_assert(image::tensors[0].fan_in == 42 && image::tensors[0].fan_out == 30);
    static_assert(square::tensors[0].fan_in == 60 && square::tensors[0].fan_out == 100);
    BOOST_TEST(true);
}

template <class... Init>
void the_same_in_float_and_double(const char* what, Init... how) {
    using net = network<input<17>, dense<33>>;
    net single;
    net::with_scalar<double> precise;
    initialize(single, seed{6}, how...);
    initialize(precise, seed{6}, how...);
    const auto a = single.canonical();
    const auto b = precise.canonical();
    double worst = 0;
    for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(static_cast<double>(a[i]) - b[i]));
    BOOST_TEST(worst < 1e-5, what << ": " << worst); // the logarithm of the normal ones loses digits near 1
}
BOOST_AUTO_TEST_CASE(float_and_double_start_alike) {
    the_same_in_float_and_double("default");
    the_same_in_float_and_double("he_normal", init::he_normal{});
    the_same_in_float_and_double("xavier_uniform", init::xavier_uniform{}, init::normal{});
}

BOOST_AUTO_TEST_CASE(compile_time) {
    constexpr auto then = [] {
        network<input<3>, dense<5>> net;
        initialize(net, seed{9}, init::he_normal{}, init::uniform{});
        return net.canonical();
    }();
    network<input<3>, dense<5>> net;
    initialize(net, laws::at_run_time(9), init::he_normal{}, init::uniform{});
    laws::check_same_bits<float>("a start at compile time", then, net.canonical());
}
