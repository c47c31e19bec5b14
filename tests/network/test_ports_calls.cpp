// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Networks with several inputs and outputs, called and trained.
#define BOOST_TEST_MODULE network_ports_calls
#include "../laws.hpp"

using namespace inlay;

namespace {

using drive =
    network<named_inputs<in<"image", 4, 4, 2>, in<"speed", 3>>, conv2d<3, 3>, relu, flatten, dense<6>,
            output<"brake", dense<1>, sigmoid>, inlay::tanh, concat<"speed", dense<4>>, output<"steering", dense<2>>>;

} // namespace

BOOST_AUTO_TEST_CASE(calls) {
    using net_type = network<named_inputs<in<"a", 3>, in<"b", 2>>, gru<3>, output<"h">, concat<"b">, dense<1>>;
    net_type net;
    initialize(net, seed{2});
    random_generator random(seed{3});
    std::array<net_type::input_type, 5> x;
    std::array<net_type::output_type, 5> batch;
    for (auto& one : x)
        for (float& value : one) value = random.uniform(-1.0f, 1.0f);
    net(x, batch);
    for (size_t n = 0; n < 5; ++n) {
        const auto one = net(x[n]);
        for (size_t i = 0; i < 4; ++i) BOOST_TEST(std::abs(one[i] - batch[n][i]) < 1e-6f);
    }
    net_type::state_type state{};
    const auto first = net(x[0], state), second = net(x[1], state);
    BOOST_TEST((first == net(x[0]) && second != net(x[1])));
    BOOST_TEST((net_type::output<"h">(second)[2] == state[2]));
}

/// One loss on all outputs; one sample's gradients.
BOOST_AUTO_TEST_CASE(training) {
    drive net;
    initialize(net, seed{1});
    trainer<drive, mean_squared_error, adam, batch<4>> trainer{net, {.learning_rate = 0.01}};
    random_generator random(seed{3});
    std::array<drive::input_type, 4> x;
    std::array<drive::output_type, 4> wanted;
    for (size_t n = 0; n < 4; ++n) {
        for (float& value : x[n]) value = random.uniform(-1.0f, 1.0f);
        wanted[n] = {0.2f * static_cast<float>(n), drive::input<"speed">(x[n])[0], 0.5f};
    }
    float loss = 0;
    for (int i = 0; i < 400; ++i) loss = trainer.step(x, wanted);
    BOOST_TEST(loss < 1e-3f);
    const auto d = differentiate(net, mean_squared_error{}, x[0], wanted[0]);
    BOOST_TEST((drive::input<"speed">(d.input_gradient)[0] != 0 && d.gradients.parameter<"4.0.weight">()(0, 0) != 0));
}
