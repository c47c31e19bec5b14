// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/core/random.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// 0 … count-1 in random order. Throws std::invalid_argument unless count < 2³².
[[nodiscard]] inline std::vector<std::size_t> shuffled_indices(std::size_t count, random_generator& random) {
    if (count > std::numeric_limits<std::uint32_t>::max()) // what shuffle draws from
        throw std::invalid_argument("inlay: shuffled_indices: expected fewer than 2^32, found " +
                                    std::to_string(count));
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    shuffle(order.data(), count, random);
    return order;
}

/// One round of a cross-validation: which samples to train with and which to test with.
struct fold_indices {
    std::vector<std::size_t> train;
    std::vector<std::size_t> test;
};

/// Divides the samples 0 … count-1, in random order, into `k` parts whose sizes differ by at most one (the first ones
/// are the larger); round i tests with part i and trains with all others. Every sample is tested with exactly once.
/// Throws std::invalid_argument unless 2 ≤ k ≤ count < 2³².
///
///     for (const auto& [train, test] : inlay::k_fold(data.size(), 5, random)) …
[[nodiscard]] inline std::vector<fold_indices> k_fold(std::size_t count, std::size_t k, random_generator& random) {
    if (k < 2) throw std::invalid_argument("inlay: k_fold: expected at least 2 parts, found " + std::to_string(k));
    if (k > count)
        throw std::invalid_argument("inlay: k_fold: expected at most as many parts as the " + std::to_string(count) +
                                    " samples, found " + std::to_string(k));
    if (count > std::numeric_limits<std::uint32_t>::max())
        throw std::invalid_argument("inlay: k_fold: expected fewer than 2^32 samples, found " + std::to_string(count));
    const std::vector<std::size_t> order = shuffled_indices(count, random);
    std::vector<fold_indices> folds(k);
    auto first = order.cbegin();
    for (std::size_t i = 0; i < k; ++i) {
        const auto last = first + static_cast<std::ptrdiff_t>(count / k + (i < count % k ? 1 : 0));
        folds[i].test.assign(first, last);
        folds[i].train.reserve(count - folds[i].test.size());
        folds[i].train.assign(order.cbegin(), first);
        folds[i].train.insert(folds[i].train.end(), last, order.cend());
        first = last;
    }
    return folds;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
