// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_avg_pool
#include "../golden/avg_pool.hpp"
#include "../golden/compare.hpp"

using namespace inlay;
namespace torch = golden::avg_pool;

BOOST_AUTO_TEST_CASE(laws_overlapping) { laws::obeys_laws_briefly<network<input<5, 6, 5>, avg_pool2d<3, 2, 1>>>(); }
BOOST_AUTO_TEST_CASE(laws_of_everything) {
    laws::obeys_laws_briefly<network<input<5, 4, 19>, global_avg_pool, inlay::tanh>>();
}
BOOST_AUTO_TEST_CASE(other_extents) {
    laws::fits_registers<network<input<4, 6, 3>, avg_pool2d<2>>>();
    laws::fits_registers<network<input<4, 7, 3>, adaptive_avg_pool2d<window{2, 3}>>>();
    laws::fits_registers<network<input<6, 5>, avg_pool1d<2>>>();
    laws::fits_registers<network<input<6, 5>, global_avg_pool>>();
}

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<5, 6, 3>, avg_pool2d<window{2, 3}, window{2, 1}>>, 2>(torch::image::all);
    golden::compare<network<input<5, 6, 3>, avg_pool2d<3, 2, 1>>, 2>(torch::padded::all);
    golden::compare<network<input<5, 6, 3>, avg_pool2d<3, 2, 1, count_without_padding>>, 2>(
        torch::padded_uncounted::all);
    golden::compare<network<input<7, 4, 3>, adaptive_avg_pool2d<window{3, 2}>>, 2>(torch::adaptive::all);
    golden::compare<network<input<6, 5>, avg_pool1d<3, 2, 1>>, 2>(torch::sequence::all);
    golden::compare<network<input<7, 5>, adaptive_avg_pool1d<3>>, 2>(torch::adaptive_sequence::all);
    golden::compare<network<input<5, 4, 3>, global_avg_pool>, 2>(torch::every_pixel::all);
}

BOOST_AUTO_TEST_CASE(shapes) {
    static_assert(std::is_same_v<network<input<7, 6, 3>, avg_pool2d<3, 2>>::output_shape, shape<3, 2, 3>>);
    static_assert(
        std::is_same_v<network<input<7, 6, 3>, avg_pool2d<3, 2, padding::tensorflow_same>>::output_shape, shape<4, 3, 3>>);
    static_assert(std::is_same_v<network<input<7, 3>, global_avg_pool>::output_shape, shape<3>>);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(over_the_end_as_torch) {
    golden::compare<network<input<6, 8, 3>, avg_pool2d<3, 2, 1, ceil_mode>>, 2>(torch::over_the_end::all);
    golden::compare<network<input<6, 7, 3>, avg_pool2d<window{3, 2}, 2, 0, count_without_padding, ceil_mode>>, 2>(
        torch::over_the_end_uncounted::all);
    golden::compare<network<input<6, 5>, avg_pool1d<4, 3, 1, ceil_mode>>, 2>(torch::sequence_over_the_end::all);
}
BOOST_AUTO_TEST_CASE(laws_over_the_end) { laws::obeys_laws_briefly<network<input<6, 7, 5>, avg_pool2d<3, 2, 1, ceil_mode>>>(); }
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3, 3, 2>, avg_pool2d<2, 1>>>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<4, 4, 3>, avg_pool2d<2>>>(); }
