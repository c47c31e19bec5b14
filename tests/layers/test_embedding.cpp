// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_embedding
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_alone) { laws::obeys_laws<network<input_of<std::uint16_t, 5>, embedding<4, 3>>>(); }
BOOST_AUTO_TEST_CASE(laws_before_layers) {
    laws::obeys_laws_briefly<network<input_of<std::uint8_t, 3>, sequential<named<"tokens", embedding<7, 18>>, inlay::tanh>,
                                     gru<4>, last_step, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(laws_in_branches) {
    laws::obeys_laws_briefly<
        network<input_of<std::int32_t, 2>, parallel<embedding<4, 3>, sequential<embedding<5, 2>, dense<4>>>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input_of<std::uint16_t, 3>, embedding<4, 2>, dense<2>>, 2>();
}

BOOST_AUTO_TEST_CASE(shapes_and_types) {
    using net = network<input_of<std::uint16_t, 6>, embedding<100, 8>>;
    static_assert(std::is_same_v<net::output_shape, shape<6, 8>>);
    static_assert(std::is_same_v<net::input_type, std::array<std::uint16_t, 6>>);
    static_assert(std::is_same_v<net::output_type, std::array<float, 48>>);
    static_assert(net::tensor_count == 1 && net::tensors[0].name == "0.weight");
    static_assert(net::tensors[0].extents[0] == 100 && net::tensors[0].extents[1] == 8);
    static_assert(!net::has_input_gradient && network<input<3>, dense<2>>::has_input_gradient);
    // All rows of 256 can be reached by a byte.
    static_assert(network<input_of<std::uint8_t, 1>, embedding<256, 2>>::parameter_count == 512);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(rows_of_a_table) {
    using net_type = network<input_of<std::int16_t, 3>, embedding<3, 2>>;
    net_type net;
    net.parameter<"0.weight">() = {1, 2, 3, 4, 5, 6};
    BOOST_TEST((net({2, 0, 2}) == net_type::output_type{5, 6, 1, 2, 5, 6}));
    // dW[row] = the sum of dy over the places where the row's token stands
    const net_type::output_type target = {5, 5, 1, 2, 6, 4};
    const auto d = differentiate(net, mean_squared_error{}, {2, 0, 2}, target);
    const std::array<float, 6> expected = {0, 0, 0, 0, 2.f * (0 - 1) / 6, 2.f * (1 + 2) / 6};
    for (size_t i = 0; i < 6; ++i) BOOST_TEST(d.gradients.canonical()[i] == expected[i], boost::test_tools::tolerance(1e-6f));
    BOOST_TEST(d.input_gradient.empty());
}

BOOST_AUTO_TEST_CASE(starts_with_normal_numbers) {
    network<input_of<std::uint16_t, 1>, embedding<1000, 10>> net;
    initialize(net, seed{1});
    double sum = 0, squares = 0;
    for (const float w : net.canonical()) sum += w, squares += w * w;
    BOOST_TEST(std::abs(sum / 10000) < 0.03);
    BOOST_TEST(std::abs(squares / 10000 - 1) < 0.05);
}

BOOST_AUTO_TEST_CASE(learns_which_token_comes_next) {
    // The token after next is told by two tokens together: 5 a + 3 b + 1 modulo 8.
    using net_type = network<input_of<std::uint8_t, 2>, embedding<8, 6>, flatten, dense<32>, relu, dense<8>>;
    std::vector<net_type::input_type> x;
    std::vector<int> y;
    for (int a = 0; a < 8; ++a)
        for (int b = 0; b < 8; ++b) x.push_back({std::uint8_t(a), std::uint8_t(b)}), y.push_back((5 * a + 3 * b + 1) % 8);
    auto net = std::make_unique<net_type>();
    initialize(*net, seed{2});
    auto t = std::make_unique<trainer<net_type, cross_entropy, adam, batch<64>>>(*net, adam{.learning_rate = 0.02});
    for (int i = 0; i < 300; ++i) (void)t->step(x, y);
    size_t right = 0;
    for (size_t i = 0; i < x.size(); ++i) right += argmax((*net)(x[i])) == size_t(y[i]);
    BOOST_TEST(right == x.size());
    auto partial = std::make_unique<trainer<net_type, cross_entropy, adam, batch<9>>>(*net);
    BOOST_TEST(partial->step(std::span(x).first(5), std::span(y).first(5)) < 0.1f);
    online_trainer<net_type, cross_entropy> online{*net};
    BOOST_TEST(online.step(x[3], y[3]) < 0.1f);
}
