// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Splits that are fair to classes, groups and time; augmentation.
#define BOOST_TEST_MODULE splits
#include <boost/test/unit_test.hpp>

#include "../golden/splits.hpp"
#include "folder.hpp"

#include <inlay/host/augmentation.hpp>
#include <inlay/host/splits.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

using namespace inlay;

namespace {

template <class Call>
std::string refusal(Call call) {
    return message_of<std::invalid_argument>(call);
}
/// Every sample once.
bool is_whole(const fold_indices& fold, size_t count) {
    std::set<size_t> all(fold.train.begin(), fold.train.end());
    all.insert(fold.test.begin(), fold.test.end());
    return all.size() == count && fold.train.size() + fold.test.size() == count && *all.rbegin() == count - 1;
}
/// Which part tests every sample.
std::vector<int> parts(const std::vector<fold_indices>& folds, size_t count) {
    std::vector<int> part(count, -1);
    for (size_t f = 0; f < folds.size(); ++f)
        for (const size_t i : folds[f].test) part[i] = static_cast<int>(f);
    return part;
}
template <size_t Size>
std::vector<int> list(const int (&values)[Size]) {
    return {values, values + Size};
}

} // namespace

BOOST_AUTO_TEST_CASE(groups_and_time_as_sklearn) {
    const auto groups = list(golden::splits::groups);
    const auto folds = group_k_fold(groups, 3);
    BOOST_TEST(parts(folds, 50) == list(golden::splits::group_parts));
    for (const auto& fold : folds) {
        BOOST_TEST(is_whole(fold, 50));
        for (const size_t i : fold.train)
            for (const size_t j : fold.test)
                if (groups[i] == groups[j]) BOOST_FAIL("group " << groups[i] << " is on both sides");
    }
    for (const size_t gap : {0u, 2u}) {
        const auto rounds = time_series_split(23, 4, gap);
        BOOST_TEST(parts(rounds, 23) == (gap ? list(golden::splits::series_with_gap) : list(golden::splits::series)));
        for (size_t f = 0; f < 4; ++f) {
            const auto& trains = gap ? golden::splits::series_with_gap_trains : golden::splits::series_trains;
            BOOST_TEST(rounds[f].train.size() == static_cast<size_t>(trains[f]));
            BOOST_TEST(rounds[f].train.back() + gap + 1 == rounds[f].test.front());
        }
    }
}

