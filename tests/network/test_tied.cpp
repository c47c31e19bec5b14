// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_tied
#include "../golden/tied.hpp"
#include "../laws.hpp"

using namespace inlay;

namespace {

using model = basic_network<double, input_of<std::uint16_t, 4>, named<"tokens", embedding<5, 3>>, dense<3>, inlay::tanh,
                            tied<"tokens.weight", 5>>;
using nested = basic_network<double, input_of<std::uint16_t, 3>, sequential<named<"tokens", embedding<6, 4>>, inlay::tanh>,
                             residual<dense<4>, inlay::tanh>, parallel<gru<3>, sequential<dense<4>, tied<"0.tokens.weight", 6>>>>;

/// ∂loss/∂parameters against differences.
template <class Net>
void gradients_are_derivatives() {
    auto net = std::make_unique<Net>();
    initialize(*net, seed{1});
    typename Net::input_type x;
    for (size_t i = 0; i < x.size(); ++i) x[i] = std::uint16_t(i * 2 % 5);
    typename Net::output_type target;
    random_generator random(seed{2});
    laws::draw<double>(target, random, -1, 1);
    const auto d = differentiate(*net, mean_squared_error{}, x, target);
    std::vector<double> exact, measured;
    Net::each_parameter([&](size_t index) {
        const double middle = net->element(index), h = 1e-4;
        const auto loss = [&](double at) {
            net->element(index, at);
            const auto y = (*net)(x);
            double sum = 0;
            for (size_t i = 0; i < y.size(); ++i) sum += (y[i] - target[i]) * (y[i] - target[i]);
            return sum / double(y.size());
        };
        measured.push_back((8 * (loss(middle + h) - loss(middle - h)) - (loss(middle + 2 * h) - loss(middle - 2 * h))) / (12 * h));
        net->element(index, middle);
    });
    const auto all = d.gradients.canonical();
    exact.assign(all.begin(), all.end());
    laws::check_close<double>("gradients of tied tensors", exact, measured, 1e-9);
}

} // namespace

BOOST_AUTO_TEST_CASE(one_tensor) {
    static_assert(model::tensor_count == 3 && model::parameter_count == 15 + 12);
    static_assert(model::tensors[0].name == "tokens.weight");
    static_assert(memory<model>.parameter_bytes == sizeof(model));
    model net;
    net.parameter<"tokens.weight">() = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const auto y = net({0, 0, 0, 0}); // tanh(0) = 0
    for (const double v : y) BOOST_TEST(v == 0);
    net.parameter<"1.bias">() = {1, 0, 0};
    BOOST_TEST(net({0, 0, 0, 0})[4] == std::tanh(1.0) * 13, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(learns_as_torch_does) {
    namespace torch = golden::tied;
    auto net = std::make_unique<model>();
    std::array<double, model::parameter_count> values;
    std::copy(std::begin(torch::parameters), std::end(torch::parameters), values.begin());
    net->assign(values);
    std::array<model::input_type, 2> x;
    std::array<std::array<int, 4>, 2> labels;
    for (size_t i = 0; i < 8; ++i) x[i / 4][i % 4] = std::uint16_t(torch::tokens[i]), labels[i / 4][i % 4] = torch::labels[i];
    for (size_t n = 0; n < 2; ++n) {
        const auto y = (*net)(x[n]);
        laws::check_close<double>("outputs", y, std::span(torch::outputs).subspan(n * 20, 20), 1e-12);
    }
    trainer<model, cross_entropy, sgd, batch<2>> learner{*net, {.learning_rate = 0.5}};
    for (int step = 0; step < 3; ++step)
        BOOST_TEST(learner.step(x, labels) == torch::losses[step], boost::test_tools::tolerance(1e-12));
    const auto trained = net->canonical();
    laws::check_close<double>("parameters", trained, torch::trained, 1e-12);
}

BOOST_AUTO_TEST_CASE(gradients_of_both_uses) {
    gradients_are_derivatives<model>();
    gradients_are_derivatives<nested>();
}

BOOST_AUTO_TEST_CASE(vectors_scalars_and_constants) {
    using net_type = network<input_of<std::uint16_t, 4>, named<"tokens", embedding<21, 6>>, gru<6>, tied<"tokens.weight", 21>>;
    auto net = std::make_unique<net_type>();
    initialize(*net, seed{1});
    const net_type::input_type x = {1, 20, 3, 0};
    const auto y = (*net)(x);
    std::vector<float> scalar(y.size()), scratch(net_type::inference_scratch + 1);
    net->infer<kernels::scalar, 1>(x.data(), scalar.data(), scratch.data());
    laws::check_same_bits<float>("native and scalar", y, scalar);
    net_type::state_type state{};
    const auto view = net->as<input_of<std::uint16_t, 1>>();
    for (size_t t = 0; t < 4; ++t) {
        const auto step = view({x[t]}, state);
        laws::check_same_bits<float>("step by step", step, std::span(y).subspan(t * 21, 21));
    }
    using small = network<input_of<std::uint8_t, 2>, embedding<3, 2>, tied<"0.weight", 3>>;
    static constexpr auto at_compile_time = [] {
        small one;
        initialize(one, seed{3});
        return one({1, 2});
    }();
    small one;
    initialize(one, laws::at_run_time(3));
    BOOST_TEST((one({1, 2}) == at_compile_time));
}

BOOST_AUTO_TEST_CASE(frozen_table) {
    using net_type = network<input_of<std::uint16_t, 4>, named<"tokens", frozen<embedding<5, 3>>>, dense<3>, tied<"tokens.weight", 5>>;
    net_type net;
    initialize(net, seed{1});
    const net_type before = net;
    trainer<net_type, cross_entropy, sgd> learner{net, {.learning_rate = 0.5}};
    (void)learner.step(net_type::input_type{1, 2, 3, 4}, std::array<int, 4>{2, 3, 4, 0});
    for (size_t i = 0; i < 15; ++i) BOOST_TEST(net.parameter<"tokens.weight">()[i] == before.parameter<"tokens.weight">()[i]);
    BOOST_TEST(net.parameter<"1.weight">()[0] != before.parameter<"1.weight">()[0]);
}
