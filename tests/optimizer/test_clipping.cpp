// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE optimizer_clipping
#include "../golden/clipping.hpp"
#include "../laws.hpp"

#include <inlay/optimizer/clipping.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

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

// ---- the norm: exact, whatever the order -----------------------------------------------------------------------------

template <class T>
double in_ulp(T value, long double exact) {
    const T near = static_cast<T>(exact);
    return static_cast<double>(std::abs(static_cast<long double>(value) - exact) /
                               (std::nextafter(near, std::numeric_limits<T>::infinity()) - near));
}
template <class T, size_t Size>
long double exact_norm(const std::array<T, Size>& v) {
    long double sum = 0, lost = 0;
    for (const T one : v) {
        const long double square = static_cast<long double>(one) * static_cast<long double>(one), next = sum + square;
        lost += square - (next - sum);
        sum = next;
    }
    return std::sqrt(sum + lost);
}

/// The bits of the norm in vectors, scalars, two other orders, and with zeros between.
template <class T, size_t Size>
T checked_norm(const std::array<T, Size>& v, random_generator& random) {
    const T norm = inlay::detail::norm<kernels::native, Size>(v.data());
    auto other = v;
    for (T& one : other) one = random() % 2 ? one : -one;
    std::sort(other.begin(), other.end());
    std::array<T, 2 * Size + 3> spread{};
    for (size_t i = 0; i < Size; ++i) spread[2 * i + 3] = other[Size - 1 - i];
    BOOST_TEST((inlay::detail::norm<kernels::scalar, Size>(v.data())) == norm);
    BOOST_TEST((inlay::detail::norm<kernels::native, Size>(other.data())) == norm);
    BOOST_TEST((inlay::detail::norm<kernels::native, 2 * Size + 3>(spread.data())) == norm);
    BOOST_TEST((inlay::detail::norm<kernels::scalar, 2 * Size + 3>(spread.data())) == norm);
    return norm;
}

template <class T, size_t Size>
double worst_norm(seed from, int trials) {
    random_generator random(from);
    double worst = 0;
    const auto v = std::make_unique<std::array<T, Size>>();
    constexpr double far = sizeof(T) == 4 ? 60 : 600; // the squares' exponents: more than a sum of floats can hold
    for (int trial = 0; trial < trials; ++trial) {
        const double spread = trial % 3 == 0 ? 0.1 : trial % 3 == 1 ? 8 : far / 2;
        const double level = random.uniform(-far, far);
        for (T& one : *v)
            one = static_cast<T>(random.uniform(-1.0, 1.0) * std::exp2(level + random.uniform(-spread, spread)));
        if (trial % 5 == 0) (*v)[Size / 2] = static_cast<T>(std::exp2(level + spread + 12)); // one far above the others
        worst = std::max(worst, in_ulp(checked_norm(*v, random), exact_norm(*v)));
    }
    return worst;
}
BOOST_AUTO_TEST_CASE(the_norm_has_no_order) {
    BOOST_TEST((worst_norm<float, 1>(seed{1}, 300)) <= 2.0);
    BOOST_TEST((worst_norm<float, 3>(seed{2}, 300)) <= 2.0);
    BOOST_TEST((worst_norm<float, 16>(seed{3}, 300)) <= 2.0);
    BOOST_TEST((worst_norm<float, 1031>(seed{4}, 300)) <= 2.0);
    BOOST_TEST((worst_norm<float, 40000>(seed{5}, 30)) <= 2.0); // sums are flushed on the way
    BOOST_TEST((worst_norm<double, 5>(seed{6}, 300)) <= 2.0);
    BOOST_TEST((worst_norm<double, 1031>(seed{7}, 300)) <= 2.0);
}

// The worst for sums that are flushed too late: every value just below a power of two.
template <class T>
void full_sums() {
    constexpr size_t size = 20000;
    const auto v = std::make_unique<std::array<T, size>>();
    v->fill(std::nextafter(T(1), T(0)));
    random_generator random(seed{8});
    BOOST_TEST(in_ulp(checked_norm(*v, random), exact_norm(*v)) <= 1.0);
}
BOOST_AUTO_TEST_CASE(sums_that_are_full) {
    full_sums<float>();
    full_sums<double>();
}

template <class T>
void ends_of_the_range() {
    using limits = std::numeric_limits<T>;
    const auto norm = [](std::array<T, 2> v) { return inlay::detail::norm<kernels::native, 2>(v.data()); };
    BOOST_TEST(norm({limits::max(), 0}) == limits::max());
    BOOST_TEST(norm({limits::max() / 2, -limits::max() / 2}) == limits::max() / 2 * std::sqrt(T(2)),
               boost::test_tools::tolerance(limits::epsilon() * 2));
    BOOST_TEST(norm({limits::max(), limits::max()}) == limits::infinity());
    BOOST_TEST(norm({limits::min(), 0}) == limits::min());
    BOOST_TEST(norm({limits::denorm_min(), 0}) == limits::denorm_min());
    BOOST_TEST(norm({3 * limits::denorm_min(), 4 * limits::denorm_min()}) == 5 * limits::denorm_min());
    BOOST_TEST(norm({T(-0.0), T(0)}) == T(0));
    static constexpr std::array<T, 3> plain{2, -3, 6};
    static_assert(inlay::detail::norm<kernels::scalar, 3>(plain.data()) == 7);
    static constexpr std::array<T, 3> infinite{2, -limits::infinity(), 6};
    static_assert(inlay::detail::norm<kernels::scalar, 3>(infinite.data()) == limits::infinity());
}
BOOST_AUTO_TEST_CASE(the_norm_at_the_ends_of_the_range) {
    ends_of_the_range<float>();
    ends_of_the_range<double>();
}

