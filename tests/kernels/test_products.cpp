// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE kernels_products
#include "sums.hpp"

template <class T, product_shape S, start Start>
void product_in() {
    random_generator random(seed{S.rows * 100 + S.columns});
    const size_t a_size = S.a_at(S.rows - 1) + (S.outer - 1) * S.a_outer + (S.inner - 1) * S.a_inner + 1;
    const size_t b_size = (S.outer * S.inner - 1) * S.b_row + S.columns, c_size = (S.rows - 1) * S.c_row + S.columns;
    guarded<T> a(a_size, laws::drawn<T>(a_size, random)), b(b_size, laws::drawn<T>(b_size, random)),
        bias(S.columns, laws::drawn<T>(S.columns, random));
    const std::vector<T> before = laws::drawn<T>(c_size, random);
    guarded<T> native(c_size, before), scalar(c_size, before);
    kernels::product<kernels::native, S, Start>(a.data(), b.data(), bias.data(), native.data());
    kernels::product<kernels::scalar, S, Start>(a.data(), b.data(), bias.data(), scalar.data());
    const std::string what = "product " + std::to_string(S.rows) + "×" + std::to_string(S.columns) + "×" +
                             std::to_string(S.outer * S.inner);
    laws::check_same_bits<T>(what, native.values(), scalar.values());
    native.check(what);
    std::vector<T> own, gaps, gaps_before;
    std::vector<long double> exact, size;
    for (size_t i = 0; i < c_size; ++i) {
        const size_t r = i / S.c_row, c = i % S.c_row;
        if (c >= S.columns) {
            gaps.push_back(native.data()[i]);
            gaps_before.push_back(before[i]);
            continue;
        }
        long double sum = Start == start::zero   ? 0
                          : Start == start::bias ? bias.data()[c]
                                                 : before[i],
                    all = std::abs(sum);
        for (size_t j = 0; j < S.outer * S.inner; ++j) {
            const long double term =
                static_cast<long double>(a.data()[S.a_at(r) + j / S.inner * S.a_outer + j % S.inner * S.a_inner]) *
                b.data()[j * S.b_row + c];
            sum += term;
            all += std::abs(term);
        }
        own.push_back(native.data()[i]);
        exact.push_back(sum);
        size.push_back(all);
    }
    check_sums(what, own, exact, size, S.outer * S.inner);
    laws::check_same_bits<T>(what + ": between the rows", gaps, gaps_before);
}
template <product_shape S>
void product_of() {
    product_in<float, S, (S.rows + S.columns) % 2 ? start::zero : start::bias>();
    product_in<double, S, start::accumulate>();
}
/// Plain matrices, rows · inner times inner · columns.
template <size_t Rows, size_t Columns, size_t Inner>
void plain() {
    product_of<product_shape{.rows = Rows, .columns = Columns, .outer = 1, .inner = Inner, .a_row = Inner, .a_outer = 0,
                             .a_inner = 1, .b_row = Columns, .c_row = Columns}>();
}

BOOST_AUTO_TEST_CASE(products_of_plain_matrices) {
    plain<1, 1, 1>();
    plain<3, 2, 5>();
    plain<7, 5, 3>();
    plain<5, 17, 7>();
    plain<13, 33, 2>();
    plain<2, 100, 9>();
    plain<31, 7, 15>();
    plain<4, 64, 100>();
}
BOOST_AUTO_TEST_CASE(products_with_strides) {
    // the weight gradient: A transposed
    product_of<product_shape{.rows = 7, .columns = 15, .outer = 1, .inner = 5, .a_row = 1, .a_outer = 0, .a_inner = 7,
                             .b_row = 15, .c_row = 15}>();
    // a panel of a wider matrix, gaps between the rows of B and C
    product_of<product_shape{.rows = 5, .columns = 3, .outer = 1, .inner = 4, .a_row = 4, .a_outer = 0, .a_inner = 1,
                             .b_row = 7, .c_row = 11}>();
    // a convolution: windows that overlap, two loops
    product_of<product_shape{.rows = 6, .columns = 9, .outer = 3, .inner = 6, .a_row = 4, .a_outer = 30, .a_inner = 1,
                             .b_row = 9, .c_row = 9}>();
    product_of<product_shape{.rows = 3, .columns = 34, .outer = 2, .inner = 5, .a_row = 1, .a_outer = 40, .a_inner = 6,
                             .b_row = 35, .c_row = 36}>();
    // rows of A in blocks
    product_of<product_shape{.rows = 8, .columns = 5, .outer = 3, .inner = 2, .a_row = 1, .a_outer = 6, .a_inner = 2,
                             .b_row = 5, .c_row = 5, .block = 4, .a_block = 6}>();
    product_of<product_shape{.rows = 15, .columns = 17, .outer = 2, .inner = 3, .a_row = 1, .a_outer = 9, .a_inner = 3,
                             .b_row = 17, .c_row = 17, .block = 5, .a_block = 9}>();
}

/// Sums into windows that overlap, as the input gradient of a convolution does.
template <class Target, class T, product_shape S, size_t Across, size_t Step>
[[gnu::noinline]] void windows(const T* a, const T* b, T* c) {
    for (size_t n = 0; n < 3; ++n) {
        T* const into = c + n * 64;
        kernels::fill<64>(into, T(0));
        for (size_t u = 0; u < 2; ++u)
            for (size_t j = 0; j < Across; ++j)
                kernels::product<Target, S, start::accumulate>(a + n * 12 + j * 2, b + u * S.columns, b,
                                                               into + (u * 3 + j) * Step);
    }
}
template <class T, size_t Columns, size_t Across, size_t Step>
void overlapping_windows() { // network/test_parallel.cpp has a case that g++ 12 gets wrong without product_tile's opaque
    constexpr product_shape shape{.rows = 3, .columns = Columns, .outer = 1, .inner = 2, .a_row = 4, .a_outer = 0,
                                  .a_inner = 1, .b_row = 2 * Columns, .c_row = 3 * Step};
    random_generator random(seed{8});
    const std::vector<T> a = laws::drawn<T>(60, random), b = laws::drawn<T>(40, random);
    std::vector<T> native(192), scalar(192);
    windows<kernels::native, T, shape, Across, Step>(a.data(), b.data(), native.data());
    windows<kernels::scalar, T, shape, Across, Step>(a.data(), b.data(), scalar.data());
    laws::check_same_bits<T>("overlapping windows", native, scalar);
}
BOOST_AUTO_TEST_CASE(products_that_overlap) {
    overlapping_windows<double, 4, 2, 2>();
    overlapping_windows<float, 4, 2, 2>();
    overlapping_windows<float, 8, 2, 4>();
    overlapping_windows<double, 5, 2, 3>();
}
