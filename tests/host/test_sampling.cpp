// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE host_sampling
#include <boost/test/unit_test.hpp>

#include <inlay/host.hpp>

#include <cmath>

using namespace inlay;

namespace {

constexpr std::array<float, 5> logits{1, 3, 2, 0, 3};

/// How often each token comes, of 100 000.
std::vector<double> shares(sampling how, std::span<const float> from = logits) {
    random_generator random(seed{11});
    std::vector<double> all(from.size());
    for (int i = 0; i < 100'000; ++i) all[next_token(from, random, how)] += 1e-5;
    return all;
}
/// softmax(logits/temperature) of the tokens that are allowed.
std::vector<double> expected(double temperature, const std::vector<int>& allowed) {
    std::vector<double> all;
    double sum = 0;
    for (size_t i = 0; i < logits.size(); ++i)
        sum += all.emplace_back(allowed[i] ? std::exp(static_cast<double>(logits[i]) / temperature) : 0);
    for (double& one : all) one /= sum;
    return all;
}
void check(const std::string& what, const std::vector<double>& found, const std::vector<double>& exact) {
    for (size_t i = 0; i < found.size(); ++i) { // 5 sigma; what is not allowed never comes
        BOOST_TEST(std::abs(found[i] - exact[i]) <= 5 * std::sqrt(exact[i] * (1 - exact[i]) / 100'000) + 1e-9, what << ", token " << i);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(temperatures) {
    check("1", shares({}), expected(1, {1, 1, 1, 1, 1}));
    check("2", shares({.temperature = 2}), expected(2, {1, 1, 1, 1, 1}));
    check("0.5", shares({.temperature = 0.5}), expected(0.5, {1, 1, 1, 1, 1}));
}
BOOST_AUTO_TEST_CASE(greedy) {
    random_generator random(seed{1}), same(seed{1});
    BOOST_TEST(next_token(logits, random, {.temperature = 0}) == argmax(logits));
    BOOST_TEST(next_token(logits, random, {.temperature = 0, .top_k = 3, .top_p = 0.1}) == 1u);
    BOOST_TEST(random() == same()); // nothing was drawn
}
BOOST_AUTO_TEST_CASE(the_likeliest_k) {
    check("3", shares({.top_k = 3}), expected(1, {0, 1, 1, 0, 1}));
    check("1", shares({.top_k = 1}), expected(1, {0, 1, 0, 0, 0})); // the first of equals
    check("more than there are", shares({.top_k = 9}), expected(1, {1, 1, 1, 1, 1}));
}
BOOST_AUTO_TEST_CASE(the_fewest_that_sum_to_p) { // 0.052 0.386 0.142 0.034 0.386 … of the whole
    check("0.7", shares({.top_p = 0.7}), expected(1, {0, 1, 0, 0, 1}));
    check("0.8", shares({.top_p = 0.8}), expected(1, {0, 1, 1, 0, 1}));
    check("0.99", shares({.top_p = 0.99}), expected(1, {1, 1, 1, 1, 1}));
    check("0.000001", shares({.top_p = 1e-6}), expected(1, {0, 1, 0, 0, 0}));
    check("of three", shares({.top_k = 3, .top_p = 0.9}), expected(1, {0, 1, 1, 0, 1}));
    check("of three and bolder", shares({.temperature = 0.5, .top_k = 3, .top_p = 0.9}), expected(0.5, {0, 1, 0, 0, 1}));
}
BOOST_AUTO_TEST_CASE(what_is_no_number_is_never_drawn) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    random_generator random(seed{2});
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(next_token(std::array{nan, -infinity, 1.0f}, random) == 2u);
        BOOST_TEST(next_token(std::array{1.0f, infinity, nan}, random, {.top_p = 0.5}) == 1u);
    }
    BOOST_CHECK_THROW(static_cast<void>(next_token(std::array{nan, nan}, random)), std::invalid_argument);
    BOOST_CHECK_THROW(static_cast<void>(next_token(std::span<const float>{}, random)), std::invalid_argument);
}
BOOST_AUTO_TEST_CASE(mistakes) {
    random_generator random(seed{2});
    for (const sampling how : {sampling{.temperature = -1}, sampling{.temperature = std::nan("")}, sampling{.top_p = 0},
                               sampling{.top_p = 1.5}, sampling{.top_p = std::nan("")}})
        BOOST_CHECK_THROW(static_cast<void>(next_token(logits, random, how)), std::invalid_argument);
}
