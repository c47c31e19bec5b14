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

namespace test_conv2d_depthwise {

/// Its formula, one output after the other: the bits of the layer, whose images are larger than what it keeps of them.
template <class Net>
void check_formula() {
    using form = typename Net::chain_type::template bound<0>;
    using layer = typename Net::chain_type::template layer<0>;
    constexpr auto g = layer::geometry.on(form::height, form::width);
    Net net;
    random_generator random{seed{5}};
    initialize(net, seed{4});
    for (float& p : net.parameters()) p += 0.125f;
    typename Net::input_type x;
    for (float& value : x) value = random.uniform(-1.0f, 1.0f);
    const auto y = net(x);
    const auto p = net.canonical();
    size_t wrong = 0;
    for (size_t i = 0; i < form::out_height; ++i)
        for (size_t j = 0; j < form::out_width; ++j)
            for (size_t c = 0; c < form::channels; ++c) {
                float sum = p[form::channels * g.kernel.height * g.kernel.width + c];
                for (size_t u = 0; u < g.kernel.height; ++u)
                    for (size_t v = 0; v < g.kernel.width; ++v) {
                        const size_t row = inlay::detail::element_at(
                            g.outside, i * g.stride.height + u * g.dilation.height, g.pad.top, form::height);
                        const size_t column = inlay::detail::element_at(
                            g.outside, j * g.stride.width + v * g.dilation.width, g.pad.left, form::width);
                        const bool outside = row == form::height || column == form::width;
                        const float seen = outside ? 0 : x[(row * form::width + column) * form::channels + c];
                        sum = math::fma(seen, p[(c * g.kernel.height + u) * g.kernel.width + v], sum);
                    }
                wrong += sum != y[(i * form::out_width + j) * form::channels + c];
            }
    BOOST_TEST(wrong == 0u);
}

} // namespace test_conv2d_depthwise

BOOST_AUTO_TEST_CASE(large_images) {
    using test_conv2d_depthwise::check_formula;
    check_formula<network<input<11, 21, 5>, conv2d<5, 3, 1, 1, groups<5>>>>();
    check_formula<network<input<12, 20, 8>, conv2d<8, 3, 2, padding::tensorflow_same, groups<8>>>>();
    check_formula<network<input<9, 30, 3>, conv2d<3, window{2, 4}, window{3, 1}, padding{4, 5, 2, 1}, groups<3>>>>();
    check_formula<network<input<13, 22, 4>, conv2d<4, 3, 1, 3, groups<4>, dilation<3>, reflect>>>();
    check_formula<network<input<10, 9, 19>, conv2d<19, 3, 1, 1, groups<19>, circular>>>();
    check_formula<network<input<9, 16, 2>, conv2d<2, window{1, 3}, window{2, 5}, 1, groups<2>>>>();
}
// Three rows of its own columns at the edges, and a row of zeros.
static_assert(memory<network<input<48, 48, 16>, conv2d<16, 3, 2, padding::tensorflow_same, groups<16>>>>.inference_bytes <
              6 * 1024 + 48 * 48 * 16 * 4 + 24 * 24 * 16 * 4);

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<4, 3, 2>, conv2d<2, 2, 2, 1, groups<2>>>>();
}
BOOST_AUTO_TEST_CASE(not_a_number) {
    laws::nan_reaches_the_output<network<input<3, 3, 2>, conv2d<2, 3, 1, 0, groups<2>>>>();
}
