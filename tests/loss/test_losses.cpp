// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Every loss against PyTorch's value and gradient, against finite differences, in vectors and scalars, at compile time.
// Relative to the norm: 1e-13 in double (a row of four outputs), 2e-6 in float.
#define BOOST_TEST_MODULE losses
#include "../golden/losses.hpp"
#include "../laws.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

using namespace inlay;
namespace torch = golden::losses;

template <class T>
using row = std::array<T, 4>;
template <class T>
using bench = basic_network<T, input<4>, inlay::identity>; // its outputs are its inputs

template <class T>
constexpr std::array<T, 20> converted(const double (&values)[20]) {
    std::array<T, 20> result{};
    for (size_t i = 0; i < 20; ++i) result[i] = static_cast<T>(values[i]);
    return result;
}
template <class T>
constexpr std::array<row<T>, 5> rows(const double (&values)[20]) {
    std::array<row<T>, 5> result{};
    for (size_t i = 0; i < 20; ++i) result[i / 4][i % 4] = static_cast<T>(values[i]);
    return result;
}
constexpr std::array<int, 5> indices{torch::index[0], torch::index[1], torch::index[2], torch::index[3],
                                     torch::index[4]};

template <class T>
struct result {
    T value{};
    std::array<T, 20> gradient{};
};

template <class Backend, class T, class Loss, class Target>
constexpr result<T> evaluate(const Loss& loss, const std::array<T, 20>& y, const std::array<Target, 5>& targets,
                             size_t count = 5) {
    workspace<bench<T>, 5> work{};
    result<T> r;
    work.template forward<Backend>(bench<T>{}, y.data());
    r.value = work.template compare<Backend>(loss, targets.data(), count);
    for (size_t i = 0; i < 20; ++i) r.gradient[i] = work.output_gradients()[i];
    return r;
}

template <class T, class Loss, class Target>
void like_torch_in(const char* name, const Loss& loss, const std::array<Target, 5>& targets, double value,
                   const double (&gradient)[20]) {
    constexpr double tolerance = sizeof(T) == 4 ? 2e-6 : 1e-13;
    const auto y = converted<T>(torch::output);
    const auto native = evaluate<kernels::native>(loss, y, targets),
               scalar = evaluate<kernels::scalar>(loss, y, targets);
    const std::array<T, 1> own{native.value}, twin{scalar.value}, exact{static_cast<T>(value)};
    const auto expected = converted<T>(gradient);
    laws::check_close<T>(std::string(name) + ": value", own, exact, tolerance);
    laws::check_close<T>(std::string(name) + ": gradient", native.gradient, expected, tolerance);
    laws::check_same_bits<T>(std::string(name) + ": value, native and scalar", own, twin);
    laws::check_same_bits<T>(std::string(name) + ": gradient, native and scalar", native.gradient, scalar.gradient);
}

