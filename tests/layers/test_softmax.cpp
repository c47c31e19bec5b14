// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_softmax
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_softmax) { laws::obeys_laws<network<input<7>, softmax>>(); }
BOOST_AUTO_TEST_CASE(laws_log_softmax) { laws::obeys_laws_briefly<network<input<7>, log_softmax>>(); }
BOOST_AUTO_TEST_CASE(other_extents) {
    laws::fits_registers<network<input<2, 5>, softmax>>();
    laws::fits_registers<network<input<3, 17>, log_softmax>>();
    laws::fits_registers<network<input<33>, dense<33>, softmax>>();
    laws::fits_registers<network<input<3>, softmax, dense<2>, log_softmax>>();
}

BOOST_AUTO_TEST_CASE(rows_sum_to_one) {
    const network<input<3, 5>, softmax> net;
    random_generator random(seed{1});
    std::array<float, 15> x{};
    laws::draw<float>(x, random, -5, 5);
    const auto y = net(x);
    for (size_t r = 0; r < 3; ++r) {
        float sum = 0;
        for (size_t i = 0; i < 5; ++i) sum += y[5 * r + i];
        BOOST_TEST(std::abs(sum - 1) < 1e-6f);
    }
    const network<input<1>, softmax> one;
    BOOST_TEST(one({-3})[0] == 1.0f);
}

BOOST_AUTO_TEST_CASE(large_values_do_not_overflow) {
    const network<input<3>, softmax> soft;
    const network<input<3>, log_softmax> logarithm;
    const auto y = soft({1000, 1000, -1000});
    BOOST_TEST(y[0] == 0.5f);
    BOOST_TEST(y[1] == 0.5f);
    BOOST_TEST(y[2] == 0.0f);
    const auto z = logarithm({1000, 1000, -1000});
    BOOST_TEST(std::abs(z[0] + std::log(2.0f)) < 1e-6f);
    BOOST_TEST(z[2] == -2000.0f - std::log(2.0f), boost::test_tools::tolerance(1e-6f));
}

BOOST_AUTO_TEST_CASE(minus_infinity_has_no_share) {
    const float inf = std::numeric_limits<float>::infinity();
    const network<input<3>, softmax> soft;
    const network<input<3>, log_softmax> logarithm;
    const auto y = soft({0, -inf, 0}), z = logarithm({0, -inf, 0});
    BOOST_TEST(y[0] == 0.5f);
    BOOST_TEST(y[1] == 0.0f);
    BOOST_TEST(z[1] == -inf);
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<5>, softmax>>();
    laws::same_at_compile_time<network<input<5>, log_softmax>>();
}

BOOST_AUTO_TEST_CASE(not_a_number) {
    laws::nan_reaches_the_output<network<input<17>, softmax>>();
    laws::nan_reaches_the_output<network<input<5>, log_softmax>>();
}
