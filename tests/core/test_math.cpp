// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE math
#include <boost/test/unit_test.hpp>

#include <inlay/core/math.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace math = inlay::math;

// ------------------------------------------------------------------------------------------------- a pack for the text

// The smallest type that meets the contract of a pack: two floats, found by argument-dependent lookup only.
namespace other {

struct pair_mask {
    bool a, b;
};

struct pair {
    float a, b;

    pair() = default;
    explicit pair(float v) : a(v), b(v) {}
    pair(float first, float second) : a(first), b(second) {}

    friend pair operator+(pair x, pair y) { return {x.a + y.a, x.b + y.b}; }
    friend pair operator-(pair x, pair y) { return {x.a - y.a, x.b - y.b}; }
    friend pair operator*(pair x, pair y) { return {x.a * y.a, x.b * y.b}; }
    friend pair operator/(pair x, pair y) { return {x.a / y.a, x.b / y.b}; }
    friend pair operator-(pair x) { return {-x.a, -x.b}; }
    friend pair_mask operator<(pair x, pair y) { return {x.a < y.a, x.b < y.b}; }
    friend pair_mask operator>(pair x, pair y) { return {x.a > y.a, x.b > y.b}; }
    friend pair_mask operator==(pair x, pair y) { return {x.a == y.a, x.b == y.b}; }
    friend pair fma(pair x, pair y, pair z) { return {math::fma(x.a, y.a, z.a), math::fma(x.b, y.b, z.b)}; }
    friend pair select(pair_mask m, pair x, pair y) { return {m.a ? x.a : y.a, m.b ? x.b : y.b}; }
    friend pair min(pair x, pair y) { return select(x < y, x, y); }
    friend pair max(pair x, pair y) { return select(x > y, x, y); }
    friend pair abs(pair x) { return {std::fabs(x.a), std::fabs(x.b)}; }
    friend pair copysign(pair x, pair y) { return {std::copysign(x.a, y.a), std::copysign(x.b, y.b)}; }
    friend pair pow2(pair x) { return {math::pow2(x.a), math::pow2(x.b)}; }
    friend pair exponent(pair x) { return {math::exponent(x.a), math::exponent(x.b)}; }
    friend pair mantissa(pair x) { return {math::mantissa(x.a), math::mantissa(x.b)}; }
};

} // namespace other

template <>
struct inlay::math::scalar_of<other::pair> {
    using type = float;
};

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

// The functions under test as types, with a reference in a wider format.
#define INLAY_TEST_FUNCTION(name, reference)                                                                           \
    struct name##_function {                                                                                           \
        template <class V>                                                                                             \
        constexpr V operator()(V x) const {                                                                            \
            return math::name(x);                                                                                      \
        }                                                                                                              \
        template <class W>                                                                                             \
        static W exact(W x) {                                                                                          \
            return reference;                                                                                          \
        }                                                                                                              \
    }
INLAY_TEST_FUNCTION(exp, std::exp(x));
INLAY_TEST_FUNCTION(expm1, std::expm1(x));
INLAY_TEST_FUNCTION(log, std::log(x));
INLAY_TEST_FUNCTION(log1p, std::log1p(x));
INLAY_TEST_FUNCTION(tanh, std::tanh(x));
INLAY_TEST_FUNCTION(tanh_precise, std::tanh(x));
INLAY_TEST_FUNCTION(erf, std::erf(x));
INLAY_TEST_FUNCTION(sigmoid, x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)));
INLAY_TEST_FUNCTION(softplus, (x > 0 ? x : W(0)) + std::log1p(std::exp(-std::fabs(x))));
#undef INLAY_TEST_FUNCTION

// |got - exact| in units in the last place of T around exact; infinite where they are not comparable.
template <class T, class W>
W error_in_ulp(T got, W exact) {
    if (std::isnan(exact) || std::isnan(got)) return std::isnan(exact) && std::isnan(got) ? W(0) : W(infinity);
    if (T(exact) == got) { // the signs of zeros count
        if (std::signbit(exact) != std::signbit(got)) return W(infinity);
        if (std::isinf(got)) return W(0);
    } else if (std::isinf(got) || std::isinf(T(exact))) {
        return W(infinity);
    }
    const int e = std::max(exact == 0 ? std::numeric_limits<T>::min_exponent : std::ilogb(exact) + 1,
                           std::numeric_limits<T>::min_exponent);
    return std::fabs(W(got) - exact) / std::ldexp(W(1), e - std::numeric_limits<T>::digits);
}

template <class F, class T, class W>
struct worst_case {
    W error = 0;
    T at = 0;

