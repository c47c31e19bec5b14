// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_dense
#include "../laws.hpp"

using namespace inlay;

template <size_t In, size_t Out>
using net = network<input<In>, dense<Out>>;

BOOST_AUTO_TEST_CASE(laws_narrow) { // up to 4 outputs: inputs are held in lanes
    laws::obeys_laws<net<17, 1>>();
    laws::obeys_laws_briefly<net<33, 3>>();
}

BOOST_AUTO_TEST_CASE(laws_panels) { // more outputs: outputs are held in lanes, 32 to a panel
    laws::obeys_laws<net<15, 17>>();
    laws::obeys_laws_briefly<net<3, 33>>();
}

BOOST_AUTO_TEST_CASE(shapes_and_counts) {
    static_assert(net<64, 32>::parameter_count == 64 * 32 + 32);
    static_assert(std::is_same_v<net<64, 32>::output_shape, shape<32>>);
    static_assert(std::is_same_v<network<input<5, 3>, dense<7>>::output_shape, shape<5, 7>>);
    static_assert(network<input<5, 3>, dense<7>>::parameter_count == 3 * 7 + 7);
    static_assert(network<input<3>, dense_without_bias<7>>::parameter_count == 21);
    static_assert(std::is_same_v<network<input<6>, dense<6, 2>>, basic_network<float, input<6>, dense<6, 2>>>);
    static_assert(std::is_same_v<network<input<6>, dense<6, 2>>::output_shape, shape<2>>);
    static_assert(std::is_same_v<linear<3>, dense<3>>);
    static_assert(net<64, 32>::chain_type::macs == 64 * 32);
    static_assert(network<input<5, 3>, dense<7>>::chain_type::macs == 5 * 3 * 7);
    static_assert(net<3, 5>::tensors[0].name == "0.weight" && net<3, 5>::tensors[1].name == "0.bias");
    static_assert(net<3, 5>::tensors[0].extents[0] == 5 && net<3, 5>::tensors[0].extents[1] == 3);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(a_known_product) {
    net<2, 5> n;
    n.parameter<"0.weight">() = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    n.parameter<"0.bias">() = {0, 1, 2, 3, 4};
    const std::array<float, 5> expected = {12, 27, 42, 57, 72}; // rows (1, 2), (3, 4)… times (2, 5), plus 0, 1…
    BOOST_TEST(n({2, 5}) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<net<5, 3>>();
    laws::same_at_compile_time<net<3, 5>, 2>();
}

BOOST_AUTO_TEST_CASE(not_a_number) {
    laws::nan_reaches_the_output<net<5, 3>>();
    laws::nan_reaches_the_output<net<3, 5>>();
}
