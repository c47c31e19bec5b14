// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_conv1d
#include "../golden/compare.hpp"
#include "../golden/conv1d.hpp"

using namespace inlay;
namespace torch = golden::conv1d;

BOOST_AUTO_TEST_CASE(laws_plain) { laws::obeys_laws_briefly<network<input<7, 3>, conv1d<5, 3, 2, 1>>>(); }
BOOST_AUTO_TEST_CASE(laws_of_groups) {
    laws::obeys_laws_briefly<
        network<input<6, 4>, conv1d<6, 2, 1, padding{1, 0}, groups<2>, dilation<3>, without_bias, replicate>>>();
}
BOOST_AUTO_TEST_CASE(laws_of_one_channel) { laws::fits_registers<network<input<19, 1>, conv1d<2, 3, 1, padding::same>>>(); }

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<7, 3>, conv1d<5, 3, 2, 1>>, 2>(torch::plain::all);
    golden::compare<network<input<5, 4>, conv1d<6, 3, 1, padding{3, 0}, dilation<2>, groups<2>, without_bias>>, 2>(
        torch::grouped::all);
    golden::compare<network<input<6, 3>, conv1d<3, 4, 1, padding::same, groups<3>>>, 2>(torch::depthwise::all);
    golden::compare<network<input<4, 2>, conv1d<3, 3, 1, 2, reflect>>, 1>(torch::reflect::all);
}

BOOST_AUTO_TEST_CASE(shapes) {
    using net = network<input<7, 3>, conv1d<5, 3, 2, 1>>;
    static_assert(std::is_same_v<net::output_shape, shape<4, 5>> && net::tensors[0].rank == 3);
    static_assert(net::tensors[0].fan_in == 9 && net::tensors[0].fan_out == 15 && net::chain_type::macs == 4 * 5 * 9);
    static_assert(std::is_same_v<network<input<7, 3>, conv1d<5, 3, 2, padding::tensorflow_same>>::output_shape, shape<4, 5>>);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(zeros_on_the_left_are_causal) {
    network<input<6, 2>, conv1d<3, 3, 1, padding{4, 0}, dilation<2>>> one;
    network<input<6, 2>, causal_conv1d<3, 3, 1, 2>> other;
    initialize(one, seed{1});
    other.assign(one.canonical());
    std::array<float, 12> x{};
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * i % 7) - 3;
    const auto a = one(x), b = other(x);
    for (size_t i = 0; i < a.size(); ++i) BOOST_TEST(std::abs(a[i] - b[i]) < 1e-5f);
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<4, 2>, conv1d<3, 2, 2, 1>>>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<3, 2>, conv1d<2, 3>>>(); }
