// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The expected numbers come from an implementation of PCG32 in Python integers; those of seed 42, stream 54 are in the
// demo output of O'Neill's pcg-c-basic.
#define BOOST_TEST_MODULE random
#include <boost/test/unit_test.hpp>

#include <inlay/core/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

using namespace inlay;

static_assert(std::uniform_random_bit_generator<random_generator>);
static_assert(sizeof(random_generator) == 16);

BOOST_AUTO_TEST_CASE(reference_sequence) {
    random_generator random(seed{42}, 54);
    for (const std::uint32_t expected : {0xa15c02b7u, 0x7b47f409u, 0xba1d3330u, 0x83d2f293u, 0xbfa4784bu, 0xcbed606eu})
        BOOST_TEST(random() == expected);
    random_generator standard(seed{1});
    for (const std::uint32_t expected : {0x6bfaa1a9u, 0x28bbf808u, 0x7933284du, 0x8d9dd764u})
        BOOST_TEST(standard() == expected);
    static_assert(random_generator(seed{1})() == 0x6bfaa1a9u);
}

BOOST_AUTO_TEST_CASE(seeds_and_streams_differ) {
    random_generator a(seed{1}), b(seed{2}), c(seed{1}, 7), same(seed{1});
    const auto first = a();
    BOOST_TEST(first != b());
    BOOST_TEST(first != c());
    BOOST_TEST(first == same());
    random_generator copy = a;
    BOOST_TEST(copy() == a());
}

BOOST_AUTO_TEST_CASE(below) {
    random_generator random(seed{5});
    for (const std::uint32_t expected : {4u, 0u, 4u, 5u, 2u, 0u, 3u, 2u, 3u, 5u, 5u, 1u})
        BOOST_TEST(random.below(6) == expected);
    for (const std::uint32_t expected : {1148880459u, 668210831u, 246046244u, 1204942589u}) // every second is rejected
        BOOST_TEST(random.below(0x80000001u) == expected);
    BOOST_TEST(random.below(1) == 0u);
    std::array<double, 7> counts{};
    for (int i = 0; i < 70000; ++i) ++counts[random.below(7)];
    double chi_square = 0;
    for (const double count : counts) chi_square += (count - 1e4) * (count - 1e4) / 1e4;
    BOOST_TEST(chi_square < 22.5); // 6 degrees of freedom: exceeded once in 1000
}

template <class T>
void unit_and_uniform() {
    random_generator random(seed{3}), again(seed{3});
    double sum = 0, square = 0;
    T least = 1, most = 0;
    for (int i = 0; i < 100000; ++i) {
        const T u = random.unit<T>();
        BOOST_TEST_REQUIRE((u >= 0 && u < 1));
        BOOST_TEST_REQUIRE(u == static_cast<T>(again.unit<double>())); // the same number in float and double
        least = std::min(least, u);
        most = std::max(most, u);
        sum += static_cast<double>(u);
        square += static_cast<double>(u) * static_cast<double>(u);
    }
    BOOST_TEST(std::abs(sum / 1e5 - 0.5) < 5 * std::sqrt(1.0 / 12 / 1e5)); // 5 sigma
    BOOST_TEST(std::abs(square / 1e5 - 1.0 / 3) < 5 * std::sqrt(4.0 / 45 / 1e5));
    BOOST_TEST(least < T(1e-3));
    BOOST_TEST(most > T(0.999));
    for (int i = 0; i < 1000; ++i) {
        const T u = random.uniform<T>(T(-3), T(5));
        BOOST_TEST_REQUIRE((u >= -3 && u < 5));
    }
}
BOOST_AUTO_TEST_CASE(uniform) {
    unit_and_uniform<float>();
    unit_and_uniform<double>();
}

template <class T>
void normal_moments() {
    random_generator random(seed{4});
    double sum = 0, square = 0, fourth = 0;
    const int count = 100000;
    for (int i = 0; i < count; ++i) {
        const double z = static_cast<double>(random.normal<T>(T(1), T(2))) / 2 - 0.5;
        sum += z;
        square += z * z;
        fourth += z * z * z * z;
    }
    BOOST_TEST(std::abs(sum / count) < 5 / std::sqrt(1.0 * count));
    BOOST_TEST(std::abs(square / count - 1) < 5 * std::sqrt(2.0 / count));
    BOOST_TEST(std::abs(fourth / count - 3) < 5 * std::sqrt(96.0 / count));
}
BOOST_AUTO_TEST_CASE(normal) {
    normal_moments<float>();
    normal_moments<double>();
    random_generator narrow(seed{6}), wide(seed{6});
    for (int i = 0; i < 1000;
         ++i) // the same decision and, up to rounding, the same number; near 0 ln is rounded coarsely
        BOOST_TEST(std::abs(static_cast<double>(narrow.normal<float>()) - wide.normal<double>()) < 1e-4);
}

BOOST_AUTO_TEST_CASE(shuffled) {
    std::array<int, 10> values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    random_generator random(seed{7});
    shuffle(values.data(), values.size(), random);
    const std::array<int, 10> expected{5, 1, 0, 9, 2, 6, 8, 4, 7, 3};
    BOOST_TEST(values == expected, boost::test_tools::per_element());
    std::array<std::array<double, 4>, 4> counts{}; // where each of four values goes
    for (int i = 0; i < 40000; ++i) {
        std::array<size_t, 4> four{0, 1, 2, 3};
        shuffle(four.data(), four.size(), random);
        for (size_t place = 0; place < 4; ++place) ++counts[place][four[place]];
    }
    for (const auto& row : counts)
        for (const double count : row) BOOST_TEST(std::abs(count - 1e4) < 5 * std::sqrt(1e4 * 0.75));
    shuffle(values.data(), 0, random);
    shuffle(values.data(), 1, random);
    BOOST_TEST(values == expected, boost::test_tools::per_element());
}
