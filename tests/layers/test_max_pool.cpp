// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_max_pool
#include "../golden/compare.hpp"
#include "../golden/max_pool.hpp"

using namespace inlay;
namespace torch = golden::max_pool;

BOOST_AUTO_TEST_CASE(laws_of_padding) { laws::obeys_laws_briefly<network<input<5, 6, 5>, max_pool2d<3, 2, 1>>>(); }
BOOST_AUTO_TEST_CASE(laws_of_sequences) {
    laws::obeys_laws_briefly<network<input<9, 19>, max_pool1d<3, 2>, inlay::tanh, global_max_pool>>();
}
BOOST_AUTO_TEST_CASE(other_extents) {
    laws::fits_registers<network<input<4, 7, 3>, adaptive_max_pool2d<window{2, 3}>>>();
    laws::fits_registers<network<input<6, 5>, max_pool1d<2>>>();
    laws::fits_registers<network<input<3, 4, 5>, global_max_pool>>();
}

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<5, 6, 3>, max_pool2d<3, 2, 1>>, 2>(torch::padded::all);
    golden::compare<network<input<7, 4, 3>, adaptive_max_pool2d<window{3, 2}>>, 2>(torch::adaptive::all);
    golden::compare<network<input<6, 5>, max_pool1d<3, 2>>, 2>(torch::sequence::all);
    golden::compare<network<input<6, 5>, max_pool1d<3, 2, 1>>, 2>(torch::padded_sequence::all);
    golden::compare<network<input<7, 5>, adaptive_max_pool1d<3>>, 2>(torch::adaptive_sequence::all);
    golden::compare<network<input<5, 4, 3>, global_max_pool>, 2>(torch::every_pixel::all);
}
BOOST_AUTO_TEST_CASE(with_gaps_and_over_the_end_as_torch) {
    golden::compare<network<input<6, 7, 3>, max_pool2d<window{2, 3}, window{1, 2}, 1, ceil_mode, dilation<window{3, 2}>>>,
                    2>(torch::dilated::all);
    golden::compare<network<input<9, 5>, max_pool1d<2, 3, 0, dilation<3>, ceil_mode>>, 2>(torch::dilated_sequence::all);
    golden::compare<network<input<2, 6, 3>, max_pool2d<3, 2, 0, ceil_mode>>, 2>(torch::over_the_end::all);
}
BOOST_AUTO_TEST_CASE(laws_with_gaps) {
    laws::obeys_laws_briefly<network<input<7, 6, 5>, max_pool2d<2, 3, 1, ceil_mode, dilation<2>>>>();
}

BOOST_AUTO_TEST_CASE(padding_is_never_the_maximum) {
    const network<input<2, 2, 1>, max_pool2d<2, 1, 1>> net;
    const std::array<float, 9> expected = {-1, -1, -2, -1, -1, -2, -3, -3, -4};
    BOOST_TEST(net({-1, -2, -3, -4}) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3, 3, 2>, max_pool2d<2, 1, 1>>>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<4, 3>, max_pool1d<2>>>(); }