BOOST_AUTO_TEST_CASE(classes_keep_their_shares) {
    std::vector<int> labels;
    for (int i = 0; i < 100; ++i) labels.push_back(i < 60 ? 0 : i < 93 ? 1 : 5);
    random_generator random{seed{1}}, again{seed{1}};
    const auto of = [&](const std::vector<size_t>& indices, int label) {
        return std::count_if(indices.begin(), indices.end(), [&](size_t i) { return labels[i] == label; });
    };
    const auto split = stratified_split(labels, 0.25, random);
    BOOST_TEST(is_whole(split, 100));
    BOOST_TEST((of(split.test, 0) == 15 && of(split.test, 1) == 8 && of(split.test, 5) == 2)); // 15, 8.25, 1.75
    BOOST_TEST(stratified_split(labels, 0.25, again).test == split.test);
    const auto folds = stratified_k_fold(labels, 5, random);
    for (const auto& fold : folds) {
        BOOST_TEST(is_whole(fold, 100));
        BOOST_TEST(fold.test.size() == 20u);
        BOOST_TEST((of(fold.test, 0) == 12 && of(fold.test, 1) / 2 == 3 && of(fold.test, 5) >= 1));
    }
    const auto plain = train_test_split(10, 0.3, random);
    BOOST_TEST((is_whole(plain, 10) && plain.test.size() == 3u));
    BOOST_TEST(train_test_split(2, 0.01, random).test.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    random_generator random{seed{1}};
    const std::vector<int> labels{0, 0, 0, 1, 1};
    BOOST_TEST(refusal([&] { static_cast<void>(stratified_k_fold(labels, 3, random)); }) ==
               "inlay: stratified_k_fold: expected 2 to 2 (samples of the rarest class) parts, found 3");
    BOOST_TEST(refusal([&] { static_cast<void>(group_k_fold(labels, 3)); }) ==
               "inlay: group_k_fold: expected 2 to 2 (groups) parts, found 3");
    BOOST_TEST(contains(refusal([&] { static_cast<void>(time_series_split(4, 4)); }), "too few for 4 rounds"));
    BOOST_TEST(contains(refusal([&] { static_cast<void>(time_series_split(23, 4, 7)); }), "a gap of 7"));
    BOOST_TEST(contains(refusal([&] { static_cast<void>(train_test_split(10, 1, random)); }), "1 of them"));
    BOOST_TEST(refusal([&] {
                   static_cast<void>(stratified_split(std::vector<int>{0, 0, 3}, 0.5, random));
               }) == "inlay: stratified_split: class 3 has a single sample");
}

BOOST_AUTO_TEST_CASE(augmentation) {
    using image = std::array<float, 12>; // 3 x 4
    std::vector<image> images(20);
    for (size_t n = 0; n < 20; ++n)
        for (size_t i = 0; i < 12; ++i) images[n][i] = static_cast<float>(100 * n + i + 1);
    augmented some(images, seed{1}, shift_image<3, 4>{.by = 1}, flip_image<3, 4>{}, add_noise{.deviation = 1e-3});
    some.epoch(1);
    const image first = some[3];
    BOOST_TEST(some[3] == first); // whoever asks, whenever
    some.epoch(2);
    BOOST_TEST(some[3] != first);
    some.epoch(1);
    BOOST_TEST(some[3] == first);
    BOOST_TEST(some.size() == 20u);

    augmented moved(images, seed{1}, shift_image<3, 4>{.by = 1, .fill = -1});
    std::set<float> middles;
    for (size_t n = 0; n < 20; ++n) middles.insert(moved[n][5] - static_cast<float>(100 * n));
    BOOST_TEST((middles.size() > 3 && *middles.begin() >= 1 && *middles.rbegin() <= 11)); // 1 … 11 around 6
    const image wanted = moved[0];
    for (size_t r = 0; r < 3; ++r)
        for (size_t c = 0; c < 4; ++c) {
            const float at = wanted[4 * r + c], middle = wanted[5] - 6;
            const auto down = static_cast<int>(std::lround(middle / 4)),
                       right = static_cast<int>(std::lround(middle)) - 4 * down;
            const int row = static_cast<int>(r) + down, column = static_cast<int>(c) + right;
            const bool inside = row >= 0 && row < 3 && column >= 0 && column < 4;
            BOOST_TEST(at == (inside ? static_cast<float>(4 * row + column + 1) : -1.0f));
        }
    augmented flipped(images, seed{1}, flip_image<2, 3, 2>{.chance = 1});
    const image turned = {5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8};
    BOOST_TEST(flipped[0] == turned);
}

BOOST_AUTO_TEST_CASE(mixup_mixes_inputs_and_targets_alike) {
    std::vector<std::array<float, 2>> inputs;
    std::vector<std::array<float, 3>> targets;
    for (size_t n = 0; n < 2000; ++n) {
        inputs.push_back({static_cast<float>(n), 1});
        targets.push_back({n % 2 == 0 ? 1.0f : 0.0f, n % 2 == 1 ? 1.0f : 0.0f, static_cast<float>(n)});
    }
    mixup mixed(inputs, targets, seed{4}, 0.4);
    const auto x = mixed.inputs();
    const auto t = mixed.targets();
    BOOST_TEST((x.size() == 2000u && t.size() == 2000u));
    x.epoch(1);
    const auto first = x[3];
    for (size_t n = 0; n < 2000; n += 37) {
        const auto [share, other] = mixed.partner(n);
        const double wanted = share * static_cast<double>(n) + (1 - share) * static_cast<double>(other);
        BOOST_TEST(std::abs(static_cast<double>(x[n][0]) - wanted) < 1e-3);
        BOOST_TEST(x[n][1] == 1.0f);
        BOOST_TEST(t[n][2] == x[n][0]); // the same share of the same partner
        BOOST_TEST(std::abs(t[n][0] + t[n][1] - 1) < 1e-6f);
    }
    x.epoch(2);
    BOOST_TEST((x[3] != first));
    x.epoch(1);
    BOOST_TEST((x[3] == first));

    // λ is from Beta(α, α): mean 1/2, variance 1/(4·(2α + 1)).
    for (const double alpha : {0.001, 0.2, 1.0, 3.0}) {
        const mixup some(inputs, targets, seed{9}, alpha);
        double sum = 0, squares = 0;
        for (size_t n = 0; n < 2000; ++n) {
            const double share = some.partner(n).first;
            if (!(share >= 0 && share <= 1)) BOOST_ERROR("a share of " << share);
            sum += share;
            squares += (share - 0.5) * (share - 0.5);
        }
        BOOST_TEST(std::abs(sum / 2000 - 0.5) < 0.04, "alpha " << alpha << ": mean " << sum / 2000);
        BOOST_TEST(std::abs(squares / 2000 * 4 * (2 * alpha + 1) - 1) < 0.1, "alpha " << alpha << ": " << squares / 2000);
    }
    const auto problem = [&](double alpha) {
        return message_of<std::invalid_argument>([&] { mixup wrong(inputs, targets, seed{1}, alpha); });
    };
    BOOST_TEST(problem(0) == "inlay: mixup with alpha 0: expected a number above 0");
    BOOST_TEST(contains(problem(std::nan("")), "alpha nan"));
    targets.pop_back();
    BOOST_TEST(problem(1) == "inlay: 2000 inputs but 1999 targets");
}