    void look_at(T x) {
        const T got = F{}(x);
        const W exact = F::exact(W(x)), size = std::fabs(exact);
        // Most cannot be the worst: a unit in the last place is at least half an epsilon of the value.
        if (size > 0 && size <= std::numeric_limits<T>::max() &&
            std::fabs(W(got) - exact) <= error * size * W(std::numeric_limits<T>::epsilon() / 2))
            return;
        const W e = error_in_ulp(got, exact);
        if (e > error) error = e, at = x;
    }
};

constexpr std::uint32_t stride = 97;

template <class F>
void check_float(const char* name, double bound) {
    worst_case<F, float, double> worst;
    for (std::uint64_t bits = 0; bits <= 0xffffffffu; bits += stride)
        worst.look_at(std::bit_cast<float>(std::uint32_t(bits)));
    for (float edge : {0.0f,
                       -0.0f,
                       1.0f,
                       -1.0f,
                       infinity,
                       -infinity,
                       nan_value,
                       0x1p-149f,
                       -0x1p-149f,
                       0x1p-126f,
                       -0x1p-126f,
                       0x1.fffffep127f,
                       -0x1.fffffep127f,
                       0x1.62e42ep6f,
                       0x1.62e430p6f,
                       -0x1.9fe368p6f,
                       -0x1.9fe36ap6f,
                       0.65f,
                       -0.65f,
                       9.02f,
                       3.95f,
                       0.34657359f,
                       -0.34657359f})
        for (float x : {edge, std::nextafter(edge, infinity), std::nextafter(edge, -infinity)}) worst.look_at(x);
    BOOST_TEST_MESSAGE(name << " float: " << worst.error << " ulp at " << worst.at);
    BOOST_TEST(worst.error <= bound, name << "(" << worst.at << ") is " << worst.error << " ulp off");
}

template <class F>
void check_double(const char* name, double low, double high, long double bound) {
    worst_case<F, double, long double> worst;
    std::mt19937_64 random(1);
    const auto uniform = [&](double from, double to) {
        return from + (to - from) * (double(random() >> 11) * 0x1p-53);
    };
    for (int i = 0; i < 250000; ++i) {
        worst.look_at(uniform(low, high));
        worst.look_at(uniform(std::max(low, -1.5), std::min(high, 1.5)));
        worst.look_at(uniform(std::max(low, -6.0), std::min(high, 6.0)));
        const double any = std::bit_cast<double>(random());
        if (any >= low && any <= high) worst.look_at(any);
    }
    for (double edge : {0.0, -0.0, 1.0, -1.0, double(infinity), double(-infinity), double(nan_value)})
        worst.look_at(edge);
    BOOST_TEST_MESSAGE(name << " double: " << worst.error << " ulp at " << worst.at);
    BOOST_TEST(worst.error <= bound, name << "(" << worst.at << ") is " << worst.error << " ulp off");
}

// --------------------------------------------------------------------------------------- points known at compile time

template <class T, int N>
struct table {
    T at[N] = {};
};

