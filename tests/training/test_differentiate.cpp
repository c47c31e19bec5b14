// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE training_differentiate
#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

using inlay::dense, inlay::input;

namespace {

using net_type = inlay::basic_network<double, input<3>, dense<5>, inlay::tanh, dense<2>>;

constexpr net_type started() {
    net_type net;
    initialize(net, inlay::seed{3});
    return net;
}
constexpr std::array<double, 3> x{0.5, -1.25, 2};

// In a constant expression: the gradient itself, not only its use by an optimiser.
constexpr auto by_compiler = differentiate(started(), inlay::cross_entropy{}, x, 1);
static_assert(by_compiler.loss > 0);

double loss_of(const net_type& net, const std::array<double, 3>& at) {
    return differentiate(net, inlay::cross_entropy{}, at, 1).loss;
}

} // namespace

BOOST_AUTO_TEST_CASE(run_time_gives_the_bits_of_the_compiler) {
    const auto d = differentiate(started(), inlay::cross_entropy{}, x, 1);
    BOOST_TEST(d.loss == by_compiler.loss);
    BOOST_TEST(d.outputs == by_compiler.outputs, boost::test_tools::per_element());
    BOOST_TEST(d.input_gradient == by_compiler.input_gradient, boost::test_tools::per_element());
    BOOST_TEST(d.gradients.canonical() == by_compiler.gradients.canonical(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(outputs_are_the_networks) {
    const net_type net = started();
    BOOST_TEST(differentiate(net, inlay::cross_entropy{}, x, 0).outputs == net(x), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gradients_agree_with_finite_differences) {
    const net_type net = started();
    const auto d = differentiate(net, inlay::cross_entropy{}, x, 1);
    constexpr double h = 1e-5;
    for (std::size_t i = 0; i < 3; ++i) {
        auto above = x, below = x;
        above[i] += h;
        below[i] -= h;
        BOOST_TEST(d.input_gradient[i] == (loss_of(net, above) - loss_of(net, below)) / (2 * h),
                   boost::test_tools::tolerance(1e-8));
    }
    for (std::size_t out = 0; out < 5; ++out)
        for (std::size_t in = 0; in < 3; ++in) {
            net_type above = net, below = net;
            above.parameter<"0.weight">()(out, in) += h;
            below.parameter<"0.weight">()(out, in) -= h;
            BOOST_TEST(d.gradients.parameter<"0.weight">()(out, in) ==
                           (loss_of(above, x) - loss_of(below, x)) / (2 * h),
                       boost::test_tools::tolerance(1e-7));
        }
}

// In training dropout drops, and needs a generator; in evaluation mode the outputs and gradients are inference's.
BOOST_AUTO_TEST_CASE(dropout_in_training_and_in_evaluation) {
    using dropping = inlay::basic_network<double, input<3>, dense<50>, inlay::dropout<0.5>, dense<2>>;
    using without = inlay::basic_network<double, input<3>, dense<50>, inlay::identity, dense<2>>;
    dropping net;
    initialize(net, inlay::seed{1});
    without plain;
    plain.assign(net.canonical());

    const auto d = differentiate(net, inlay::cross_entropy{}, x, 1, inlay::in_evaluation);
    const auto wanted = differentiate(plain, inlay::cross_entropy{}, x, 1);
    BOOST_TEST(d.outputs == net(x), boost::test_tools::per_element());
    BOOST_TEST(d.loss == wanted.loss);
    BOOST_TEST(d.input_gradient == wanted.input_gradient, boost::test_tools::per_element());
    BOOST_TEST(d.gradients.canonical() == wanted.gradients.canonical(), boost::test_tools::per_element());

    inlay::random_generator random(inlay::seed{5}), again(inlay::seed{5});
    const auto dropped = differentiate(net, inlay::cross_entropy{}, x, 1, random);
    BOOST_TEST(dropped.loss != d.loss);
    std::size_t zeros = 0; // a dropped unit's weights have no gradient
    for (std::size_t i = 0; i < 50; ++i) zeros += dropped.gradients.parameter<"2.weight">()(0, i) == 0;
    BOOST_TEST((zeros > 10 && zeros < 40));
    BOOST_TEST(differentiate(net, inlay::cross_entropy{}, x, 1, again).loss == dropped.loss);
    BOOST_TEST(differentiate(net, inlay::cross_entropy{}, x, 1, again).loss != dropped.loss); // it was drawn from
}

// In a constant expression too.
static_assert([] {
    inlay::network<input<3>, dense<5>, inlay::dropout<0.5>, dense<2>> net;
    initialize(net, inlay::seed{1});
    constexpr std::array<float, 3> at{1, 2, 3};
    return differentiate(net, inlay::cross_entropy{}, at, 1, inlay::in_evaluation).outputs == net(at);
}());

// A target per step; one that is ignored, or all.
BOOST_AUTO_TEST_CASE(targets_of_steps) {
    using sequence = inlay::basic_network<double, input<2, 3>, dense<4>>;
    sequence net;
    initialize(net, inlay::seed{1});
    const std::array<double, 6> both{0.5, -1.25, 2, 1, 0, -1};
    const auto first = differentiate(net, inlay::cross_entropy{}, both, std::array{3, -100});
    for (std::size_t i = 3; i < 6; ++i) BOOST_TEST(first.input_gradient[i] == 0.0);
    BOOST_TEST(first.input_gradient[0] != 0.0);
    const auto none = differentiate(net, inlay::cross_entropy{}, both, std::array{-100, -100});
    BOOST_TEST(none.loss != none.loss);
    for (const double g : none.gradients.canonical()) BOOST_TEST(g == 0.0);
}
