// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE golden_activations
#include "activations.hpp"
#include "compare.hpp"

using namespace inlay;
namespace torch = golden::activations;

/// Value and slope at every point of the grid. Relative to 1 + |value|: 1e-14 in double, 1e-6 in float.
template <class T, class Activation>
void compare_in(const char* name, std::span<const double> outputs, std::span<const double> slopes) {
    constexpr size_t count = std::size(torch::input);
    using net = basic_network<T, input<count>, Activation>;
    constexpr double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-14;
    const auto s = laws::subject_of<net, 1>();
    laws::experiment<T> e(s, 1);
    e.x = golden::converted<T>(torch::input);
    e.slope.assign(count, T(1));
    const auto result = laws::run(s, e);
    double worst = 0, worst_slope = 0;
    const auto grow = [](double& to, double own, double exact) {
        to = std::max(to, std::abs(own - exact) / (1 + std::abs(exact)));
    };
    for (size_t i = 0; i < count; ++i) {
        grow(worst, static_cast<double>(result.inferred[i]), outputs[i]);
        grow(worst, static_cast<double>(result.trained[i]), outputs[i]);
        grow(worst_slope, static_cast<double>(result.input_gradients[i]), slopes[i]);
    }
    BOOST_TEST(worst <= tolerance, name << ": error " << worst);
    BOOST_TEST(worst_slope <= tolerance, name << ": error of the slope " << worst_slope);
}

template <class Activation>
void compare(const char* name, std::span<const double> outputs, std::span<const double> slopes) {
    compare_in<double, Activation>(name, outputs, slopes);
    compare_in<float, Activation>(name, outputs, slopes);
}

BOOST_AUTO_TEST_CASE(like_torch) {
    compare<inlay::sigmoid>("sigmoid", torch::sigmoid::output, torch::sigmoid::slope);
    compare<inlay::tanh>("tanh", torch::tanh::output, torch::tanh::slope);
    compare<relu>("relu", torch::relu::output, torch::relu::slope);
    compare<leaky_relu<>>("leaky_relu", torch::leaky_relu::output, torch::leaky_relu::slope);
    compare<leaky_relu<0.2>>("leaky_relu 0.2", torch::leaky_relu_steep::output, torch::leaky_relu_steep::slope);
    compare<elu<>>("elu", torch::elu::output, torch::elu::slope);
    compare<elu<0.5>>("elu 0.5", torch::elu_half::output, torch::elu_half::slope);
    compare<gelu>("gelu", torch::gelu::output, torch::gelu::slope);
    compare<gelu_tanh>("gelu_tanh", torch::gelu_tanh::output, torch::gelu_tanh::slope);
    compare<silu>("silu", torch::silu::output, torch::silu::slope);
    compare<softplus>("softplus", torch::softplus::output, torch::softplus::slope);
    compare<hard_sigmoid>("hard_sigmoid", torch::hard_sigmoid::output, torch::hard_sigmoid::slope);
    compare<hard_tanh>("hard_tanh", torch::hard_tanh::output, torch::hard_tanh::slope);
    compare<clamp<-2, 1.5>>("clamp", torch::clamp::output, torch::clamp::slope);
    compare<relu6>("relu6", torch::relu6::output, torch::relu6::slope);
    compare<hard_swish>("hard_swish", torch::hard_swish::output, torch::hard_swish::slope);
    compare<softsign>("softsign", torch::softsign::output, torch::softsign::slope);
    compare<selu>("selu", torch::selu::output, torch::selu::slope);
    compare<celu<>>("celu", torch::celu::output, torch::celu::slope);
    compare<celu<0.5>>("celu 0.5", torch::celu_half::output, torch::celu_half::slope);
    compare<mish>("mish", torch::mish::output, torch::mish::slope);
    compare<log_sigmoid>("log_sigmoid", torch::log_sigmoid::output, torch::log_sigmoid::slope);
}
