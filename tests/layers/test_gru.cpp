// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_gru
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_sequence) { laws::obeys_laws<network<input<4, 3>, gru<5>>>(); }

BOOST_AUTO_TEST_CASE(laws_one_step) { laws::obeys_laws_briefly<network<input<3>, gru<8>>>(); }

BOOST_AUTO_TEST_CASE(blocks_of_units) {
    laws::fits_registers<network<input<2, 1>, gru<20>>>();
    laws::fits_registers<network<input<2, 2>, gru<31>>>();
    laws::fits_registers<network<input<2, 2>, gru<37>>>(); // more than one block
}

BOOST_AUTO_TEST_CASE(shapes_and_counts) {
    using net = network<input<10, 3>, gru<7>>;
    static_assert(std::is_same_v<net::output_shape, shape<10, 7>>);
    static_assert(std::is_same_v<network<input<3>, gru<7>>::output_shape, shape<7>>);
    static_assert(net::parameter_count == 3 * 7 * (3 + 7 + 2));
    static_assert(net::tensor_count == 4);
    static_assert(net::tensors[0].name == "0.weight_ih_l0" && net::tensors[1].name == "0.weight_hh_l0");
    static_assert(net::tensors[2].name == "0.bias_ih_l0" && net::tensors[3].name == "0.bias_hh_l0");
    static_assert(std::tuple_size_v<net::state_type> == 7);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2, 2>, gru<2>>>(); }

BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<2, 3>, gru<5>>>(); }
