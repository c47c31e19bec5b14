// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Losses for classes. They take logits, never probabilities: the logarithm of a softmax or sigmoid is computed without
// forming it first.
#pragma once

#include <inlay/kernels/reduce.hpp>
#include <inlay/loss/loss.hpp>

#include <span>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// −Σ_c w_c · q_c · ln softmax(y)_c (torch.nn.CrossEntropyLoss).
///
/// The target of a row is a class index (any integer, below the number of outputs) or an array of probabilities (one-hot
/// is one of these). With label smoothing ε, q = (1 − ε)·target + ε/classes. Class weights w, if given, have one entry per
/// output and must outlive the loss; a batch of class indices is then divided by the sum of its targets' weights, a batch
/// of probabilities by its rows. An index out of range counts as no target: the row has neither value nor gradient.
struct cross_entropy {
    static constexpr auto name = "cross_entropy";

    double label_smoothing = 0;
    std::span<const float> class_weights{};

    template <class Scalar, size_t Outputs, class Target>
    static constexpr bool accepts = Outputs > 1 && ((std::integral<Target> && !std::same_as<Target, bool>) ||
                                                    std::same_as<Target, std::array<Scalar, Outputs>>);

    template <size_t Outputs, class Scalar, class Target>
    constexpr Scalar weight(const Target& target) const {
        if constexpr (std::integral<Target>)
            return in_range<Outputs>(target) ? static_cast<Scalar>(class_weight(static_cast<size_t>(target)))
                                             : Scalar(0);
        else return Scalar(1);
    }

    template <class Machine, size_t Outputs, class Scalar, class Target>
    constexpr Scalar row(const Scalar* y, const Target& target, Scalar scale, Scalar* gradient) const {
        if constexpr (std::integral<Target>)
            if (!in_range<Outputs>(target)) {
                if (gradient) kernels::fill<Outputs>(gradient, Scalar(0));
                return Scalar(0);
            }
        const Scalar most = kernels::maximum<Machine, Outputs>(y);
        Scalar raised[Outputs]{};
        kernels::map<Machine, Outputs>(
            raised, [most](auto v) INLAY_INLINE { return math::exp(v - decltype(v)(most)); }, y);
        const Scalar total = kernels::sum<Machine, Outputs>(raised);
        const Scalar lift = most + math::log(total);

        if constexpr (std::integral<Target>)
            if (label_smoothing == 0 && class_weights.empty()) { // the usual case: softmax − one-hot
                const auto hit = static_cast<size_t>(target);
                if (gradient) {
                    const Scalar share = scale / total;
                    kernels::map<Machine, Outputs>(
                        gradient, [share](auto v) INLAY_INLINE { return v * decltype(v)(share); }, raised);
                    gradient[hit] -= scale;
                }
                return lift - y[hit];
            }
        // value = Σ_c a_c·(lift − y_c) with a_c = w_c·q_c;  ∂/∂y_c = (Σ a)·softmax_c − a_c
        const auto smoothing = static_cast<Scalar>(label_smoothing);
        Scalar value(0), mass(0);
        for (size_t c = 0; c < Outputs; ++c) {
            const Scalar a = share_of<Outputs, Scalar>(target, c, smoothing);
            mass += a;
            value = math::fma(a, lift - y[c], value);
        }
        if (gradient)
            for (size_t c = 0; c < Outputs; ++c)
                gradient[c] =
                    scale * math::fma(mass, raised[c] / total, -share_of<Outputs, Scalar>(target, c, smoothing));
        return value;
    }

  private:
    template <size_t Outputs, class Target>
    static constexpr bool in_range(Target target) {
        if constexpr (std::signed_integral<Target>)
            if (target < 0) return false;
        return static_cast<std::make_unsigned_t<Target>>(target) < Outputs;
    }
    constexpr float class_weight(size_t c) const { return c < class_weights.size() ? class_weights[c] : 1.0f; }

    template <size_t Outputs, class Scalar, class Target>
    constexpr Scalar share_of(const Target& target, size_t c, Scalar smoothing) const {
        Scalar wanted(0);
        if constexpr (std::integral<Target>) wanted = static_cast<size_t>(target) == c ? Scalar(1) : Scalar(0);
        else wanted = target[c];
        return static_cast<Scalar>(class_weight(c)) *
               math::fma(Scalar(1) - smoothing, wanted, smoothing / static_cast<Scalar>(Outputs));
    }
};

/// max(y, 0) − y·t + ln(1 + e^−|y|), the cross-entropy of sigmoid(y) against t in [0, 1]; mean over batch and outputs
/// (torch.nn.BCEWithLogitsLoss).
struct binary_cross_entropy_with_logits : detail::elementwise_loss {
    static constexpr auto name = "binary_cross_entropy_with_logits";

    template <class Machine, size_t Outputs, class Scalar>
    static constexpr Scalar row(const Scalar* y, const std::array<Scalar, Outputs>& target, Scalar scale,
                                Scalar* gradient) {
        Scalar total(0);
        for (size_t i = 0; i < Outputs; ++i) total += math::fma(-y[i], target[i], math::softplus(y[i]));
        if (gradient)
            kernels::map<Machine, Outputs>(
                gradient,
                [scale](auto out, auto wanted)
                    INLAY_INLINE { return decltype(out)(scale) * (math::sigmoid(out) - wanted); },
                y, target.data());
        return total;
    }
};

/// max(0, 1 − t·y) with t = ±1; mean over batch and outputs (the maximum-margin loss of support vector machines).
struct hinge : detail::elementwise_loss {
    static constexpr auto name = "hinge";

    template <class Machine, size_t Outputs, class Scalar>
    static constexpr Scalar row(const Scalar* y, const std::array<Scalar, Outputs>& target, Scalar scale,
                                Scalar* gradient) {
        Scalar total(0);
        for (size_t i = 0; i < Outputs; ++i) {
            const Scalar margin = math::fma(-target[i], y[i], Scalar(1));
            total += margin <= 0 ? Scalar(0) : margin;
        }
        if (gradient)
            kernels::map<Machine, Outputs>(
                gradient,
                [scale](auto out, auto wanted) INLAY_INLINE {
                    using V = decltype(out);
                    using math::fma, math::select;
                    const V zero(Scalar(0));
                    return V(scale) * select(fma(-wanted, out, V(Scalar(1))) > zero, -wanted, zero);
                },
                y, target.data());
        return total;
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
