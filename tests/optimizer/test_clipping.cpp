// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE optimizer_clipping
#include "../golden/clipping.hpp"
#include "../laws.hpp"

#include <inlay/optimizer/clipping.hpp>

using namespace inlay;
namespace torch = golden::clipping;

template <class T>
std::array<T, 13> converted(const double (&values)[13]) {
    std::array<T, 13> result{};
    for (size_t i = 0; i < 13; ++i) result[i] = static_cast<T>(values[i]);
    return result;
}

template <class T>
void like_torch() { // relative to the norm: 1e-14 in double, 1e-6 in float
    constexpr double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-14;
    for (const bool scalar : {false, true}) {
        const auto by_norm = [&](T limit, const double(&expected)[13]) {
            auto g = converted<T>(torch::gradients);
            const T norm = scalar ? clip_by_norm<kernels::scalar, 13>(g.data(), limit)
                                  : clip_by_norm<kernels::native, 13>(g.data(), limit);
            BOOST_TEST(std::abs(static_cast<double>(norm) / torch::norm[0] - 1) <= tolerance);
            laws::check_close<T>("clipped by norm", g, converted<T>(expected), tolerance);
        };
        by_norm(T(1), torch::norm_1);
        by_norm(T(100), torch::norm_100);
        auto g = converted<T>(torch::gradients);
        if (scalar) clip_by_value<kernels::scalar, 13>(g.data(), T(0.5));
        else clip_by_value<kernels::native, 13>(g.data(), T(0.5));
        BOOST_TEST(g == converted<T>(torch::value_half), boost::test_tools::per_element());
    }
}
BOOST_AUTO_TEST_CASE(golden_values) {
    like_torch<float>();
    like_torch<double>();
}

BOOST_AUTO_TEST_CASE(edges) {
    std::array<float, 3> zeros{};
    BOOST_TEST((clip_by_norm<kernels::native, 3>(zeros.data(), 1.0f)) == 0.0f);
    BOOST_TEST(zeros[0] == 0.0f);
    std::array<float, 2> just_below = {3, 4}, as_before = just_below; // a limit above the norm raises nothing
    BOOST_TEST((clip_by_norm<kernels::native, 2>(just_below.data(), 5.5f)) == 5.0f);
    BOOST_TEST(just_below == as_before, boost::test_tools::per_element());
    float none = 7;
    BOOST_TEST((clip_by_norm<kernels::native, 0>(&none, 1.0f)) == 0.0f);
    std::array<float, 3> g = {std::numeric_limits<float>::quiet_NaN(), 5, -std::numeric_limits<float>::infinity()};
    clip_by_value<kernels::native, 3>(g.data(), 2.0f);
    BOOST_TEST(g[0] != g[0]);
    BOOST_TEST(g[1] == 2.0f);
    BOOST_TEST(g[2] == -2.0f);
}
