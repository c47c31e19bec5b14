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
