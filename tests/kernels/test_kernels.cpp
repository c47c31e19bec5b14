// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE kernels
#include "sums.hpp"

template <class T, size_t Extent>
void reductions_in() {
    random_generator random(seed{Extent});
    guarded<T> from(Extent, laws::drawn<T>(Extent, random)), rows(3 * Extent, laws::drawn<T>(3 * Extent, random));
    long double sum = 0, all = 0, square = 0;
    T most = from.data()[0];
    for (const T v : from.values()) {
        sum += v;
        all += std::abs(v);
        square += static_cast<long double>(v) * v;
        most = std::max(most, v);
    }
    using kernels::native, kernels::scalar;
    const std::vector<T> a = {kernels::sum<native, Extent>(from.data()),
                              kernels::dot<native, Extent>(from.data(), from.data()),
                              kernels::maximum<native, Extent>(from.data())},
                         b = {kernels::sum<scalar, Extent>(from.data()),
                              kernels::dot<scalar, Extent>(from.data(), from.data()),
                              kernels::maximum<scalar, Extent>(from.data())};
    laws::check_same_bits<T>("sum, dot and maximum of " + std::to_string(Extent), a, b);
    check_sums<T>("sum of " + std::to_string(Extent), {a[0]}, {sum}, {all}, Extent);
    check_sums<T>("dot of " + std::to_string(Extent), {a[1]}, {square}, {square}, Extent);
    BOOST_TEST(a[2] == most);
    for (size_t i = 0; i < Extent; ++i) { // the maximum is found wherever it stands
        from.data()[i] += 10;
        BOOST_TEST_REQUIRE((kernels::maximum<native, Extent>(from.data())) == from.data()[i]);
        from.data()[i] -= 10;
    }
    for (const bool accumulate : {false, true}) {
        const std::vector<T> before = laws::drawn<T>(Extent, random);
        guarded<T> native_sums(Extent, before), scalar_sums(Extent, before);
        if (accumulate) {
            kernels::column_sums<native, 3, Extent, start::accumulate>(rows.data(), native_sums.data());
            kernels::column_sums<scalar, 3, Extent, start::accumulate>(rows.data(), scalar_sums.data());
        } else {
            kernels::column_sums<native, 3, Extent, start::zero>(rows.data(), native_sums.data());
            kernels::column_sums<scalar, 3, Extent, start::zero>(rows.data(), scalar_sums.data());
        }
        laws::check_same_bits<T>("column sums", native_sums.values(), scalar_sums.values());
        native_sums.check("column sums");
        std::vector<long double> exact, sizes;
        for (size_t c = 0; c < Extent; ++c) {
            exact.push_back(accumulate ? before[c] : T(0));
            sizes.push_back(std::abs(exact[c]));
            for (size_t r = 0; r < 3; ++r) {
                exact[c] += rows.data()[r * Extent + c];
                sizes[c] += std::abs(rows.data()[r * Extent + c]);
            }
        }
        check_sums("column sums", native_sums.values(), exact, sizes, 3);
    }
    guarded<T> to(Extent);
    kernels::map<native, Extent>(
        to.data(), [](auto u, auto v) INLAY_INLINE { return u - v; }, from.data(), rows.data());
    bool right = true;
    for (size_t i = 0; i < Extent; ++i) right = right && to.data()[i] == from.data()[i] - rows.data()[i];
    BOOST_TEST(right);
    to.check("map");
    kernels::add<native, Extent>(to.data(), to.data()); // in place
    for (size_t i = 0; i < Extent; ++i) right = right && to.data()[i] == 2 * (from.data()[i] - rows.data()[i]);
    BOOST_TEST(right);
    to.check("add");
    kernels::fill<Extent>(to.data(), T(3));
    kernels::copy<Extent>(to.data(), from.data());
    laws::check_same_bits<T>("copy", to.values(), from.values());
    to.check("copy");
}
template <size_t... Extents>
void reductions() {
    (reductions_in<float, Extents>(), ...);
    (reductions_in<double, Extents>(), ...);
}
BOOST_AUTO_TEST_CASE(reductions_and_maps) { reductions<1, 2, 3, 5, 7, 15, 17, 33, 100>(); }

template <class T>
void tails_in() { // loads and stores of the first lanes only
    constexpr size_t lanes = kernels::native::lanes<T>;
    if constexpr (lanes > 1)
        kernels::unroll<lanes>([](auto i) {
            constexpr size_t count = i + 1;
            std::vector<T> values(count);
            for (size_t k = 0; k < count; ++k) values[k] = static_cast<T>(k + 1);
            guarded<T> from(count, values), to(count);
            const auto v = kernels::pack<T, lanes>::template load_first<count>(from.data());
            T all[lanes];
            v.store(all);
            for (size_t k = 0; k < lanes; ++k) BOOST_TEST(all[k] == (k < count ? static_cast<T>(k + 1) : T(0)));
            v.template store_first<count>(to.data());
            laws::check_same_bits<T>("store_first", to.values(), values);
            to.check("store_first");
        });
}
BOOST_AUTO_TEST_CASE(tails) {
    tails_in<float>();
    tails_in<double>();
}

struct twice {
    template <class V>
    static constexpr V apply(V v) {
        return v + v;
    }
};
BOOST_AUTO_TEST_CASE(epilogues_apply_once) {
    const std::array<float, 5> x{1, 2, 3, 4, 5}, w{1, 1, 1, 1, 1};
    const std::array<float, 1> bias{1};
    std::array<float, 1> y{};
    kernels::dots<kernels::native, 1, 5, 5, start::bias, twice>(w.data(), x.data(), bias.data(), y.data());
    BOOST_TEST(y[0] == 32.0f);
    kernels::matvec<kernels::native, 5, 1, 1, kernels::split_of(5, 1), true, twice>(x.data(), w.data(), bias.data(),
                                                                                    y.data());
    BOOST_TEST(y[0] == 32.0f);
    constexpr product_shape shape{.rows = 1,
                                  .columns = 1,
                                  .outer = 1,
                                  .inner = 5,
                                  .a_row = 5,
                                  .a_outer = 0,
                                  .a_inner = 1,
                                  .b_row = 1,
                                  .c_row = 1};
    kernels::product<kernels::native, shape, start::bias>(x.data(), w.data(), bias.data(), y.data(),
                                                          kernels::store_with<twice>{});
    BOOST_TEST(y[0] == 32.0f);
}

BOOST_AUTO_TEST_CASE(compile_time) {
    constexpr auto dot = [] {
        const std::array<double, 5> x{1.1, 2.2, 3.3, 4.4, 5.5};
        return kernels::dot<kernels::scalar, 5>(x.data(), x.data());
    }();
    volatile double hidden = 1.1;
    const std::array<double, 5> x{hidden, 2.2, 3.3, 4.4, 5.5};
    BOOST_TEST((kernels::dot<kernels::native, 5>(x.data(), x.data())) == dot);
}
