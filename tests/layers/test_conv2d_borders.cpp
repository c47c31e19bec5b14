// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_conv2d_borders
#include "../golden/compare.hpp"
#include "../golden/conv2d_options.hpp"

using namespace inlay;
namespace torch = golden::conv2d_options;

BOOST_AUTO_TEST_CASE(laws_of_reflect) {
    laws::obeys_laws_briefly<network<input<3, 4, 2>, conv2d<3, 3, 2, padding{3, 0, 1, 2}, reflect>>>();
}

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<4, 3, 2>, conv2d<3, 3, 1, window{2, 1}, reflect>>, 2>(torch::reflect::all);
    golden::compare<network<input<4, 3, 2>, conv2d<3, 3, 1, window{2, 1}, replicate>>, 2>(torch::replicate::all);
    golden::compare<network<input<4, 3, 2>, conv2d<3, 3, 1, window{2, 1}, circular>>, 2>(torch::circular::all);
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<3, 3, 2>, conv2d<2, 2, 1, 1, circular, groups<2>>>>();
}
