// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE k_fold
#include <boost/test/unit_test.hpp>

#include <inlay/host/k_fold.hpp>

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

using inlay::random_generator;
using inlay::seed;
using std::size_t;

BOOST_AUTO_TEST_CASE(every_sample_is_tested_with_once_and_trained_with_otherwise) {
    for (const auto& [count, k] :
         {std::pair<size_t, size_t>{2, 2}, {5, 5}, {10, 3}, {11, 3}, {12, 3}, {150, 5}, {178, 5}, {1797, 10}, {7, 2}}) {
        random_generator random{seed{count}};
        const auto folds = inlay::k_fold(count, k, random);
        BOOST_REQUIRE_EQUAL(folds.size(), k);
        std::vector<size_t> tested;
        for (const auto& [train, test] : folds) {
            BOOST_TEST((test.size() == count / k || test.size() == (count + k - 1) / k));
            std::vector<size_t> all = train;
            all.insert(all.end(), test.begin(), test.end());
            std::sort(all.begin(), all.end());
            BOOST_REQUIRE_EQUAL(all.size(), count);
            for (size_t i = 0; i < count; ++i) BOOST_REQUIRE_EQUAL(all[i], i);
            tested.insert(tested.end(), test.begin(), test.end());
        }
        std::sort(tested.begin(), tested.end());
        BOOST_REQUIRE_EQUAL(tested.size(), count);
        for (size_t i = 0; i < count; ++i) BOOST_REQUIRE_EQUAL(tested[i], i);
    }
}

BOOST_AUTO_TEST_CASE(the_samples_are_shuffled_by_the_generator) {
    random_generator first{seed{1}}, same{seed{1}}, other{seed{2}};
    const auto a = inlay::k_fold(100, 5, first), b = inlay::k_fold(100, 5, same), c = inlay::k_fold(100, 5, other);
    const auto again = inlay::k_fold(100, 5, first); // the generator moves on
    BOOST_TEST((a[0].test == b[0].test && a[4].train == b[4].train));
    BOOST_TEST((a[0].test != c[0].test));
    BOOST_TEST((a[0].test != again[0].test));
    BOOST_TEST(!std::is_sorted(a[0].test.begin(), a[0].test.end()));
    BOOST_TEST(!std::is_sorted(a[0].train.begin(), a[0].train.end()));
}

BOOST_AUTO_TEST_CASE(every_sample_reaches_every_part) {
    // 2,000 divisions of 6 samples into 3 parts: each sample is in each part about a third of the time (5 σ = 106).
    random_generator random{seed{3}};
    std::vector<std::vector<int>> hits(6, std::vector<int>(3));
    for (int round = 0; round < 2000; ++round) {
        const auto folds = inlay::k_fold(6, 3, random);
        for (size_t part = 0; part < 3; ++part)
            for (const size_t sample : folds[part].test) ++hits[sample][part];
    }
    for (const auto& sample : hits)
        for (const int count : sample) BOOST_TEST((count > 560 && count < 773));
}

BOOST_AUTO_TEST_CASE(bad_divisions_are_errors_and_draw_nothing) {
    random_generator random{seed{4}}, untouched{seed{4}};
    const auto message = [&](size_t count, size_t k) -> std::string {
        try {
            std::ignore = inlay::k_fold(count, k, random);
        } catch (const std::invalid_argument& error) { return error.what(); }
        return "no error";
    };
    BOOST_TEST(message(10, 0) == "inlay: k_fold: expected at least 2 parts, found 0");
    BOOST_TEST(message(10, 1) == "inlay: k_fold: expected at least 2 parts, found 1");
    BOOST_TEST(message(0, 2) == "inlay: k_fold: expected at most as many parts as the 0 samples, found 2");
    BOOST_TEST(message(4, 5) == "inlay: k_fold: expected at most as many parts as the 4 samples, found 5");
    if constexpr (sizeof(size_t) > 4)
        BOOST_TEST(message(size_t{1} << 32, 5) == "inlay: k_fold: expected fewer than 2^32 samples, found 4294967296");
    BOOST_TEST(random() == untouched());
}
