// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_conv2d_options
#include "../golden/compare.hpp"
#include "../golden/conv2d_options.hpp"

using namespace inlay;
namespace torch = golden::conv2d_options;

BOOST_AUTO_TEST_CASE(laws_of_groups) { laws::obeys_laws_briefly<network<input<4, 5, 4>, conv2d<6, 2, 1, 0, groups<2>>>>(); }
BOOST_AUTO_TEST_CASE(laws_of_gaps) {
    laws::obeys_laws_briefly<
        network<input<5, 6, 3>, conv2d<5, 2, window{1, 2}, padding{1, 0, 2, 1}, dilation<2>, without_bias>>>();
}

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<6, 7, 3>, conv2d<5, window{3, 2}, window{2, 1}, 1, dilation<window{2, 3}>>>, 2>(
        torch::dilated::all);
    golden::compare<network<input<4, 5, 4>, conv2d<6, window{2, 3}, 1, 0, groups<2>>>, 2>(torch::grouped::all);
    golden::compare<network<input<3, 4, 3>, conv2d<6, 2, 1, 0, groups<3>>>, 2>(torch::multiplied::all);
}

BOOST_AUTO_TEST_CASE(as_torch_with_padding) {
    golden::compare<network<input<4, 5, 2>, conv2d<3, window{4, 3}, 1, padding::same, dilation<window{1, 2}>>>, 2>(
        torch::same::all);
    golden::compare<network<input<6, 7, 2>, conv2d<3, 3, 2, padding::tensorflow_same>>, 2>(torch::tensorflow_same::all);
    golden::compare<network<input<3, 4, 2>, conv2d<3, 3, 1, padding{1, 0, 0, 2}>>, 1>(torch::sides::all);
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<4, 3, 2>, conv2d<2, 2, 1, padding::same, dilation<2>, without_bias>>>();
}