constexpr std::uint64_t scrambled(std::uint64_t i) {
    i = (i + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    i = (i ^ (i >> 29)) * 0x94d049bb133111ebu;
    return i ^ (i >> 32);
}

// The edges, then half of any magnitude and half around 1, without negative ones if `positive`. No NaN: an operation
// that gives one is no constant expression.
template <class T, int N, bool positive>
constexpr table<T, N> make_points() {
    table<T, N> result;
    constexpr T edges[] = {T(0),
                           T(1),
                           std::numeric_limits<T>::denorm_min(),
                           (std::numeric_limits<T>::min)(),
                           (std::numeric_limits<T>::max)(),
                           std::numeric_limits<T>::infinity(),
                           T(88.72283),
                           T(0.65),
                           T(709.78)};
    int n = 0;
    for (T v : edges) {
        result.at[n++] = v;
        result.at[n++] = positive ? v / T(3) : -v;
    }
    for (std::uint64_t i = 0; n < N; ++i) {
        using bits = typename math::detail::format<T>::bits;
        T v = std::bit_cast<T>(bits(scrambled(i)));
        if (i % 2 != 0) v = T(double(scrambled(i) >> 11) * 0x1p-49 - 8.0);
        if (!(v - v == T(0))) continue;
        result.at[n++] = positive && v < T(0) ? -v : v;
    }
    return result;
}

template <class F, class T, int N, bool positive>
struct constant {
    static constexpr table<T, N> points = make_points<T, N, positive>();
    static constexpr table<T, N> evaluate() {
        table<T, N> result;
        for (int i = 0; i < N; ++i) result.at[i] = F{}(points.at[i]);
        return result;
    }
    static constexpr table<T, N> values = evaluate();
};

template <class T>
bool same_bits(T a, T b) {
    using bits = typename math::detail::format<T>::bits;
    return std::bit_cast<bits>(a) == std::bit_cast<bits>(b);
}

template <class F, class T, int N, bool positive = false>
void check_constant(const char* name) {
    using constants = constant<F, T, N, positive>;
    for (int i = 0; i < N; ++i) {
        volatile T x = constants::points.at[i];
        const T y = F{}(T(x));
        BOOST_TEST(same_bits(y, constants::values.at[i]),
                   name << "(" << T(x) << ") is " << y << " at run time, " << constants::values.at[i] << " before");
    }
}

template <class T>
bool same_or_nan(T a, T b) {
    return same_bits(a, b) || (std::isnan(a) && std::isnan(b));
}

struct sqrt_function {
    template <class V>
    constexpr V operator()(V x) const {
        return math::sqrt(x);
    }
};

template <class F>
void check_pack(const char* name) {
    int wrong = 0;
    for (std::uint64_t bits = 0; bits <= 0xffffffffu; bits += 99991) {
        const float x = std::bit_cast<float>(std::uint32_t(bits));
        const float y = std::bit_cast<float>(std::uint32_t(bits * 3));
        const other::pair got = F{}(other::pair(x, y));
        if (!same_or_nan(got.a, F{}(x)) || !same_or_nan(got.b, F{}(y))) ++wrong;
    }
    BOOST_TEST(wrong == 0, name << " differs for " << wrong << " packs");
}

template <class T>
void check_fused() {
    using bits = typename math::detail::format<T>::bits;
    using limits = std::numeric_limits<T>;
    std::mt19937_64 random(3);
    int wrong = 0;
    const auto check = [&](T a, T b, T c) {
        const T want = std::fma(a, b, c), got = math::detail::fused(a, b, c);
        if (same_or_nan(got, want)) return;
        if (wrong++ == 0) BOOST_TEST_MESSAGE(a << " * " << b << " + " << c << " is " << want << ", emulated " << got);
    };
    const auto any = [&] { return std::bit_cast<T>(bits(random())); };
    // a fraction of few or all bits, so that exact halves occur, at an exponent of the caller's choice
    const auto near = [&](int exponent) {
        const bits ones = (bits(1) << (limits::digits - 1)) - 1;
        bits fraction = bits(random()) & ones;
        if (random() % 2 != 0) fraction &= ones << (random() % unsigned(limits::digits));
        if (random() % 8 == 0) fraction = ones;
        const T v = std::bit_cast<T>(bits(std::bit_cast<bits>(T(1)) | fraction));
        return std::ldexp(random() % 2 != 0 ? v : -v, exponent);
    };
    const auto within = [&](int low, int high) { return low + int(random() % unsigned(high - low + 1)); };
    constexpr int reach = limits::digits + 3;
    for (int i = 0; i < 500000; ++i) {
        const T x = any(), y = any(), product = x * y;
        check(x, y, any());
        check(x, y, -product);
        check(x, y, -std::nextafter(product, T(0)));
        const int e = within(-20, 20), f = within(-20, 20);
        check(near(e), near(f), near(e + f + within(-2 * reach, 2 * reach)));
        // results and operands among the subnormals, and at the top of the range
        const int bottom = limits::min_exponent - within(-reach, reach) - 1;
        check(near(e), near(bottom - e), near(bottom + within(-reach, reach)));
        check(near(bottom), near(f), near(bottom + f + within(-3, 3)));
        const int top = limits::max_exponent - within(0, 3);
        check(near(e), near(top - e), near(top - within(0, reach)));
    }
    const T edges[] = {T(0),
                       T(1),
                       limits::denorm_min(),
                       (limits::min)(),
                       (limits::max)(),
                       limits::epsilon(),
                       limits::infinity(),
                       limits::quiet_NaN()};
    for (T a : edges)
        for (T b : edges)
            for (T c : edges)
                for (int signs = 0; signs < 4; ++signs) check((signs & 1) != 0 ? -a : a, b, (signs & 2) != 0 ? -c : c);
    BOOST_TEST(wrong == 0);
}

} // namespace