#define LIKE_TORCH(name, loss, targets)                                                                                \
    like_torch_in<double>(#name, loss, targets<double>(), torch::name::value[0], torch::name::gradient);               \
    like_torch_in<float>(#name, loss, targets<float>(), torch::name::value[0], torch::name::gradient)

template <class T>
constexpr auto numbers() { return rows<T>(torch::target); }
template <class T>
constexpr auto sides() { return rows<T>(torch::sides); }
template <class T>
constexpr auto bits() { return rows<T>(torch::bits); }
template <class T>
constexpr auto shares() { return rows<T>(torch::shares); }
template <class T>
constexpr auto one_hot() { return rows<T>(torch::one_hot); }
template <class T>
constexpr auto index() { return indices; }

BOOST_AUTO_TEST_CASE(regression) {
    LIKE_TORCH(mean_squared_error, mean_squared_error{}, numbers);
    LIKE_TORCH(mean_squared_error_sum, summed<mean_squared_error>{}, numbers);
    LIKE_TORCH(mean_absolute_error, mean_absolute_error{}, numbers);
    LIKE_TORCH(mean_absolute_error_sum, summed<mean_absolute_error>{}, numbers);
    LIKE_TORCH(huber, huber<>{}, numbers);
    LIKE_TORCH(huber_sum, summed<huber<>>{}, numbers);
    LIKE_TORCH(huber_half, huber<0.5>{}, numbers);
    LIKE_TORCH(huber_half_sum, summed<huber<0.5>>{}, numbers);
}

BOOST_AUTO_TEST_CASE(binary) {
    LIKE_TORCH(binary, binary_cross_entropy_with_logits{}, bits);
    LIKE_TORCH(binary_sum, summed<binary_cross_entropy_with_logits>{}, bits);
    LIKE_TORCH(hinge, hinge{}, sides);
    LIKE_TORCH(hinge_sum, summed<hinge>{}, sides);
}

constexpr cross_entropy smooth{.label_smoothing = 0.1};
constexpr weighted_cross_entropy<4> weighted{.class_weights = {0.5f, 1.0f, 2.0f, 1.25f}};
constexpr weighted_cross_entropy<4, double> both{.class_weights = {0.5, 1.0, 2.0, 1.25}, .label_smoothing = 0.1};

BOOST_AUTO_TEST_CASE(cross_entropy_of_indices) {
    LIKE_TORCH(cross_entropy, cross_entropy{}, index);
    LIKE_TORCH(cross_entropy_sum, summed<cross_entropy>{}, index);
    LIKE_TORCH(cross_entropy_smooth, smooth, index);
    LIKE_TORCH(cross_entropy_smooth_sum, summed<cross_entropy>{smooth}, index);
    LIKE_TORCH(cross_entropy_weighted, weighted, index);
    LIKE_TORCH(cross_entropy_weighted_sum, summed<weighted_cross_entropy<4>>{weighted}, index);
    LIKE_TORCH(cross_entropy_smooth_weighted, both, index);
    LIKE_TORCH(cross_entropy_smooth_weighted_sum, (summed<weighted_cross_entropy<4, double>>{both}), index);
}

BOOST_AUTO_TEST_CASE(cross_entropy_of_probabilities) {
    LIKE_TORCH(cross_entropy_shares, cross_entropy{}, shares);
    LIKE_TORCH(cross_entropy_shares_sum, summed<cross_entropy>{}, shares);
    LIKE_TORCH(cross_entropy_shares_smooth, smooth, shares);
    LIKE_TORCH(cross_entropy_shares_weighted, weighted, shares);
    LIKE_TORCH(cross_entropy_shares_weighted_sum, summed<weighted_cross_entropy<4>>{weighted}, shares);
    LIKE_TORCH(cross_entropy_shares_smooth_weighted, both, shares);
    LIKE_TORCH(cross_entropy, cross_entropy{}, one_hot); // one-hot is the index
    LIKE_TORCH(cross_entropy_smooth, smooth, one_hot);
}

/// The gradient is the derivative: 1e-9, as for layers. y − t is kept away from kinks by the data.
template <class Loss, class Target>
void derivative(const char* name, const Loss& loss, const std::array<Target, 5>& targets) {
    auto y = converted<double>(torch::output);
    const auto analytic = evaluate<kernels::native>(loss, y, targets, 4);
    std::array<double, 20> measured{};
    for (size_t i = 0; i < 20; ++i) {
        constexpr double h = 2e-4;
        const double middle = y[i];
        const auto at = [&](double distance) {
            y[i] = middle + distance;
            return evaluate<kernels::native>(loss, y, targets, 4).value;
        };
        measured[i] = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        y[i] = middle;
    }
    laws::check_close<double>(name, analytic.gradient, measured, 1e-9);
    for (size_t i = 16; i < 20; ++i) BOOST_TEST(analytic.gradient[i] == 0.0); // the row that does not count
}
BOOST_AUTO_TEST_CASE(derivatives) {
    derivative("mean_squared_error", mean_squared_error{}, numbers<double>());
    derivative("mean_absolute_error", mean_absolute_error{}, numbers<double>());
    derivative("huber", huber<0.7>{}, numbers<double>());
    derivative("binary", binary_cross_entropy_with_logits{}, bits<double>());
    derivative("hinge", hinge{}, sides<double>());
    derivative("cross_entropy", cross_entropy{}, indices);
    derivative("cross_entropy, smooth and weighted", both, indices);
    derivative("cross_entropy of probabilities", both, shares<double>());
}

template <class T, auto Targets, class Loss>
void at_compile_time_in(const char* name, Loss) {
    static constexpr auto y = converted<T>(torch::output);
    static constexpr auto targets = Targets();
    static constexpr auto then = evaluate<kernels::scalar>(Loss{}, y, targets);
    volatile double hidden = 1;
    auto hidden_y = y;
    auto hidden_targets = targets;
    for (T& value : hidden_y) value = static_cast<T>(static_cast<double>(value) * hidden);
    for (auto& target : hidden_targets)
        if constexpr (std::is_integral_v<std::remove_reference_t<decltype(target)>>)
            target = static_cast<int>(static_cast<double>(target) * hidden);
        else
            for (T& value : target) value = static_cast<T>(static_cast<double>(value) * hidden);
    const auto now = evaluate<kernels::native>(Loss{}, hidden_y, hidden_targets);
    const std::array<T, 1> a{then.value}, b{now.value};
    laws::check_same_bits<T>(std::string(name) + ": value at compile time", a, b);
    laws::check_same_bits<T>(std::string(name) + ": gradient at compile time", then.gradient, now.gradient);
}
#define AT_COMPILE_TIME(loss, targets)                                                                                 \
    at_compile_time_in<float, targets<float>>(#loss, loss);                                                            \
    at_compile_time_in<double, targets<double>>(#loss, loss)

BOOST_AUTO_TEST_CASE(compile_time) {
    AT_COMPILE_TIME(mean_squared_error{}, numbers);
    AT_COMPILE_TIME(mean_absolute_error{}, numbers);
    AT_COMPILE_TIME(huber<>{}, numbers);
    AT_COMPILE_TIME(binary_cross_entropy_with_logits{}, bits);
    AT_COMPILE_TIME(hinge{}, sides);
    AT_COMPILE_TIME(cross_entropy{}, index);
    AT_COMPILE_TIME(cross_entropy{}, shares);
}

BOOST_AUTO_TEST_CASE(kinks) { // d = 0, ±delta, margin 0
    const std::array<float, 20> y{1, 0, 2, -2};
    std::array<row<float>, 5> t{};
    t[0] = {1, 0, 1, -1};
    const auto absolute = evaluate<kernels::native>(summed<mean_absolute_error>{}, y, t, 1);
    BOOST_TEST(absolute.gradient[0] == 0.0f);
    BOOST_TEST(absolute.gradient[2] == 1.0f);
    BOOST_TEST(absolute.gradient[3] == -1.0f);
    BOOST_TEST(absolute.value == 2.0f);
    const auto soft = evaluate<kernels::native>(summed<huber<>>{}, y, t, 1);
    BOOST_TEST(soft.value == 1.0f);
    BOOST_TEST(soft.gradient[2] == 1.0f);
    const auto margin = evaluate<kernels::native>(summed<hinge>{}, y, t, 1);
    BOOST_TEST(margin.value == 1.0f);      // only t = 0 pays
    BOOST_TEST(margin.gradient[0] == 0.0f); // margin exactly 0
}

BOOST_AUTO_TEST_CASE(extremes_stay_finite) {
    std::array<float, 20> y{1e4f, -1e4f, 88, -88};
    std::array<row<float>, 5> t{};
    t[0] = {0, 1, 1, 0};
    const auto binary = evaluate<kernels::native>(summed<binary_cross_entropy_with_logits>{}, y, t, 1);
    BOOST_TEST(binary.value == 2e4f);
    const auto classes = evaluate<kernels::native>(cross_entropy{}, y, std::array<int, 5>{1, 0, 0, 0, 0}, 1);
    BOOST_TEST(classes.value == 2e4f);
    BOOST_TEST(classes.gradient[0] == 1.0f);
    BOOST_TEST(classes.gradient[1] == -1.0f);
}

BOOST_AUTO_TEST_CASE(an_ignored_target_counts_for_nothing) {
    const auto y = converted<double>(torch::output);
    std::array<int, 5> targets = indices;
    targets[4] = -100; // PyTorch's ignore_index
    const auto with = evaluate<kernels::native>(weighted, y, targets),
               without = evaluate<kernels::native>(weighted, y, indices, 4);
    BOOST_TEST(with.value == without.value);
    BOOST_TEST(with.gradient == without.gradient, boost::test_tools::per_element());
    BOOST_TEST(evaluate<kernels::native>(smooth, y, targets).value ==
               evaluate<kernels::native>(smooth, y, indices, 4).value);
    // Another number, also one that is a class, in any integer type.
    constexpr cross_entropy but_3{.ignore_index = 3};
    std::array<unsigned char, 5> bytes{0, 1, 3, 2, 3}, without_3{0, 1, 2, 0, 0};
    const auto four = evaluate<kernels::native>(but_3, y, bytes);
    auto moved = y;
    std::copy(y.begin() + 12, y.begin() + 16, moved.begin() + 8);
    BOOST_TEST(four.value == evaluate<kernels::native>(cross_entropy{}, moved, without_3, 3).value);
    for (size_t i : {8u, 9u, 10u, 11u, 16u, 17u, 18u, 19u}) BOOST_TEST(four.gradient[i] == 0.0);
}

BOOST_AUTO_TEST_CASE(all_targets_ignored) {
    const auto y = converted<double>(torch::output);
    const std::array<long long, 5> none{-100, -100, -100, -100, -100};
    const auto mean = evaluate<kernels::native>(cross_entropy{}, y, none);
    BOOST_TEST(mean.value != mean.value); // 0/0
    const auto sum = evaluate<kernels::native>(summed<cross_entropy>{}, y, none);
    BOOST_TEST(sum.value == 0.0);
    for (size_t i = 0; i < 20; ++i) BOOST_TEST((mean.gradient[i] == 0.0 && sum.gradient[i] == 0.0));
    // Nor do classes without weight count.
    const weighted_cross_entropy<4> weightless{.class_weights = {0, 0, 0, 0}};
    const auto nothing = evaluate<kernels::native>(weightless, y, indices);
    BOOST_TEST(std::isnan(nothing.value));
    for (const double g : nothing.gradient) BOOST_TEST(g == 0.0);
    // A mean over no rows is NaN too, and a sum 0.
    BOOST_TEST(std::isnan(evaluate<kernels::native>(mean_squared_error{}, y, numbers<double>(), 0).value));
    BOOST_TEST(evaluate<kernels::native>(summed<mean_squared_error>{}, y, numbers<double>(), 0).value == 0.0);
}

BOOST_AUTO_TEST_CASE(not_a_number_is_seen) {
    for (size_t place = 0; place < 4; ++place) {
        auto y = converted<float>(torch::output);
        y[place] = std::numeric_limits<float>::quiet_NaN();
        const auto lost = [](float value) { return value == value; };
        BOOST_TEST(!lost(evaluate<kernels::native>(mean_squared_error{}, y, numbers<float>()).value));
        BOOST_TEST(!lost(evaluate<kernels::native>(mean_absolute_error{}, y, numbers<float>()).value));
        BOOST_TEST(!lost(evaluate<kernels::native>(huber<>{}, y, numbers<float>()).value));
        BOOST_TEST(!lost(evaluate<kernels::native>(binary_cross_entropy_with_logits{}, y, bits<float>()).value));
        BOOST_TEST(!lost(evaluate<kernels::native>(hinge{}, y, sides<float>()).value));
        BOOST_TEST(!lost(evaluate<kernels::native>(cross_entropy{}, y, indices).value));
    }
}

// ---- to the last digits ---------------------------------------------------------------------------------------------

template <class T, size_t Outputs, class Target>
T row_value(const std::array<T, Outputs>& y, const Target& target, const auto& loss) {
    const T native = loss.template row<kernels::native, Outputs>(y.data(), target, T(1), static_cast<T*>(nullptr));
    const T scalar = loss.template row<kernels::scalar, Outputs>(y.data(), target, T(1), static_cast<T*>(nullptr));
    BOOST_TEST((native == scalar || (native != native && scalar != scalar)));
    return native;
}
/// ln Σ e^y − y[hit], in the longest numbers there are, but for the distances from the largest y, which T rounds once.
template <class T, size_t Outputs>
long double exact_cross_entropy(const std::array<T, Outputs>& y, size_t hit) {
    const size_t top = static_cast<size_t>(std::max_element(y.begin(), y.end()) - y.begin());
    long double others = 0;
    for (size_t c = 0; c < Outputs; ++c)
        if (c != top) others += std::exp(static_cast<long double>(y[c] - y[top]));
    return std::log1p(others) + static_cast<long double>(y[top] - y[hit]);
}
template <class T>
double in_ulp(T value, long double exact) {
    const T near = static_cast<T>(exact);
    const long double ulp = std::nextafter(std::abs(near), std::numeric_limits<T>::infinity()) - std::abs(near);
    return static_cast<double>(std::abs(static_cast<long double>(value) - exact) / ulp);
}

BOOST_AUTO_TEST_CASE(cross_entropy_at_any_offset) {
    const auto value = [](float a, float b, size_t hit) { return row_value(std::array{a, b}, hit, cross_entropy{}); };
    BOOST_TEST(value(1e7f, 1e7f, 0) == 0.693147181f);
    BOOST_TEST(value(1e8f, 1e8f, 1) == 0.693147181f);
    BOOST_TEST(value(-1e8f, -1e8f, 1) == 0.693147181f);
    BOOST_TEST(value(10, 0, 0) == 4.5398899e-5f, boost::test_tools::tolerance(1.2e-7f));
    BOOST_TEST(value(0, 10, 1) == 4.5398899e-5f, boost::test_tools::tolerance(1.2e-7f));
    BOOST_TEST(value(10, 0, 1) == 10.0000454f);
    BOOST_TEST(value(100, 0, 0) == 3.78350585e-44f); // subnormal
    BOOST_TEST(value(3e38f, -3e38f, 0) == 0.0f);
}

template <class T, size_t Outputs>
double worst_cross_entropy(seed from) {
    random_generator random(from);
    double worst = 0;
    for (int trial = 0; trial < 3000; ++trial) {
        std::array<T, Outputs> y{};
        const T spread = static_cast<T>(std::exp(random.uniform(-9.0, 4.0)));
        const T offset = static_cast<T>(random.uniform(-3.0, 3.0)) * (trial % 3 == 0 ? T(1000) : T(1));
        for (T& v : y) v = offset + spread * random.uniform(T(-1), T(1));
        if (trial % 4 == 0) y[static_cast<size_t>(trial) % Outputs] += T(20); // one far above the others
        const size_t hit = static_cast<size_t>(trial / 4) % Outputs;
        const long double exact = exact_cross_entropy(y, hit);
        if (exact < std::numeric_limits<T>::min()) continue;
        worst = std::max(worst, in_ulp(row_value(y, hit, cross_entropy{}), exact));
        // The same as probabilities, and in halves: two classes of ½.
        std::array<T, Outputs> shares{};
        shares[hit] = 1;
        worst = std::max(worst, in_ulp(row_value(y, shares, cross_entropy{}), exact));
        const size_t other = (hit + 1) % Outputs;
        shares[hit] = shares[other] = T(0.5);
        const long double half = (exact + exact_cross_entropy(y, other)) / 2;
        worst = std::max(worst, in_ulp(row_value(y, shares, cross_entropy{}), half));
    }
    return worst;
}
BOOST_AUTO_TEST_CASE(cross_entropy_to_a_few_units_in_the_last_place) {
    BOOST_TEST((worst_cross_entropy<float, 2>(seed{1})) <= 3.0);
    BOOST_TEST((worst_cross_entropy<float, 10>(seed{2})) <= 3.0);
    BOOST_TEST((worst_cross_entropy<float, 101>(seed{3})) <= 4.0);
    BOOST_TEST((worst_cross_entropy<double, 10>(seed{4})) <= 3.0);
}

BOOST_AUTO_TEST_CASE(infinite_logits) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const std::array<float, 4> y{1, -infinity, 2, 0.5f}, without{1, -1e30f, 2, 0.5f};
    constexpr weighted_cross_entropy<4> ones{}; // all weights are 1 unless given
    const float expected = row_value(without, 2, cross_entropy{});
    BOOST_TEST(row_value(y, 2, cross_entropy{}) == expected);
    BOOST_TEST(row_value(y, 2, ones) == expected);
    BOOST_TEST(row_value(y, std::array<float, 4>{0, 0, 1, 0}, cross_entropy{}) == expected);
    BOOST_TEST(row_value(y, std::array<float, 4>{0, 0, 1, 0}, ones) == expected);
    BOOST_TEST(row_value(y, 1, cross_entropy{}) == infinity);
    BOOST_TEST(row_value(y, 2, smooth) == infinity);
    // A class without weight costs nothing, however unlikely it is.
    BOOST_TEST(row_value(y, 1, weighted_cross_entropy<4>{.class_weights = {1, 0, 1, 1}}) == 0.0f);
    BOOST_TEST(row_value(y, std::array<float, 4>{0, 0.5f, 0.5f, 0},
                         weighted_cross_entropy<4>{.class_weights = {1, 0, 1, 1}}) == expected / 2);
    // +∞ is NaN everywhere, as in PyTorch.
    for (const size_t hit : {0u, 1u}) {
        BOOST_TEST(std::isnan(row_value(std::array{infinity, 0.0f}, hit, cross_entropy{})));
        BOOST_TEST(std::isnan(row_value(std::array{0.0f, infinity}, hit, smooth)));
    }
    BOOST_TEST(std::isnan(row_value(std::array{-infinity, -infinity}, 0, cross_entropy{})));
}

BOOST_AUTO_TEST_CASE(binary_to_the_last_digits) {
    const binary_cross_entropy_with_logits loss{};
    const auto value = [&](float y, float t) { return row_value(std::array{y}, std::array{t}, loss); };
    BOOST_TEST(value(15, 1) == 3.0590227e-7f, boost::test_tools::tolerance(1e-6f));
    BOOST_TEST(value(-15, 0) == 3.0590227e-7f, boost::test_tools::tolerance(1e-6f));
    BOOST_TEST(value(15, 0) == 15.0000003f);
    BOOST_TEST(value(100, 1) == 3.78350585e-44f);
    constexpr float infinity = std::numeric_limits<float>::infinity();
    BOOST_TEST(value(infinity, 1) == 0.0f);
    BOOST_TEST(value(-infinity, 0) == 0.0f);
    BOOST_TEST(value(infinity, 0) == infinity);
    BOOST_TEST(value(infinity, 0.5f) == infinity);
    random_generator random(seed{6});
    double worst = 0;
    for (int trial = 0; trial < 10000; ++trial) {
        const float y = random.uniform(-30.0f, 30.0f), t = trial % 3 == 0 ? 1.0f : trial % 3 == 1 ? 0.0f : random.uniform(0.0f, 1.0f);
        const long double z = y, share = z > 0 ? 1 - static_cast<long double>(t) : static_cast<long double>(t);
        worst = std::max(worst, in_ulp(value(y, t), std::abs(z) * share + std::log1p(std::exp(-std::abs(z)))));
    }
    BOOST_TEST(worst <= 3.0);
}

// A mean over many: in plain sums of floats the last of 60 000 rows would hardly count.
BOOST_AUTO_TEST_CASE(long_sums) {
    constexpr size_t count = 60000;
    std::vector<float> y(count), gradient(count);
    std::vector<std::array<float, 1>> t(count, {0.0f});
    random_generator random(seed{7});
    long double exact = 0;
    for (float& v : y) {
        v = random.uniform(0.9f, 1.1f);
        exact += std::abs(static_cast<long double>(v)) / count;
    }
    const auto mean = [&] {
        return inlay::detail::compare_rows<kernels::native, shape<1>>(mean_absolute_error{}, y.data(), t.data(), count,
                                                                      gradient.data())
            .loss;
    };
    BOOST_TEST(in_ulp(mean(), exact) <= 1.0);
    // The same as one row of 60 000 outputs.
    const auto target = std::make_unique<std::array<float, count>>();
    const float total =
        mean_absolute_error::row<kernels::native, count>(y.data(), *target, 1.0f, static_cast<float*>(nullptr));
    BOOST_TEST(in_ulp(total / static_cast<float>(count), exact) <= 1.5);
    y[3] = std::numeric_limits<float>::infinity(); // an infinite row stays one
    BOOST_TEST(mean() == y[3]);
}

// ---- sequences and images: a row per position -----------------------------------------------------------------------

/// A loss of the user's own, with no more than the contract asks for: Σ (y − t)⁴.
struct quartic {
    static constexpr auto name = "quartic";
    template <class Scalar, size_t Outputs, class Target>
    static constexpr bool accepts = std::same_as<Target, std::array<Scalar, Outputs>>;
    template <size_t, class Scalar, class Target>
    static constexpr Scalar weight(const Target&) { return Scalar(1); }
    template <class, size_t Outputs, class Scalar>
    static constexpr Scalar row(const Scalar* y, const std::array<Scalar, Outputs>& t, Scalar scale, Scalar* gradient) {
        Scalar total(0);
        for (size_t i = 0; i < Outputs; ++i) {
            const Scalar d = y[i] - t[i];
            total += d * d * d * d;
            if (gradient) gradient[i] = scale * 4 * d * d * d;
        }
        return total;
    }
};

template <class T>
constexpr std::array<T, 1> only(const T& one) { return {one}; }

template <class Net, class Loss, class Target, size_t Count>
std::pair<double, std::vector<double>> of_network(const Loss& loss, const std::array<double, Net::input_size * Count>& y,
                                                  const std::array<Target, Count>& targets) {
    workspace<Net, Count> work{};
    work.forward(Net{}, y.data());
    const double value = work.compare(loss, targets.data());
    return {value, std::vector<double>(work.output_gradients(), work.output_gradients() + y.size())};
}

BOOST_AUTO_TEST_CASE(a_row_per_position) {
    using steps = basic_network<double, input<5, 4>, inlay::identity>; // one sample of 5 steps
    using single = basic_network<double, input<4>, inlay::identity>;   // 5 samples of one
    using pixels = basic_network<double, input<5, 1, 4>, inlay::identity>;
    const auto y = converted<double>(torch::output);
    const auto same = [&](const auto& loss, const auto& of_all, const auto& of_each) {
        const auto wanted = of_network<single>(loss, y, of_each);
        for (const auto& got : {of_network<steps>(loss, y, only(of_all)), of_network<pixels>(loss, y, only(of_all))}) {
            BOOST_TEST(got.first == wanted.first);
            BOOST_TEST(got.second == wanted.second, boost::test_tools::per_element());
        }
    };
    std::array<int, 5> some_ignored = indices;
    some_ignored[1] = some_ignored[3] = -100;
    const auto probabilities = shares<double>();
    std::array<double, 20> in_a_row{};
    for (size_t i = 0; i < 20; ++i) in_a_row[i] = probabilities[i / 4][i % 4];
    const auto check = [&](const auto& loss) {
        same(loss, indices, indices);
        same(loss, some_ignored, some_ignored);
        same(loss, probabilities, probabilities);
        same(loss, in_a_row, probabilities);
    };
    check(cross_entropy{});
    check(smooth);
    check(weighted);
    check(summed<weighted_cross_entropy<4, double>>{both});
    // Against PyTorch's values for the five rows.
    BOOST_TEST(of_network<steps>(cross_entropy{}, y, only(indices)).first == torch::cross_entropy::value[0],
               boost::test_tools::tolerance(1e-13));
    // One step takes a bare target too.
    using one = basic_network<double, input<1, 4>, inlay::identity>;
    const std::array<double, 4> first{y[0], y[1], y[2], y[3]};
    const double value = of_network<single>(cross_entropy{}, first, only(2)).first;
    BOOST_TEST(of_network<one>(cross_entropy{}, first, only(2)).first == value);
    BOOST_TEST(of_network<one>(cross_entropy{}, first, only(std::array{2})).first == value);
    // Losses that do not ask for it see the output as one row.
    const auto numbers_in_a_row = converted<double>(torch::target);
    BOOST_TEST(of_network<steps>(quartic{}, y, only(numbers_in_a_row)).first ==
                   5 * of_network<single>(quartic{}, y, numbers<double>()).first,
               boost::test_tools::tolerance(1e-14));
    BOOST_TEST(of_network<steps>(mean_squared_error{}, y, only(numbers_in_a_row)).first ==
               of_network<single>(mean_squared_error{}, y, numbers<double>()).first);
}

// A constant expression sees every access: a row for each position, taken from one array of all numbers.
BOOST_AUTO_TEST_CASE(a_row_is_no_longer_than_it_is) {
    using plan = detail::target_plan<cross_entropy, float, shape<2, 3>, std::array<float, 6>>;
    constexpr std::array<float, 6> all{0, 0.25f, 0.75f, 0.5f, 0.5f, 0};
    static_assert(plan::at(all, 0) == std::array{0.0f, 0.25f, 0.75f} && plan::at(all, 1) == std::array{0.5f, 0.5f, 0.0f});
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(what_is_finite) {
    using limits = std::numeric_limits<float>;
    for (const float v : {0.0f, limits::max(), limits::lowest()}) BOOST_TEST(detail::is_finite(v));
    for (const float v : {limits::infinity(), -limits::infinity(), limits::quiet_NaN()}) BOOST_TEST(!detail::is_finite(v));
}
