// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_max_pool2d
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_overlapping) { laws::obeys_laws<network<input<7, 6, 3>, max_pool2d<3, 2>>>(); }

BOOST_AUTO_TEST_CASE(laws_rectangles) { laws::obeys_laws_briefly<network<input<5, 7, 17>, max_pool2d<window{2, 3}>>>(); }

BOOST_AUTO_TEST_CASE(laws_behind_a_convolution) {
    laws::obeys_laws_briefly<network<input<5, 5, 2>, conv2d<5, 2>, max_pool2d<2>, relu>>();
}

BOOST_AUTO_TEST_CASE(channels_that_fill_no_register) {
    laws::fits_registers<network<input<4, 6, 6>, max_pool2d<2>>>();
    laws::fits_registers<network<input<3, 9, 5>, max_pool2d<3>>>();
    laws::fits_registers<network<input<5, 5, 11>, max_pool2d<2>>>();
    laws::fits_registers<network<input<4, 7, 6>, max_pool2d<2, 3>>>();
    laws::fits_registers<network<input<4, 4, 23>, max_pool2d<1, 2>>>();
    laws::fits_registers<network<input<4, 2, 3>, max_pool2d<2>>>();
    laws::fits_registers<network<input<4, 8, 1>, max_pool2d<2>>>();
    laws::fits_registers<network<input<2, 5, 2>, max_pool2d<1>>>();
}

BOOST_AUTO_TEST_CASE(behind_an_activation) { // whose slope it applies
    laws::obeys_laws_briefly<network<input<4, 6, 3>, conv2d<3, 1>, inlay::tanh, max_pool2d<2>>>();
    laws::obeys_laws_briefly<network<input<5, 6, 1>, conv2d<3, 2>, sigmoid, max_pool2d<2>, inlay::tanh>>();
}

BOOST_AUTO_TEST_CASE(shapes) {
    static_assert(std::is_same_v<network<input<7, 6, 3>, max_pool2d<3, 2>>::output_shape, shape<3, 2, 3>>);
    static_assert(std::is_same_v<network<input<5, 7, 2>, max_pool2d<window{2, 3}>>::output_shape, shape<2, 2, 2>>);
    static_assert(network<input<5, 7, 2>, max_pool2d<2>>::parameter_count == 0);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(a_kernel_of_nothing_one_way) {
    const auto refused = []<window Kernel, window Stride>() {
        return std::is_same_v<decltype(max_pool2d<Kernel, Stride>::output_shape(shape<4, 4, 1>{})), refuse<extent_must_not_be_0>>;
    };
    static_assert(refused.operator()<window{0, 2}, window{1, 1}>() && refused.operator()<window{2, 0}, window{1, 1}>());
    static_assert(refused.operator()<window{2, 2}, window{0, 1}>() && refused.operator()<window{2, 2}, window{1, 0}>());
    static_assert(!refused.operator()<window{2, 2}, window{1, 1}>());
    BOOST_TEST(true);
}
BOOST_AUTO_TEST_CASE(a_kernel_that_does_not_fit_one_way) {
    const auto given = []<window Kernel, class In>(In in) { return max_pool2d<Kernel>::output_shape(in); };
    using high = refuse<kernel_larger_than_its_input, takes<3, 1>>;
    using wide = refuse<kernel_larger_than_its_input, takes<1, 3>>;
    static_assert(std::is_same_v<decltype(given.operator()<window{3, 1}>(shape<2, 5, 1>{})), high>);
    static_assert(std::is_same_v<decltype(given.operator()<window{1, 3}>(shape<5, 2, 1>{})), wide>);
    static_assert(std::is_same_v<decltype(given.operator()<window{3, 1}>(shape<5, 2, 1>{})), shape<1, 2, 1>>);
    BOOST_TEST(true);
}

using small = network<input<2, 2, 1>, max_pool2d<2>>;

template <class Backend>
std::array<float, 4> gradient_at(std::array<float, 4> x) {
    const small net;
    workspace<small, 1> work;
    gradients<small> into;
    std::array<float, 4> dx{};
    work.forward<Backend>(net, x.data());
    work.output_gradients()[0] = 1;
    work.backward<Backend, true>(net, x.data(), into, dx.data());
    return dx;
}

BOOST_AUTO_TEST_CASE(the_first_of_equals_takes_the_gradient) {
    const std::array<float, 4> second = {0, 1, 0, 0}, first = {1, 0, 0, 0};
    BOOST_TEST(gradient_at<kernels::native>({1, 2, 2, 2}) == second);
    BOOST_TEST(gradient_at<kernels::scalar>({1, 2, 2, 2}) == second);
    BOOST_TEST(gradient_at<kernels::native>({-7, -7, -7, -7}) == first);
}

BOOST_AUTO_TEST_CASE(special_values) {
    const small net;
    const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    BOOST_TEST(net({-inf, -inf, -inf, -inf})[0] == -inf);
    BOOST_TEST(net({1, inf, 2, -inf})[0] == inf);
    for (size_t i = 0; i < 4; ++i) { // a NaN is the maximum, even beside infinity, and takes the gradient
        std::array<float, 4> x = {1, inf, 2, 3}, expected{};
        x[i] = nan;
        expected[i] = 1;
        const float y = net(x)[0];
        BOOST_TEST(y != y);
        BOOST_TEST(gradient_at<kernels::native>(x) == expected);
    }
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3, 3, 2>, max_pool2d<2, 1>>>(); }

BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<4, 4, 3>, max_pool2d<2>>>(); }