// The bounds leave a little room above what the header states, which comes from sweeps over all floats; here one in 97.
BOOST_AUTO_TEST_CASE(float_accuracy) {
    check_float<exp_function>("exp", 1.1);
    check_float<expm1_function>("expm1", 1.2);
    check_float<log_function>("log", 1.0);
    check_float<log1p_function>("log1p", 1.3);
    check_float<tanh_function>("tanh", 5.5);
    check_float<tanh_precise_function>("tanh_precise", 1.4);
    check_float<erf_function>("erf", 2.0);
    check_float<sigmoid_function>("sigmoid", 2.5);
    check_float<softplus_function>("softplus", 2.0);
}

BOOST_AUTO_TEST_CASE(double_accuracy) {
    check_double<exp_function>("exp", -750.0, 720.0, 1.1L);
    check_double<expm1_function>("expm1", -750.0, 720.0, 1.3L);
    check_double<log_function>("log", -1.0, 1e308, 1.0L);
    check_double<log1p_function>("log1p", -1.1, 1e308, 1.2L);
    check_double<tanh_function>("tanh", -25.0, 25.0, 1.4L);
    check_double<erf_function>("erf", -7.0, 7.0, 2.0L);
    check_double<sigmoid_function>("sigmoid", -750.0, 50.0, 2.5L);
    check_double<softplus_function>("softplus", -750.0, 800.0, 2.0L);
}

BOOST_AUTO_TEST_CASE(limits_and_signs) {
    const auto check = []<class T>(T) {
        using limits = std::numeric_limits<T>;
        const T inf = limits::infinity(), nan = limits::quiet_NaN();
        const auto is_nan = [](T v) { return v != v; };
        for (T v : {nan, -nan}) {
            BOOST_TEST(is_nan(math::exp(v)));
            BOOST_TEST(is_nan(math::expm1(v)));
            BOOST_TEST(is_nan(math::log(v)));
            BOOST_TEST(is_nan(math::log1p(v)));
            BOOST_TEST(is_nan(math::tanh(v)));
            BOOST_TEST(is_nan(math::tanh_precise(v)));
            BOOST_TEST(is_nan(math::erf(v)));
            BOOST_TEST(is_nan(math::sigmoid(v)));
            BOOST_TEST(is_nan(math::softplus(v)));
            BOOST_TEST(is_nan(math::sqrt(v)));
        }
        BOOST_TEST(math::exp(inf) == inf);
        BOOST_TEST(same_bits(math::exp(-inf), T(0)));
        BOOST_TEST(math::exp(T(0)) == T(1));
        BOOST_TEST(math::expm1(inf) == inf);
        BOOST_TEST(math::expm1(-inf) == T(-1));
        BOOST_TEST(math::log(inf) == inf);
        BOOST_TEST(math::log(T(0)) == -inf);
        BOOST_TEST(math::log(-T(0)) == -inf);
        BOOST_TEST(same_bits(math::log(T(1)), T(0)));
        BOOST_TEST(is_nan(math::log(T(-1))));
        BOOST_TEST(is_nan(math::log(-inf)));
        BOOST_TEST(math::log1p(inf) == inf);
        BOOST_TEST(math::log1p(T(-1)) == -inf);
        BOOST_TEST(is_nan(math::log1p(T(-2))));
        BOOST_TEST(is_nan(math::log1p(-inf)));
        for (T sign : {T(1), T(-1)}) {
            BOOST_TEST(math::tanh(sign * inf) == sign);
            BOOST_TEST(math::tanh_precise(sign * inf) == sign);
            BOOST_TEST(math::erf(sign * inf) == sign);
            for (T small : {T(0), limits::denorm_min()}) {
                const T x = math::copysign(small, sign);
                BOOST_TEST(same_bits(math::expm1(x), x));
                BOOST_TEST(same_bits(math::log1p(x), x));
                BOOST_TEST(same_bits(math::tanh(x), x));
                BOOST_TEST(same_bits(math::tanh_precise(x), x));
                BOOST_TEST(same_bits(math::erf(x), x));
            }
        }
        BOOST_TEST(math::sigmoid(inf) == T(1));
        BOOST_TEST(same_bits(math::sigmoid(-inf), T(0)));
        BOOST_TEST(math::sigmoid(T(0)) == T(0.5));
        BOOST_TEST(math::softplus(inf) == inf);
        BOOST_TEST(same_bits(math::softplus(-inf), T(0)));
        BOOST_TEST(is_nan(math::sqrt(T(-1))));
        BOOST_TEST(same_bits(math::sqrt(-T(0)), -T(0)));
    };
    check(0.0f);
    check(0.0);
    BOOST_TEST(math::sigmoid(-103.0f) > 0.0f);
    BOOST_TEST(math::sigmoid(-745.0) > 0.0);
}

