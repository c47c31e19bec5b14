// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What keeps a network from learning, judged by figures of its layers. diagnose.hpp measures them.
#pragma once

#include <inlay/host/samples.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What `diagnose` finds.
enum class illness {
    unscaled_inputs,
    not_finite,
    dead_units,
    saturated_units,
    vanishing_gradients,
    exploding_gradients
};

/// From which figures on something counts as an illness.
struct diagnosis_limits {
    double dead = 0.5;              ///< the share of a relu's units that are 0 for every sample
    double saturated = 0.5;         ///< the share of outputs near the ends of a sigmoid's or tanh's range
    double vanishing = 1e-3_double; ///< the first learning layer's gradient over the last one's: below it
    double exploding = 1e3;         ///< and above it
};

/// An illness, where it is, the figure that tells, and what to try.
struct finding {
    illness kind;
    size_t layer = 0; ///< its number in the network
    double figure = 0;
    std::string text; ///< "layer 3 (relu): 62 % of its units are dead …: lower the learning rate, …"
};

/// What went through a layer: of all samples looked at.
struct layer_statistics {
    std::string name;               ///< with its arguments: "dense<32>"
    std::string kind{};             ///< without: "dense", "relu"
    bool learns = false;            ///< whether it has parameters that are trained
    bool finite = true;             ///< whether no output was infinite or NaN
    double mean = 0, deviation = 0; ///< of its outputs
    double gradient = 0;            ///< ∂loss/∂outputs: root mean square over the samples of the norm
    double weight = 0;              ///< norm of its parameters
    double weight_gradient = 0;     ///< norm of their gradient, the mean over the batches
    double dead = 0; ///< relu: the share of units (of channels, where there are positions) that are 0 for every sample
    double saturated = 0; ///< sigmoid and tanh: the share of outputs nearer than 0.03 of their range to its ends
    std::string path{};   ///< of a layer inside another: "2.0"
    std::vector<layer_statistics> inside{}; ///< of sequential, residual and parallel: the layers that they are made of
};

/// What diagnose says: `std::cout << diagnose(net, cross_entropy{}, train)`.
struct diagnosis {
    std::vector<layer_statistics> layers;
    std::vector<finding> findings;

    /// Whether nothing was found.
    [[nodiscard]] bool healthy() const noexcept { return findings.empty(); }
    /// Whether something of that kind was found.
    [[nodiscard]] bool has(illness kind) const noexcept {
        return std::any_of(findings.begin(), findings.end(), [&](const finding& one) { return one.kind == kind; });
    }

    /// A row per layer, then the findings.
    friend std::ostream& operator<<(std::ostream& out, const diagnosis& all) {
        std::string text = "     layer                        mean  deviation   gradient     weight  its gradient\n";
        for (size_t i = 0; i < all.layers.size(); ++i) write_row(text, std::to_string(i), all.layers[i]);
        for (const finding& one : all.findings) text += one.text + "\n";
        return out << text + (all.healthy() ? "nothing found\n" : "");
    }

  private:
    static void write_row(std::string& text, const std::string& number, const layer_statistics& one) {
        char line[160];
        std::snprintf(line, sizeof line, "%-4s %-22.22s %10.3g %10.3g %10.3g %10.3g %13.3g\n", number.c_str(),
                      one.name.c_str(), one.mean, one.deviation, one.gradient, one.weight, one.weight_gradient);
        text += line;
        for (const layer_statistics& inner : one.inside) write_row(text, inner.path, inner);
    }
};

namespace detail {

inline std::string percent_text(double share) { return short_number(std::round(1000 * share) / 10) + " %"; }

} // namespace detail

/// Adds to `found.findings` what the figures in `found.layers` tell: numbers that are not finite, dead and saturated units,
/// gradients that vanish or explode on their way to the first layer that learns. `diagnose` calls it; where you measure
/// yourself, fill in the figures and call it too. `ends` says whether the last layer is the network's, whose probabilities
/// may be certain.
inline void judge_layers(diagnosis& found, const diagnosis_limits& limits = {}, bool ends = true) {
    const auto label = [&](size_t i) {
        const layer_statistics& one = found.layers[i];
        return "layer " + (one.path.empty() ? std::to_string(i) : one.path) + " (" + one.name + ")";
    };
    const size_t count = found.layers.size();
    bool finite = true;
    size_t first = count, last = 0; // that learn
    for (size_t i = 0; i < count; ++i) {
        const layer_statistics& one = found.layers[i];
        if (one.learns) {
            if (first == count) first = i;
            last = i;
        }
        if (finite && !one.finite) {
            finite = false;
            found.findings.push_back({illness::not_finite, i, 0,
                                      label(i) + ": outputs are infinite or NaN: initialize the network, look at its "
                                                 "parameters, and scale the inputs"});
        }
        const bool rectifies = one.kind == "relu" || one.kind == "relu6";
        if (rectifies && one.finite && one.dead > 0 && one.dead >= limits.dead)
            found.findings.push_back(
                {illness::dead_units, i, one.dead,
                 label(i) + ": " + detail::percent_text(one.dead) +
                     " of its units are 0 for every sample: lower the learning rate, or use leaky_relu<>"});
        const bool flattens = one.kind == "tanh" || one.kind == "sigmoid";
        if (flattens && one.saturated > 0 && one.saturated >= limits.saturated && (i + 1 < count || !ends))
            found.findings.push_back(
                {illness::saturated_units, i, one.saturated,
                 label(i) + ": " + detail::percent_text(one.saturated) +
                     " of its outputs are saturated: scale the inputs, start with smaller weights, "
                     "or put batch_norm<> before it"});
    }
    if (!finite || first >= last) return;
    const double ratio = found.layers[first].gradient / found.layers[last].gradient;
    const std::string figure = label(first) + ": gradients have " + detail::short_number(ratio) +
                               " times the norm that they have at " + label(last);
    if (!(found.layers[last].gradient > 0)) return;
    if (ratio < limits.vanishing)
        found.findings.push_back({illness::vanishing_gradients, first, ratio,
                                  figure + ": use relu with initialize(net, seed, init::he_normal{}), or residual<…>"});
    if (!(ratio <= limits.exploding))
        found.findings.push_back({illness::exploding_gradients, first, ratio,
                                  figure + ": start with smaller weights, use batch_norm<>, or limit gradients with "
                                           "trainer.clip"});
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
