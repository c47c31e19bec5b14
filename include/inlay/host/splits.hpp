// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Which samples to train with and which to test with, where chance alone (k_fold) would be unfair: few samples of a class,
// several samples of one person, a series in time.
#pragma once

#include <inlay/host/k_fold.hpp>
#include <inlay/host/samples.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

inline void check_parts(size_t k, size_t count, const char* split, const char* of) {
    if (k < 2 || k > count)
        throw std::invalid_argument(std::string("inlay: ") + split + ": expected 2 to " + std::to_string(count) + " (" +
                                    of + ") parts, found " + std::to_string(k));
}

/// Fold i tests with the samples whose part is i, in their order.
inline std::vector<fold_indices> folds_of(const std::vector<size_t>& part, size_t k) {
    std::vector<fold_indices> folds(k);
    for (size_t i = 0; i < part.size(); ++i)
        for (size_t f = 0; f < k; ++f) (part[i] == f ? folds[f].test : folds[f].train).push_back(i);
    return folds;
}

/// The samples of every label, in random order.
template <class Labels>
auto shuffled_classes(const Labels& labels, random_generator& random) {
    std::map<item_of<Labels>, std::vector<size_t>> classes;
    for (const size_t i : shuffled_indices(labels.size(), random)) classes[labels[i]].push_back(i);
    return classes;
}

} // namespace detail

/// The samples 0 … count−1 in random order: `test_share` of them, rounded, at least one, to test with, the others to
/// train with. Throws std::invalid_argument unless 0 < test_share < 1 and both parts get a sample.
[[nodiscard]] inline fold_indices train_test_split(size_t count, double test_share, random_generator& random) {
    if (!(test_share > 0 && test_share < 1) || count < 2)
        throw std::invalid_argument("inlay: train_test_split of " + std::to_string(count) + " samples, " +
                                    detail::short_number(test_share) +
                                    " of them to test with: expected a share between 0 and 1, and 2 samples");
    const std::vector<size_t> order = shuffled_indices(count, random);
    const double wanted = std::round(test_share * static_cast<double>(count));
    const auto test = static_cast<std::ptrdiff_t>(std::clamp(wanted, 1.0, static_cast<double>(count - 1)));
    return {{order.begin() + test, order.end()}, {order.begin(), order.begin() + test}};
}

/// The same with that share of every class, as near as whole samples can be (sklearn's train_test_split with stratify):
/// each class has the floor of its share to test with, and what is missing comes from the classes with the largest
/// remainders. Throws also for a class of a single sample.
template <class Labels>
[[nodiscard]] fold_indices stratified_split(const Labels& labels, double test_share, random_generator& random) {
    const size_t count = labels.size();
    if (!(test_share > 0 && test_share < 1))
        throw std::invalid_argument("inlay: stratified_split: a test share of " + detail::short_number(test_share) +
                                    ": expected one between 0 and 1");
    const auto classes = detail::shuffled_classes(labels, random);
    struct quota {
        size_t test;
        double rest;
        const std::vector<size_t>* members;
    };
    std::vector<quota> quotas;
    size_t taken = 0;
    for (const auto& [label, members] : classes) {
        if (members.size() < 2)
            throw std::invalid_argument("inlay: stratified_split: class " + std::to_string(label) +
                                        " has a single sample");
        const double share = test_share * static_cast<double>(members.size());
        quotas.push_back({static_cast<size_t>(share), share - std::floor(share), &members});
        taken += quotas.back().test;
    }
    const auto wanted = static_cast<size_t>(std::round(test_share * static_cast<double>(count)));
    std::vector<size_t> by_rest(quotas.size());
    std::iota(by_rest.begin(), by_rest.end(), size_t{0});
    std::sort(by_rest.begin(), by_rest.end(), [&](size_t a, size_t b) {
        return quotas[a].rest > quotas[b].rest || (!(quotas[b].rest > quotas[a].rest) && a < b);
    });
    for (size_t i = 0; i < by_rest.size() && taken < wanted; ++i, ++taken) ++quotas[by_rest[i]].test;
    fold_indices split;
    for (const quota& one : quotas)
        for (size_t i = 0; i < one.members->size(); ++i)
            (i < one.test ? split.test : split.train).push_back((*one.members)[i]);
    shuffle(split.train.data(), split.train.size(), random);
    return split;
}

