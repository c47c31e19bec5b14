// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE kernels_vectors
#include "sums.hpp"

template <class T, size_t Length, size_t Columns, size_t Row, bool Bias>
void matvec_in() {
    random_generator random(seed{Length * 1000 + Columns});
    const size_t size = (Length - 1) * Row + Columns;
    guarded<T> x(Length, laws::drawn<T>(Length, random)), w(size, laws::drawn<T>(size, random)),
        bias(Columns, laws::drawn<T>(Columns, random)), native(Columns), scalar(Columns);
    kernels::matvec<kernels::native, Length, Columns, Row, kernels::split_of(Length, Columns), Bias>(
        x.data(), w.data(), bias.data(), native.data());
    kernels::matvec<kernels::scalar, Length, Columns, Row, kernels::split_of(Length, Columns), Bias>(
        x.data(), w.data(), bias.data(), scalar.data());
    const std::string what = "matvec " + std::to_string(Length) + "×" + std::to_string(Columns);
    laws::check_same_bits<T>(what, native.values(), scalar.values());
    native.check(what);
    std::vector<long double> exact, sizes;
    for (size_t c = 0; c < Columns; ++c) {
        long double sum = Bias ? bias.data()[c] : T(0), all = std::abs(sum);
        for (size_t k = 0; k < Length; ++k) {
            const long double term = static_cast<long double>(x.data()[k]) * w.data()[k * Row + c];
            sum += term;
            all += std::abs(term);
        }
        exact.push_back(sum);
        sizes.push_back(all);
    }
    check_sums(what, native.values(), exact, sizes, Length);
}
template <size_t Length, size_t Columns, size_t Row = Columns>
void matvec_of() {
    matvec_in<float, Length, Columns, Row, true>();
    matvec_in<double, Length, Columns, Row, false>();
}
BOOST_AUTO_TEST_CASE(matvecs) {
    matvec_of<1, 1>();
    matvec_of<2, 3>();
    matvec_of<3, 5>();
    matvec_of<5, 2>();
    matvec_of<7, 15>();
    matvec_of<15, 17, 20>();
    matvec_of<17, 31>();
    matvec_of<33, 7>();
    matvec_of<100, 33>();
    matvec_of<31, 100>();
}

template <class T, size_t Rows, size_t Length, size_t Row, start Start>
void dots_in() {
    random_generator random(seed{Length * 1000 + Rows});
    const size_t size = (Rows - 1) * Row + Length;
    guarded<T> m(size, laws::drawn<T>(size, random)), x(Length, laws::drawn<T>(Length, random)),
        bias(Rows, laws::drawn<T>(Rows, random));
    const std::vector<T> before = laws::drawn<T>(Rows, random);
    guarded<T> native(Rows, before), scalar(Rows, before);
    kernels::dots<kernels::native, Rows, Length, Row, Start>(m.data(), x.data(), bias.data(), native.data());
    kernels::dots<kernels::scalar, Rows, Length, Row, Start>(m.data(), x.data(), bias.data(), scalar.data());
    const std::string what = "dots " + std::to_string(Rows) + "×" + std::to_string(Length);
    laws::check_same_bits<T>(what, native.values(), scalar.values());
    native.check(what);
    std::vector<long double> exact, sizes;
    for (size_t r = 0; r < Rows; ++r) {
        long double sum = Start == start::zero   ? T(0)
                          : Start == start::bias ? bias.data()[r]
                                                 : before[r],
                    all = std::abs(sum);
        for (size_t k = 0; k < Length; ++k) {
            const long double term = static_cast<long double>(x.data()[k]) * m.data()[r * Row + k];
            sum += term;
            all += std::abs(term);
        }
        exact.push_back(sum);
        sizes.push_back(all);
    }
    check_sums(what, native.values(), exact, sizes, Length);
}
template <size_t Rows, size_t Length, size_t Row = Length>
void dots_of() {
    dots_in<float, Rows, Length, Row, start::zero>();
    dots_in<float, Rows, Length, Row, start::accumulate>();
    dots_in<double, Rows, Length, Row, start::bias>();
}
/// Weights of one byte are those of type T that they become, bit for bit, and nothing behind them is read.
template <class T, size_t Length, size_t Columns>
void matvec_of_bytes() {
    random_generator random(seed{Length * 100 + Columns});
    guarded<T> x(Length, laws::drawn<T>(Length, random)), y(Columns);
    std::vector<std::int8_t> w(Length * Columns);
    std::vector<T> same(Length * Columns), expected(Columns), scalar(Columns);
    for (size_t i = 0; i < w.size(); ++i) {
        w[i] = static_cast<std::int8_t>(i == 0 ? -128 : i == 1 ? 127 : static_cast<int>(random() % 256) - 128);
        same[i] = static_cast<T>(w[i]);
    }
    constexpr size_t split = kernels::split_of(Length, Columns);
    const T* const none = nullptr;
    kernels::matvec<kernels::native, Length, Columns, Columns, split, false>(x.data(), same.data(), none, expected.data());
    const auto exact = std::make_unique<std::int8_t[]>(w.size()); // of exactly that size, for the sanitizers
    for (size_t i = 0; i < w.size(); ++i) exact[i] = w[i];
    const std::int8_t* const bytes = exact.get();
    kernels::matvec<kernels::native, Length, Columns, Columns, split, false>(x.data(), bytes, none, y.data());
    kernels::matvec<kernels::scalar, Length, Columns, Columns, split, false>(x.data(), bytes, none, scalar.data());
    const std::string what = "matvec of bytes " + std::to_string(Length) + "×" + std::to_string(Columns);
    laws::check_same_bits<T>(what, y.values(), expected);
    laws::check_same_bits<T>(what + ", scalar", scalar, expected);
    y.check(what);
}
template <size_t Length, size_t Columns>
void matvec_of_bytes() {
    matvec_of_bytes<float, Length, Columns>();
    matvec_of_bytes<double, Length, Columns>();
}
BOOST_AUTO_TEST_CASE(matvecs_of_bytes) {
    matvec_of_bytes<1, 1>();
    matvec_of_bytes<3, 2>();
    matvec_of_bytes<5, 7>();
    matvec_of_bytes<24, 13>();
    matvec_of_bytes<7, 24>();
    matvec_of_bytes<33, 32>();
    matvec_of_bytes<20, 43>();
}

BOOST_AUTO_TEST_CASE(dot_products) {
    dots_of<1, 1>();
    dots_of<2, 3>();
    dots_of<3, 2>();
    dots_of<4, 5, 9>();
    dots_of<5, 7>();
    dots_of<7, 15>();
    dots_of<2, 17>();
    dots_of<15, 31>();
    dots_of<3, 33>();
    dots_of<6, 100>();
    dots_of<1, 300>();
}
