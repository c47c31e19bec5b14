// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_lstm
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_sequence) { laws::obeys_laws<network<input<4, 3>, lstm<5>>>(); }

BOOST_AUTO_TEST_CASE(laws_one_step) { laws::obeys_laws_briefly<network<input<3>, lstm<8>>>(); }

BOOST_AUTO_TEST_CASE(blocks_of_units) {
    laws::fits_registers<network<input<2, 1>, lstm<20>>>();
    laws::fits_registers<network<input<2, 2>, lstm<31>>>();
    laws::fits_registers<network<input<2, 2>, lstm<37>>>(); // more than one block
}

BOOST_AUTO_TEST_CASE(projections) {
    laws::obeys_laws<network<input<4, 3>, lstm<5, projection<2>>>>();
    laws::fits_registers<network<input<2, 2>, lstm<37, projection<19>>>>();
    laws::streaming_is_the_whole_sequence<network<input<5, 2>, lstm<6, projection<4>>>, 2>();
    laws::same_at_compile_time<network<input<2, 2>, lstm<3, projection<2>>>>();
}

BOOST_AUTO_TEST_CASE(shapes_of_projections) {
    using net = network<input<10, 3>, lstm<7, projection<2>>>;
    static_assert(std::is_same_v<net::output_shape, shape<10, 2>>);
    static_assert(net::parameter_count == 4 * 7 * (3 + 2 + 2) + 2 * 7 && net::state_size == 2 + 7);
    static_assert(net::tensor_count == 5 && net::tensors[4].name == "0.weight_hr_l0");
    static_assert(net::tensors[1].extents[1] == 2 && net::tensors[4].extents[0] == 2 && net::tensors[4].extents[1] == 7);
    static_assert(net::chain_type::macs == 10 * (4 * 7 * (3 + 2) + 7 * 2));
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(shapes_and_counts) {
    using net = network<input<10, 3>, lstm<7>>;
    static_assert(std::is_same_v<net::output_shape, shape<10, 7>>);
    static_assert(std::is_same_v<network<input<3>, lstm<7>>::output_shape, shape<7>>);
    static_assert(net::parameter_count == 4 * 7 * (3 + 7 + 2));
    static_assert(net::tensors[0].name == "0.weight_ih_l0" && net::tensors[1].name == "0.weight_hh_l0");
    static_assert(net::tensors[2].name == "0.bias_ih_l0" && net::tensors[3].name == "0.bias_hh_l0");
    static_assert(std::tuple_size_v<net::state_type> == 14);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(steps_with_a_state_are_a_sequence) {
    using steps = network<input<3>, lstm<5>>;
    using sequence = network<input<4, 3>, lstm<5>>;
    steps one;
    initialize(one, seed{5});
    sequence all;
    all.assign(one.canonical());
    random_generator random(seed{6});
    std::array<float, 12> x{};
    laws::draw<float>(x, random, -1, 1);
    const auto expected = all(x);
    steps::state_type state{};
    for (size_t t = 0; t < 4; ++t) {
        const auto y = one({x[3 * t], x[3 * t + 1], x[3 * t + 2]}, state);
        for (size_t i = 0; i < 5; ++i) {
            BOOST_TEST(y[i] == expected[5 * t + i]); // not one bit apart
            BOOST_TEST(state[i] == y[i]);            // h, then c
        }
    }
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2, 2>, lstm<2>>>(); }

BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<2, 3>, lstm<5>>>(); }