/// k parts with as many samples of every class, give or take one: round i tests with part i and trains with all others
/// (sklearn's StratifiedKFold with shuffle). Throws std::invalid_argument unless 2 ≤ k ≤ samples of the rarest class.
template <class Labels>
[[nodiscard]] std::vector<fold_indices> stratified_k_fold(const Labels& labels, size_t k, random_generator& random) {
    const auto classes = detail::shuffled_classes(labels, random);
    size_t rarest = labels.size(), next = 0;
    for (const auto& [label, members] : classes) rarest = std::min(rarest, members.size());
    detail::check_parts(k, rarest, "stratified_k_fold", "samples of the rarest class");
    std::vector<size_t> part(labels.size());
    for (const auto& [label, members] : classes) // dealt out like cards: parts differ by one sample at most, too
        for (const size_t i : members) part[i] = next++ % k;
    return detail::folds_of(part, k);
}

/// k parts of which no two share a group (a patient, a speaker, a machine), as equal in size as groups allow: the largest
/// group goes to the smallest part so far (sklearn's GroupKFold). `groups[i]` is that of sample i. Throws
/// std::invalid_argument unless 2 ≤ k ≤ groups.
template <class Groups>
[[nodiscard]] std::vector<fold_indices> group_k_fold(const Groups& groups, size_t k) {
    std::map<detail::item_of<Groups>, std::vector<size_t>> members;
    for (size_t i = 0; i < groups.size(); ++i) members[groups[i]].push_back(i);
    detail::check_parts(k, members.size(), "group_k_fold", "groups");
    std::vector<std::pair<size_t, const std::vector<size_t>*>> by_size; // of equal groups the last one first
    for (const auto& [group, samples] : members) by_size.emplace_back(by_size.size(), &samples);
    std::sort(by_size.begin(), by_size.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second->size(), a.first) > std::pair(b.second->size(), b.first);
    });
    std::vector<size_t> part(groups.size()), size(k);
    for (const auto& [number, samples] : by_size) {
        const auto smallest = static_cast<size_t>(std::min_element(size.begin(), size.end()) - size.begin());
        size[smallest] += samples->size();
        for (const size_t i : *samples) part[i] = smallest;
    }
    return detail::folds_of(part, k);
}

/// k rounds over a series in time, each trained on what comes before its test part (sklearn's TimeSeriesSplit): the last
/// k parts of samples/(k + 1) samples each, one after the other, are tested with. `gap` samples before each test part are
/// left out, which overlapping windows need. Throws std::invalid_argument unless k ≥ 2 and the first round has a sample to
/// train with.
[[nodiscard]] inline std::vector<fold_indices> time_series_split(size_t count, size_t k, size_t gap = 0) {
    if (k < 2 || k >= count || count / (k + 1) == 0 || count - k * (count / (k + 1)) <= gap)
        throw std::invalid_argument("inlay: time_series_split: " + std::to_string(count) + " samples are too few for " +
                                    std::to_string(k) + " rounds with a gap of " + std::to_string(gap) +
                                    ", or these are fewer than 2");
    const size_t test = count / (k + 1);
    std::vector<fold_indices> folds(k);
    for (size_t f = 0; f < k; ++f) {
        const size_t first = count - (k - f) * test;
        for (size_t i = 0; i < first - gap; ++i) folds[f].train.push_back(i);
        for (size_t i = first; i < first + test; ++i) folds[f].test.push_back(i);
    }
    return folds;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
