// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_conv2d_lanes
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(positions_in_lanes) { // one channel and few filters
    using first = network<input<28, 28, 1>, conv2d<6, 5>>::layer<0>::on<float, shape<28, 28, 1>>;
    static_assert(first::positions_in_lanes<kernels::native> == (kernels::native::lanes<float> >= 4));
    laws::obeys_laws_briefly<network<input<4, 18, 1>, conv2d<3, 3>>>();
    laws::fits_registers<network<input<5, 19, 1>, conv2d<1, window{2, 4}>, inlay::tanh>>();
    laws::fits_registers<network<input<4, 17, 1>, conv2d<5, 3, 1, 1>>>();
    laws::fits_registers<network<input<6, 30, 1>, conv2d<3, window{3, 9}, window{2, 1}>>>();
    laws::fits_registers<network<input<2, 66, 1>, conv2d<7, 2>>>();
}

BOOST_AUTO_TEST_CASE(laws_of_more_filters_than_a_block_holds_and_long_rows) {
    laws::obeys_laws_briefly<network<input<2, 3, 8>, conv2d<33, 2>>>();
}
BOOST_AUTO_TEST_CASE(laws_of_padding_one_way) {
    laws::obeys_laws_briefly<network<input<3, 3, 2>, conv2d<2, 2, 1, window{1, 0}>>>();
    laws::fits_registers<network<input<3, 3, 2>, conv2d<2, 2, 1, window{0, 1}>>>();
}
