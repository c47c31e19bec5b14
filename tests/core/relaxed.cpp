// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Compiled with options that let the compiler reorder arithmetic and that no macro shows everywhere: -fassociative-math and its
// kin would cancel (v + magic) - magic, and take sums in two parts for one. What a user gets is right all the same, in scalars
// and in packs: elementary functions to the units in the last place that core/math.hpp states, and layers.
#include <inlay/inlay.hpp>

#include <array>
#include <cmath>
#include <cstdio>

namespace {

using namespace inlay;

int failed = 0;

/// The distance of `y` from `exact` in units in the last place of `exact`, T's.
template <class T>
double ulps(T y, long double exact) {
    const T nearest = static_cast<T>(exact);
    const long double unit = std::nextafter(std::fabs(nearest), std::numeric_limits<T>::infinity()) - std::fabs(nearest);
    return static_cast<double>(std::fabs(static_cast<long double>(y) - exact) / unit);
}

void check(const char* what, double worst, double stated) {
    if (!(worst <= stated)) {
        std::printf("%s: %g ULP, stated are %g\n", what, worst, stated);
        ++failed;
    }
}

/// f on both kinds of values over [low, high], against the reference in long double.
template <class T, class F, class Reference>
[[gnu::noinline]] void compare(const char* what, T low, T high, double stated, F f, Reference exact) {
    constexpr size_t count = 2000;
    static T x[count], y[count], z[count];
    for (size_t i = 0; i < count; ++i) x[i] = low + (high - low) * (static_cast<T>(i) + T(0.37)) / T(count);
    kernels::map<kernels::native, count>(y, f, static_cast<const T*>(x));
    kernels::map<kernels::scalar, count>(z, f, static_cast<const T*>(x));
    double worst = 0, differ = 0, alone = 0;
    for (size_t i = 0; i < count; ++i) {
        const double error = ulps(y[i], exact(static_cast<long double>(x[i])));
        if (!(error <= worst)) worst = error;
        const double lonely = ulps(f(x[i]), exact(static_cast<long double>(x[i])));
        if (!(lonely <= alone)) alone = lonely;
        differ += y[i] != z[i];
    }
    check(what, worst, stated);
    check(what, alone, stated);
    if (differ > 0) {
        std::printf("%s: packs and scalars differ\n", what);
        ++failed;
    }
}

template <class T>
void curves(double of_exp, double of_expm1, double of_log, double of_log1p, double of_tanh, double of_sigmoid, double of_softplus,
            double of_erf) {
    compare<T>("exp", -80, 80, of_exp, [](auto v) { return math::exp(v); }, [](long double x) { return std::exp(x); });
    compare<T>("expm1", -3, 3, of_expm1, [](auto v) { return math::expm1(v); }, [](long double x) { return std::expm1(x); });
    compare<T>("log", T(0.01), 5, of_log, [](auto v) { return math::log(v); }, [](long double x) { return std::log(x); });
    compare<T>("log1p", T(-0.9), 3, of_log1p, [](auto v) { return math::log1p(v); }, [](long double x) { return std::log1p(x); });
    compare<T>("tanh", -3, 3, of_tanh, [](auto v) { return math::tanh(v); }, [](long double x) { return std::tanh(x); });
    compare<T>("sigmoid", -20, 20, of_sigmoid, [](auto v) { return math::sigmoid(v); },
               [](long double x) { return 1 / (1 + std::exp(-x)); });
    compare<T>("softplus", -20, 20, of_softplus, [](auto v) { return math::softplus(v); },
               [](long double x) { return std::log1p(std::exp(x)); });
    compare<T>("erf", -3, 3, of_erf, [](auto v) { return math::erf(v); }, [](long double x) { return std::erf(x); });
}

void near(const char* what, float y, double exact) {
    if (!(std::fabs(static_cast<double>(y) - exact) <= 1e-6 * (1 + std::fabs(exact)))) {
        std::printf("%s: %.9g, wanted %.9g\n", what, static_cast<double>(y), exact);
        ++failed;
    }
}

template <class Layer>
std::array<float, 3> through() {
    const network<input<3>, Layer> net;
    return net(std::array<float, 3>{1, 2, 3});
}

} // namespace

int main() {
    curves<float>(1.04, 1.09, 0.92, 1.22, 5.23, 2.41, 1.76, 1.43);
    curves<double>(0.86, 1.13, 0.86, 0.87, 1.28, 2.34, 1.58, 1.37);

    const auto soft = through<softmax>();
    near("softmax", soft[0], 0.0900305731704);
    near("softmax", soft[1], 0.244728471055);
    near("softmax", soft[2], 0.665240955775);
    near("log_softmax", through<log_softmax>()[0], -2.40760596444);
    near("sigmoid", through<sigmoid>()[0], 0.731058578630);
    near("silu", through<silu>()[1], 1.76159415596);
    near("gelu", through<gelu>()[2], 2.99595030900);
    near("softplus", through<softplus>()[1], 2.12692801104);

    std::puts(failed ? "wrong" : "right");
    return failed != 0;
}
