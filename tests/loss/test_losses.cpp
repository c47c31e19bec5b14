// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Every loss against PyTorch's value and gradient, against finite differences, in vectors and scalars, at compile time.
// Relative to the norm: 1e-13 in double (a row of four outputs), 2e-6 in float.
#define BOOST_TEST_MODULE losses
#include "../golden/losses.hpp"
#include "../laws.hpp"

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
constexpr std::array<float, 4> weights{0.5f, 1.0f, 2.0f, 1.25f};

template <class T>
struct result {
    T value{};
    std::array<T, 20> gradient{};
};

template <class Machine, class T, class Loss, class Target>
constexpr result<T> evaluate(const Loss& loss, const std::array<T, 20>& y, const std::array<Target, 5>& targets,
                             size_t count = 5) {
    workspace<bench<T>, 5> work{};
    result<T> r;
    work.template forward<Machine>(bench<T>{}, y.data());
    r.value = work.template compare<Machine>(loss, targets.data(), count);
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

constexpr cross_entropy smooth{.label_smoothing = 0.1}, weighted{.class_weights = weights},
    both{.label_smoothing = 0.1, .class_weights = weights};

BOOST_AUTO_TEST_CASE(cross_entropy_of_indices) {
    LIKE_TORCH(cross_entropy, cross_entropy{}, index);
    LIKE_TORCH(cross_entropy_sum, summed<cross_entropy>{}, index);
    LIKE_TORCH(cross_entropy_smooth, smooth, index);
    LIKE_TORCH(cross_entropy_smooth_sum, summed<cross_entropy>{smooth}, index);
    LIKE_TORCH(cross_entropy_weighted, weighted, index);
    LIKE_TORCH(cross_entropy_weighted_sum, summed<cross_entropy>{weighted}, index);
    LIKE_TORCH(cross_entropy_smooth_weighted, both, index);
    LIKE_TORCH(cross_entropy_smooth_weighted_sum, summed<cross_entropy>{both}, index);
}

BOOST_AUTO_TEST_CASE(cross_entropy_of_probabilities) {
    LIKE_TORCH(cross_entropy_shares, cross_entropy{}, shares);
    LIKE_TORCH(cross_entropy_shares_sum, summed<cross_entropy>{}, shares);
    LIKE_TORCH(cross_entropy_shares_smooth, smooth, shares);
    LIKE_TORCH(cross_entropy_shares_weighted, weighted, shares);
    LIKE_TORCH(cross_entropy_shares_weighted_sum, summed<cross_entropy>{weighted}, shares);
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

BOOST_AUTO_TEST_CASE(an_index_out_of_range_is_no_target) {
    const auto y = converted<double>(torch::output);
    std::array<int, 5> targets = indices;
    targets[4] = 4;
    const auto with = evaluate<kernels::native>(weighted, y, targets),
               without = evaluate<kernels::native>(weighted, y, indices, 4);
    BOOST_TEST(with.value == without.value);
    BOOST_TEST(with.gradient == without.gradient, boost::test_tools::per_element());
    targets[4] = -100; // PyTorch's ignore_index
    BOOST_TEST(evaluate<kernels::native>(weighted, y, targets).value == without.value);
    const auto none = evaluate<kernels::native>(cross_entropy{}, y, std::array<int, 5>{-1, -1, -1, -1, 9});
    BOOST_TEST(none.value == 0.0);
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