BOOST_AUTO_TEST_CASE(not_finite_as_torch) {
    constexpr float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    for (size_t place = 0; place < 19; ++place)
        for (const bool both : {false, true}) {
            std::array<float, 19> g{};
            g.fill(-200);
            g[place] = nan;
            if (both) g[(place + 5) % 19] = infinity;
            const float norm = clip_by_norm<kernels::native, 19>(g.data(), 1.0f);
            BOOST_TEST(std::isnan(norm));
            for (const float one : g) BOOST_TEST(std::isnan(one)); // one NaN makes all of them NaN
            g.fill(-200);
            g[place] = both ? infinity : -infinity;
            BOOST_TEST((clip_by_norm<kernels::native, 19>(g.data(), 1.0f)) == infinity);
            for (size_t i = 0; i < 19; ++i)
                if (i == place) BOOST_TEST(std::isnan(g[i]));
                else BOOST_TEST(g[i] == 0.0f);
        }
}

// The same bits on every target: with registers of any width where there is fused multiply-add, and where there is none.
BOOST_AUTO_TEST_CASE(bits_of_the_norm) {
    std::array<float, 1000> g{};
    random_generator random(seed{9});
    laws::draw<float>(g, random, -1.0f, 1.0f);
    const float norm = inlay::detail::norm<kernels::native, 1000>(g.data());
    BOOST_TEST(std::bit_cast<std::uint32_t>(norm) == 1099992090u);
    BOOST_TEST(in_ulp(norm, exact_norm(g)) <= 1.0);
}

// ---- without the norm, where it is clearly below the limit -----------------------------------------------------------

/// What a trainer does gives the bits of clip_by_norm, however near the norm is to the limit.
template <class T, size_t Size>
void holding_is_clipping(T size) {
    random_generator random(seed{9});
    std::array<T, Size> start{};
    laws::draw<T>(start, random, -size, size);
    std::array<T, Size> copy = start;
    const T norm = clip_by_norm<kernels::native, Size>(copy.data(), std::numeric_limits<T>::max());
    size_t clipped = 0, left = 0;
    for (const T factor : {T(1e-3), T(0.5), T(0.9), T(0.99), T(0.997), T(0.9985), T(1) - 4 * std::numeric_limits<T>::epsilon(),
                           T(1), T(1) + 4 * std::numeric_limits<T>::epsilon(), T(1.0015), T(1.003), T(1.01), T(1.1), T(2), T(1000)}) {
        for (const T add : {T(0), T(1e-6), T(2e-6)}) {
            const T limit = norm * factor + add;
            if (!(limit <= std::numeric_limits<T>::max())) continue;
            std::array<T, Size> a = start, b = start;
            clip_by_norm<kernels::native, Size>(a.data(), limit);
            BOOST_TEST((detail::hold_norm<kernels::native, Size>(b.data(), limit)));
            laws::check_same_bits<T>("held and clipped", a, b);
            ++(a == start ? left : clipped);
        }
    }
    laws::check(clipped > 0 && left > 0, "both happen");
}
BOOST_AUTO_TEST_CASE(holding_the_norm_is_clipping_by_it) {
    holding_is_clipping<float, 13>(1);
    holding_is_clipping<float, 2410>(0.01f);
    holding_is_clipping<float, 4099>(1e-6f); // where 1e-6 counts
    holding_is_clipping<float, 77>(1e25f);   // whose squares overflow
    holding_is_clipping<float, 4097>(3e-5f);
    holding_is_clipping<double, 4097>(0.01);
    holding_is_clipping<double, 77>(1e200);
    std::array<float, 33> none{};
    BOOST_TEST((detail::hold_norm<kernels::native, 33>(none.data(), 1.0f)));
    BOOST_TEST((detail::hold_norm<kernels::native, 33>(none.data(), 1e-9f)));
    std::array<float, 33> bad{};
    bad[5] = std::numeric_limits<float>::quiet_NaN();
    BOOST_TEST(!(detail::hold_norm<kernels::native, 33>(bad.data(), 1.0f)));
    for (const float v : bad) BOOST_TEST(v != v);
    bad = {};
    bad[5] = std::numeric_limits<float>::infinity();
    BOOST_TEST(!(detail::hold_norm<kernels::native, 33>(bad.data(), 1.0f)));
    BOOST_TEST((bad[5] != bad[5] && bad[4] == 0));
}
