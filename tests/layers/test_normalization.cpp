// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_normalization
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_vectors) { laws::obeys_laws<network<input<17>, normalization, dense<3>>>(); }
BOOST_AUTO_TEST_CASE(laws_of_images) {
    laws::obeys_laws_briefly<network<input<2, 3, 5>, conv2d<5, window{1, 2}>, normalization, relu>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3>, normalization>, 2>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<3>, normalization>>(); }

BOOST_AUTO_TEST_CASE(subtracts_then_multiplies) {
    using net_type = network<input<2, 2>, normalization>;
    static_assert(net_type::parameter_count == 0 && net_type::buffer_count == 4);
    net_type net;
    initialize(net, seed{1});
    const net_type::input_type x = {10, 20, 30, 40};
    BOOST_TEST(net(x) == x);
    net.assign_buffers(std::array<float, 4>{10, 30, 0.5f, 2});
    const net_type::output_type wanted = {0, -20, 10, 20};
    BOOST_TEST(net(x) == wanted);
    initialize(net, seed{2}); // sets them back
    BOOST_TEST(net(x) == x);
}

BOOST_AUTO_TEST_CASE(training_leaves_it_alone) {
    using net_type = network<input<2>, normalization, dense<2>>;
    net_type net;
    initialize(net, seed{1});
    const std::array<float, 4> buffers = {1, 2, 3, 4};
    net.assign_buffers(buffers);
    trainer<net_type, cross_entropy, sgd, batch<2>> trainer{net, {.learning_rate = 0.1}};
    const std::array<net_type::input_type, 2> x{{{1, 2}, {3, 4}}};
    const std::array<int, 2> labels = {0, 1};
    const auto before = net.canonical();
    trainer.step(x, labels);
    BOOST_TEST(net.canonical_buffers() == buffers);
    BOOST_TEST(net.canonical() != before);
}
