// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_reshape
#include "../golden/compare.hpp"
#include "../golden/dense_side.hpp"

using namespace inlay;
namespace torch = golden::dense_side;

BOOST_AUTO_TEST_CASE(laws_of_permute) { laws::obeys_laws_briefly<network<input<3, 5>, permute<1, 0>, inlay::tanh>>(); }
BOOST_AUTO_TEST_CASE(laws_of_slice) { laws::obeys_laws_briefly<network<input<7, 5>, slice<0, 1, 6, 2>, sigmoid>>(); }
BOOST_AUTO_TEST_CASE(laws_of_softmax_over) { laws::obeys_laws_briefly<network<input<4, 19>, softmax_over<0>>>(); }
BOOST_AUTO_TEST_CASE(other_shapes) {
    laws::fits_registers<network<input<12>, reshape<2, 3, 2>, permute<2, 1, 0>, reshape<4, 3>, slice<1, 1, 3>>>();
    laws::fits_registers<network<input<2, 3, 5>, softmax_over<1>, softmax_over<2>, rescaling<2>>>();
}

/// Element i is i: where x's elements go.
template <class Net>
auto places() {
    const Net net;
    typename Net::input_type x{};
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
    return net(x);
}
template <size_t A, size_t B, size_t C>
void permutes() {
    using in = shape<5, 4, 6>;
    const auto y = places<network<input<5, 4, 6>, permute<A, B, C>>>();
    size_t at = 0;
    for (size_t i = 0; i < in::extent(A); ++i)
        for (size_t j = 0; j < in::extent(B); ++j)
            for (size_t k = 0; k < in::extent(C); ++k) {
                size_t index[3]{};
                index[A] = i, index[B] = j, index[C] = k;
                BOOST_TEST(y[at++] == static_cast<float>((index[0] * 4 + index[1]) * 6 + index[2]));
            }
}
BOOST_AUTO_TEST_CASE(all_orders) {
    permutes<0, 1, 2>();
    permutes<0, 2, 1>();
    permutes<1, 0, 2>();
    permutes<1, 2, 0>();
    permutes<2, 0, 1>();
    permutes<2, 1, 0>();
}
BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<3, 5>, permute<1, 0>>, 2>(torch::permute::all);
    golden::compare<network<input<7, 3>, slice<0, 1, 6, 2>>, 2>(torch::slice::all);
    golden::compare<network<input<3, 5>, slice<1, 2, 4>>, 2>(torch::slice_features::all);
    golden::compare<network<input<4, 3>, softmax_over<0>>, 2>(torch::softmax_over_time::all);
    golden::compare<network<input<5>, rescaling<0.5, -1.25>>, 2>(torch::rescaling::all);
}
BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<
        network<input<6>, reshape<3, 2>, permute<1, 0>, slice<1, 0, 2>, softmax_over<0>, rescaling<3, 1>>>();
}
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<4, 2>, softmax_over<0>>>(); }
