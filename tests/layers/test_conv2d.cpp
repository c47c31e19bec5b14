// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_conv2d
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_plain) { laws::obeys_laws<network<input<5, 6, 3>, conv2d<5, 3>>>(); }

BOOST_AUTO_TEST_CASE(laws_rectangles) { // the last rows and columns fit no window
    laws::obeys_laws_briefly<network<input<6, 7, 2>, conv2d<3, window{3, 2}, window{2, 3}, window{1, 2}>>>();
}

// A row of the window has 12 terms or more: the weights' gradient then goes row by row.
BOOST_AUTO_TEST_CASE(laws_long_rows) { laws::obeys_laws_briefly<network<input<3, 3, 6>, conv2d<2, 2>>>(); }

BOOST_AUTO_TEST_CASE(laws_panels) { laws::obeys_laws_briefly<network<input<3, 2, 1>, conv2d<33, 2, 1, 1>>>(); }

BOOST_AUTO_TEST_CASE(other_extents) {
    laws::fits_registers<network<input<1, 1, 1>, conv2d<1, 1>>>();
    laws::fits_registers<network<input<4, 3, 5>, conv2d<2, window{1, 3}, 1, window{0, 1}>>>();
    laws::fits_registers<network<input<5, 5, 2>, conv2d<7, 2, 3>>>();
    laws::fits_registers<network<input<3, 3, 2>, conv2d<4, 3, 1, 2>>>(); // windows that see only padding and a corner
}

BOOST_AUTO_TEST_CASE(shapes_and_counts) {
    using digits = network<input<28, 28, 1>, conv2d<16, 3>>;
    static_assert(std::is_same_v<digits::output_shape, shape<26, 26, 16>>);
    static_assert(digits::parameter_count == 16 * 9 + 16);
    static_assert(digits::chain_type::macs == 26 * 26 * 16 * 9);
    using strided = network<input<7, 9, 3>, conv2d<5, window{3, 2}, window{2, 3}, window{1, 0}>>;
    static_assert(std::is_same_v<strided::output_shape, shape<4, 3, 5>>);
    static_assert(strided::tensors[0].rank == 4 && strided::tensors[0].extents == std::array<size_t, 4>{5, 3, 3, 2});
    static_assert(strided::tensors[0].fan_in == 18 && strided::tensors[0].fan_out == 30);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(a_window_that_does_not_fit_one_way) {
    const auto given = []<window Kernel, class In>(In in) { return conv2d<1, Kernel>::output_shape(in); };
    using high = refuse<kernel_larger_than_its_input, takes<3, 1>>;
    using wide = refuse<kernel_larger_than_its_input, takes<1, 3>>;
    static_assert(std::is_same_v<decltype(given.operator()<window{3, 1}>(shape<2, 5, 1>{})), high>);
    static_assert(std::is_same_v<decltype(given.operator()<window{1, 3}>(shape<5, 2, 1>{})), wide>);
    static_assert(window{3, -1}.negative() && window{-1, 3}.negative() && !window{3, 0}.negative());
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(a_known_window) { // one filter that picks channel 1 at row 0, column 1 of its window
    network<input<3, 3, 2>, conv2d<1, 2>> net;
    net.parameter<"0.weight">()(0, 1, 0, 1) = 1;
    net.parameter<"0.bias">()(0) = 0.5f;
    std::array<float, 18> x{};
    for (size_t i = 0; i < 18; ++i) x[i] = static_cast<float>(i);
    const std::array<float, 4> expected = {3.5f, 5.5f, 9.5f, 11.5f}; // x[i][j + 1][1] = 6i + 2(j + 1) + 1
    BOOST_TEST(net(x) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<3, 3, 2>, conv2d<2, 2, 2, 1>>>();
    laws::same_at_compile_time<network<input<3, 2, 1>, conv2d<3, 2>>>();
}

BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<3, 3, 2>, conv2d<3, 2>>>(); }