BOOST_AUTO_TEST_CASE(odd_and_bounded) {
    int wrong = 0;
    for (std::uint64_t bits = 0; bits < 0x7f800000u; bits += stride) {
        const float x = std::bit_cast<float>(std::uint32_t(bits));
        const float y = math::tanh(x), z = math::tanh_precise(x), e = math::erf(x);
        const bool odd =
            same_bits(math::tanh(-x), -y) && same_bits(math::tanh_precise(-x), -z) && same_bits(math::erf(-x), -e);
        if (!odd || y > 1.0f || z > 1.0f || e > 1.0f) ++wrong;
    }
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(constant_evaluation) {
    check_constant<exp_function, float, 320>("exp");
    check_constant<expm1_function, float, 320>("expm1");
    check_constant<log_function, float, 320>("log");
    check_constant<log1p_function, float, 320, true>("log1p");
    check_constant<tanh_function, float, 320>("tanh");
    check_constant<tanh_precise_function, float, 320>("tanh_precise");
    check_constant<erf_function, float, 320>("erf");
    check_constant<sigmoid_function, float, 320>("sigmoid");
    check_constant<softplus_function, float, 320>("softplus");
    check_constant<sqrt_function, float, 320, true>("sqrt");
    check_constant<exp_function, double, 128>("exp");
    check_constant<expm1_function, double, 128>("expm1");
    check_constant<log_function, double, 128>("log");
    check_constant<log1p_function, double, 128, true>("log1p");
    check_constant<tanh_function, double, 128>("tanh");
    check_constant<erf_function, double, 128>("erf");
    check_constant<sigmoid_function, double, 128>("sigmoid");
    check_constant<softplus_function, double, 128>("softplus");
    check_constant<sqrt_function, double, 128, true>("sqrt");
}

BOOST_AUTO_TEST_CASE(emulated_fma) {
    check_fused<float>();
    check_fused<double>();
}

BOOST_AUTO_TEST_CASE(emulated_sqrt) {
    std::mt19937_64 random(5);
    int wrong = 0;
    for (int i = 0; i < 1000000; ++i) {
        // half of the numbers, and of the subnormals, positive
        std::uint64_t bits = random();
        if (i % 8 == 0) bits &= 0x800fffffffffffffu;
        const double x = std::bit_cast<double>(bits);
        const float y = std::bit_cast<float>(std::uint32_t(i % 8 == 0 ? bits & 0x807fffffu : bits));
        if (!same_or_nan(math::detail::square_root(x), std::sqrt(x))) ++wrong;
        if (!same_or_nan(math::detail::square_root(y), std::sqrt(y))) ++wrong;
    }
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(primitives) {
    const auto check = []<class T>(T) {
        using limits = std::numeric_limits<T>;
        for (int n = limits::min_exponent - 1; n < limits::max_exponent; ++n) {
            const T power = std::ldexp(T(1), n);
            BOOST_TEST(math::pow2(T(n)) == power);
            BOOST_TEST(math::exponent(power) == T(n));
            BOOST_TEST(math::exponent(std::nextafter(power, limits::infinity())) == T(n));
            BOOST_TEST(math::mantissa(power) == T(1));
            BOOST_TEST(math::mantissa(power * T(1.75)) == T(1.75));
        }
        for (T v : {T(0.5), T(1.5), T(2.5), T(-0.5), T(-1.5), T(2097151.25), T(-2097151.75), T(0.49)})
            BOOST_TEST(math::round_even(v) == std::nearbyint(v));
        const T nan = limits::quiet_NaN();
        BOOST_TEST(math::min(T(1), T(2)) == T(1));
        BOOST_TEST(math::max(T(1), T(2)) == T(2));
        BOOST_TEST(std::isnan(math::min(T(1), nan)));
        BOOST_TEST(std::isnan(math::max(T(1), nan)));
        BOOST_TEST(math::min(nan, T(1)) == T(1));
        BOOST_TEST(math::max(nan, T(1)) == T(1));
    };
    check(0.0f);
    check(0.0);
}

BOOST_AUTO_TEST_CASE(packs_give_the_bits_of_scalars) {
    check_pack<exp_function>("exp");
    check_pack<expm1_function>("expm1");
    check_pack<log_function>("log");
    check_pack<log1p_function>("log1p");
    check_pack<tanh_function>("tanh");
    check_pack<tanh_precise_function>("tanh_precise");
    check_pack<erf_function>("erf");
    check_pack<sigmoid_function>("sigmoid");
    check_pack<softplus_function>("softplus");
}
