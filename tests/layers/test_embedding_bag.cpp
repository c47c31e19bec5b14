// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_embedding_bag
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_before_layers) {
    laws::obeys_laws_briefly<network<input_of<std::uint8_t, 3>, embedding_bag<7, 18>, inlay::tanh, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(laws_of_sums) {
    laws::obeys_laws_briefly<network<input_of<std::uint16_t, 4>, embedding_bag<5, 3, bag::sum>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input_of<std::uint16_t, 3>, embedding_bag<4, 2>>, 2>();
}

BOOST_AUTO_TEST_CASE(known_rows) {
    network<input_of<std::uint16_t, 4>, embedding_bag<3, 2>> means;
    network<input_of<std::uint16_t, 4>, embedding_bag<3, 2, bag::sum>> sums;
    means.parameter<"0.weight">() = {1, 2, 3, 4, 5, 6};
    sums.parameter<"0.weight">() = {1, 2, 3, 4, 5, 6};
    BOOST_TEST((means({2, 0, 2, 1}) == std::array<float, 2>{3.5f, 4.5f}));
    BOOST_TEST((sums({2, 0, 2, 1}) == std::array<float, 2>{14, 18}));
}

// The mean is compared with PyTorch's in test_avg_pool.cpp.
BOOST_AUTO_TEST_CASE(is_an_embedding_and_a_mean) {
    using bag_net = network<input_of<std::uint16_t, 4>, embedding_bag<5, 3>>;
    using rows_net = network<input_of<std::uint16_t, 4>, embedding<5, 3>, global_avg_pool>;
    bag_net one;
    rows_net other;
    initialize(one, seed{1});
    other.assign(one.canonical());
    const bag_net::input_type x = {4, 1, 4, 0};
    const std::array<float, 3> target = {1, -1, 0.5f};
    const auto a = differentiate(one, mean_squared_error{}, x, target);
    const auto b = differentiate(other, mean_squared_error{}, x, target);
    for (size_t i = 0; i < 3; ++i) BOOST_TEST(one(x)[i] == other(x)[i], boost::test_tools::tolerance(1e-6f));
    for (size_t i = 0; i < 15; ++i)
        BOOST_TEST(a.gradients.canonical()[i] == b.gradients.canonical()[i], boost::test_tools::tolerance(1e-5f));
}
