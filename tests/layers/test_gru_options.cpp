// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_gru_options
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_reset_before) { laws::obeys_laws<network<input<4, 3>, gru<5, reset_before_product>>>(); }

BOOST_AUTO_TEST_CASE(laws_relu) {
    laws::obeys_laws_briefly<network<input<3, 2>, gru<6, relu>>>();
    laws::obeys_laws_briefly<network<input<3>, gru<8, sigmoid, reset_before_product>>>();
}

BOOST_AUTO_TEST_CASE(blocks_of_units) {
    laws::fits_registers<network<input<2, 1>, gru<20, reset_before_product, relu>>>();
    laws::fits_registers<network<input<2, 2>, gru<37, reset_before_product>>>();
    laws::streaming_is_the_whole_sequence<network<input<5, 2>, gru<37, reset_before_product>>, 2>();
}

BOOST_AUTO_TEST_CASE(names_and_counts) {
    using net = network<input<10, 3>, gru<7, reset_before_product>>;
    static_assert(net::parameter_count == 3 * 7 * (3 + 7 + 1));
    static_assert(net::tensor_count == 3 && net::tensors[2].name == "0.bias_ih_l0");
    static_assert(net::state_size == 7);
    static_assert(network<input<3>, gru<7, relu>>::tensor_count == 4);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2, 2>, gru<2, reset_before_product>>>(); }
