// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_upsample
#include "../golden/compare.hpp"
#include "../golden/upsample.hpp"

using namespace inlay;
namespace torch = golden::upsample;

BOOST_AUTO_TEST_CASE(laws_of_nearest) {
    laws::obeys_laws_briefly<network<input<3, 2, 5>, upsample_nearest2d<window{2, 3}>, inlay::tanh>>();
}
BOOST_AUTO_TEST_CASE(laws_of_bilinear) {
    laws::obeys_laws_briefly<network<input<3, 2, 5>, upsample_bilinear2d<window{2, 3}>, inlay::tanh>>();
}
BOOST_AUTO_TEST_CASE(other_extents) {
    laws::fits_registers<network<input<1, 19>, upsample_linear1d<3>>>();
    laws::fits_registers<network<input<3, 2>, upsample_nearest1d<1>>>();
    laws::fits_registers<network<input<1, 2, 2>, upsample_bilinear2d<1, align_corners>>>();
}

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<2, 3, 3>, upsample_nearest2d<window{2, 3}>>, 2>(torch::nearest::all);
    golden::compare<network<input<3, 2>, upsample_nearest1d<3>>, 2>(torch::nearest_sequence::all);
    golden::compare<network<input<3, 2, 3>, upsample_bilinear2d<window{2, 3}>>, 2>(torch::bilinear::all);
    golden::compare<network<input<3, 2, 3>, upsample_bilinear2d<2, align_corners>>, 2>(torch::corners::all);
    golden::compare<network<input<3, 2>, upsample_linear1d<4>>, 2>(torch::linear::all);
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<2, 2>, upsample_nearest1d<2>, upsample_linear1d<2>>>();
}
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<2, 2>, upsample_nearest1d<2>>>(); }
