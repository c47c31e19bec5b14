// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What a language model says next.
#pragma once

#include <inlay/core/math.hpp>
#include <inlay/core/random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// How `next_token` chooses. All of it together, in this order (Hugging Face's, too):
struct sampling {
    double temperature = 1; ///< logits are divided by it: below 1 is bolder, 0 always takes the likeliest token
    size_t top_k = 0;       ///< only the k likeliest tokens (Fan et al. 2018); 0: all
    double top_p = 1;       ///< of those the fewest whose probabilities sum to p (Holtzman et al. 2020)
};

/// A token drawn from softmax(logits/temperature), or from the likeliest of them.
///
///     token = next_token(net({token}, state), random, {.temperature = 0.8, .top_p = 0.95});
///
/// Of equal logits the first is the likelier one. Logits of NaN and −∞ are never drawn. With temperature 0 it is
/// `argmax(logits)`, and nothing is drawn from `random`. The same seed gives the same tokens on every target. Throws
/// std::invalid_argument if the temperature is below 0, top_p is not in (0, 1], or no logit can be drawn.
template <class Scalar>
[[nodiscard]] size_t next_token(std::span<const Scalar> logits, random_generator& random, sampling how = {}) {
    if (!(how.temperature >= 0)) throw std::invalid_argument("inlay: next_token: the temperature is below 0");
    if (!(how.top_p > 0 && how.top_p <= 1)) throw std::invalid_argument("inlay: next_token: top_p is not in (0, 1]");
    struct candidate {
        double weight; ///< the logit, then e^((logit − best)/temperature)
        size_t token;
    };
    std::vector<candidate> all;
    all.reserve(logits.size());
    for (size_t i = 0; i < logits.size(); ++i)
        if (logits[i] > -std::numeric_limits<Scalar>::infinity()) all.push_back({static_cast<double>(logits[i]), i});
    if (all.empty()) throw std::invalid_argument("inlay: next_token: no logit is a number");
    const auto likelier = [](const candidate& a, const candidate& b) {
        return a.weight > b.weight || (a.weight == b.weight && a.token < b.token);
    };
    const candidate best = *std::min_element(all.begin(), all.end(), likelier);
    // Infinitely likely is what is certain.
    if (how.temperature == 0 || best.weight == std::numeric_limits<double>::infinity()) return best.token;
    if (how.top_k > 0 && how.top_k < all.size()) {
        std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(how.top_k), all.end(), likelier);
        all.resize(how.top_k);
    }
    // The order of the sums below: by likelihood where that counts, else by token.
    if (how.top_p < 1) std::sort(all.begin(), all.end(), likelier);
    else std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.token < b.token; });
    double total = 0;
    for (candidate& one : all) total += one.weight = math::exp((one.weight - best.weight) / how.temperature);
    if (how.top_p < 1) {
        double sum = 0;
        size_t kept = 0;
        while (kept < all.size() && sum < how.top_p * total) sum += all[kept++].weight;
        all.resize(kept);
        total = sum;
    }
    double left = random.uniform(0.0, 1.0) * total;
    for (const candidate& one : all)
        if ((left -= one.weight) < 0) return one.token;
    return best.token; // by rounding alone
}
template <class Scalar, size_t Size>
[[nodiscard]] size_t next_token(const std::array<Scalar, Size>& logits, random_generator& random, sampling how = {}) {
    return next_token(std::span<const Scalar>(logits), random, how);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
