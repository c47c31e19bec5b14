// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_conv_transpose
#include "../golden/compare.hpp"
#include "../golden/conv_transpose.hpp"

using namespace inlay;
namespace torch = golden::conv_transpose;

BOOST_AUTO_TEST_CASE(laws_plain) {
    laws::obeys_laws_briefly<network<input<3, 4, 3>, conv_transpose2d<5, 3, 2, 1, window{1, 0}>, inlay::tanh>>();
}
BOOST_AUTO_TEST_CASE(laws_of_groups) {
    laws::obeys_laws_briefly<network<input<3, 2, 4>, conv_transpose2d<2, 2, 1, 0, 0, groups<2>, without_bias>>>();
}

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<3, 4, 3>, conv_transpose2d<5, window{3, 2}, 2>>, 2>(torch::plain::all);
    golden::compare<network<input<3, 4, 3>, conv_transpose2d<2, 3, 2, 1, window{1, 0}>>, 2>(torch::padded::all);
    golden::compare<network<input<3, 3, 4>, conv_transpose2d<6, 2, window{1, 3}, window{0, 1}, 0, groups<2>,
                                                             without_bias, dilation<window{1, 2}>>>,
                    2>(torch::grouped::all);
    golden::compare<network<input<2, 2, 2>, conv_transpose2d<3, 1, 3, 0, 2>>, 1>(torch::beyond::all);
}
BOOST_AUTO_TEST_CASE(as_torch_of_sequences) {
    golden::compare<network<input<5, 3>, conv_transpose1d<9, 4, 2, 1, 1>>, 2>(torch::sequence::all);
    golden::compare<network<input<5, 3>, conv_transpose1d<2, 4, 2>>, 2>(torch::narrow_sequence::all);
}

BOOST_AUTO_TEST_CASE(shapes) {
    using net = network<input<4, 3, 2>, conv_transpose2d<5, 3, 2, 1, 1>>;
    static_assert(std::is_same_v<net::output_shape, shape<8, 6, 5>>);
    static_assert(net::tensors[0].extents == std::array<size_t, 4>{2, 5, 3, 3});
    static_assert(net::tensors[0].fan_in == 45 && net::tensors[0].fan_out == 18); // torch.nn.init's
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(folded_into_it) { // a batch_norm after it
    using net = network<input<2, 2, 4>, conv_transpose2d<4, 2, 2, 0, 0, groups<2>, without_bias>, batch_norm<>>;
    net original;
    initialize(original, seed{1});
    for (size_t i = 0; i < net::element_count; ++i)
        original.element(i, original.element(i) + 0.125f * static_cast<float>(i % 5));
    const auto short_one = fold(original);
    static_assert(decltype(short_one)::tensor_count == 2);
    std::array<float, 16> x{};
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 7) - 3;
    const auto a = original(x), b = short_one(x);
    for (size_t i = 0; i < a.size(); ++i) BOOST_TEST(std::abs(a[i] - b[i]) < 1e-5f);
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<2, 2, 2>, conv_transpose2d<3, 2, 2, 1>>>();
}
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<3, 2>, conv_transpose1d<2, 3>>>(); }
