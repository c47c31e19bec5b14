// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_conv2d_depthwise
#include "../golden/compare.hpp"
#include "../golden/conv2d_options.hpp"

using namespace inlay;
namespace torch = golden::conv2d_options;

BOOST_AUTO_TEST_CASE(laws_of_one_channel_each) {
    laws::obeys_laws_briefly<network<input<4, 10, 19>, conv2d<19, window{2, 3}, 1, 1, groups<19>>, inlay::tanh>>();
}
BOOST_AUTO_TEST_CASE(laws_with_gaps) {
    laws::obeys_laws_briefly<
        network<input<5, 6, 3>, conv2d<3, 2, window{1, 2}, padding{1, 0, 2, 1}, groups<3>, dilation<2>, without_bias>>>();
}
BOOST_AUTO_TEST_CASE(laws_of_points) { laws::obeys_laws_briefly<network<input<3, 5, 4>, conv2d<7, 1>>>(); }

BOOST_AUTO_TEST_CASE(other_extents) {
    laws::fits_registers<network<input<1, 11, 2>, conv2d<2, window{1, 10}, 1, 0, groups<2>>>>(); // more than 8 v
    laws::fits_registers<network<input<2, 12, 33>, conv2d<33, window{1, 2}, 1, 0, groups<33>>>>();
    laws::fits_registers<network<input<2, 2, 5>, conv2d<1, 1, 1, 0, without_bias>>>();
}

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<5, 6, 5>, conv2d<5, 3, 2, 1, groups<5>, without_bias>>, 2>(torch::depthwise::all);
    golden::compare<network<input<2, 3, 5>, conv2d<9, 1>>, 2>(torch::pointwise::all);
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<4, 3, 2>, conv2d<2, 2, 2, 1, groups<2>>>>();
}
BOOST_AUTO_TEST_CASE(not_a_number) {
    laws::nan_reaches_the_output<network<input<3, 3, 2>, conv2d<2, 3, 1, 0, groups<2>>>>();
}
