// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_causal_conv1d
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_dilated) { laws::obeys_laws<network<input<7, 3>, causal_conv1d<5, 3, 1, 2>>>(); }

BOOST_AUTO_TEST_CASE(laws_strided) { // and few outputs, whose inputs are held in lanes
    laws::obeys_laws_briefly<network<input<8, 3>, causal_conv1d_without_bias<4, 3, 2, 2>>>();
}

BOOST_AUTO_TEST_CASE(laws_panels) { laws::obeys_laws_briefly<network<input<6, 2>, causal_conv1d<34, 2>>>(); }

BOOST_AUTO_TEST_CASE(laws_one_step) { laws::obeys_laws_briefly<network<input<5>, causal_conv1d<6, 2, 1, 3>>>(); }

BOOST_AUTO_TEST_CASE(other_extents) {
    laws::fits_registers<network<input<3, 4>, causal_conv1d<8, 1>>>();    // nothing before its own step
    laws::fits_registers<network<input<9, 1>, causal_conv1d<1, 4>>>();    // one channel
    laws::fits_registers<network<input<2, 16>, causal_conv1d<16, 3, 1, 7>>>(); // a past longer than the sequence
}

BOOST_AUTO_TEST_CASE(shapes_and_counts) {
    using net = network<input<12, 3>, causal_conv1d<5, 4, 2, 8>>;
    static_assert(std::is_same_v<net::output_shape, shape<6, 5>>);
    static_assert(std::is_same_v<network<input<3>, causal_conv1d<5, 4, 1, 8>>::output_shape, shape<5>>);
    static_assert(net::parameter_count == 5 * 3 * 4 + 5);
    static_assert(net::tensors[0].name == "0.weight" && net::tensors[1].name == "0.bias");
    static_assert(net::tensors[0].rank == 3 && net::tensors[0].extents == std::array<size_t, 4>{5, 3, 4, 0});
    static_assert(net::tensors[0].fan_in == 12 && net::tensors[0].fan_out == 20);
    static_assert(net::chain_type::macs == 6 * 5 * 12);
    static_assert(net::state_size == 3 * 8 * 3 + 1); // and the counter
    static_assert(network<input<3>, causal_conv1d<5, 1>>::state_size == 0);
    static_assert(network<input<3>, causal_conv1d_without_bias<5, 2>>::tensor_count == 1);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(a_known_filter) { // y[t] = x[t] + 10 x[t − 2] + 100 x[t − 4]
    network<input<6, 1>, causal_conv1d_without_bias<1, 3, 1, 2>> net;
    net.parameter<"0.weight">() = {100, 10, 1};
    const std::array<float, 6> expected = {1, 2, 13, 24, 135, 246};
    BOOST_TEST(net({1, 2, 3, 4, 5, 6}) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<4, 2>, causal_conv1d<2, 2, 2, 3>>>();
    laws::same_at_compile_time<network<input<2, 1>, causal_conv1d<6, 2>>>();
}

BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<4, 2>, causal_conv1d<3, 2>>>(); }
