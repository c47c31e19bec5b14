// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Losses for classes. They take logits, never probabilities: the logarithm of a softmax or sigmoid is computed without
// forming it first. Values are right to a few units in the last place however large or far apart the logits are; 0 · ∞
// counts as 0 (a class of probability 0 costs nothing, even at a logit of −∞).
#pragma once

#include <inlay/kernels/reduce.hpp>
#include <inlay/loss/loss.hpp>

#include <utility>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// An integer that may number a class: not bool, and no character.
template <class Label>
concept class_label =
    std::integral<Label> && !std::same_as<Label, bool> && !std::same_as<Label, char> && !std::same_as<Label, wchar_t> &&
    !std::same_as<Label, char8_t> && !std::same_as<Label, char16_t> && !std::same_as<Label, char32_t>;

template <class T, size_t Size>
constexpr std::array<T, Size> filled(T value) noexcept {
    std::array<T, Size> all{};
    for (T& one : all) one = value;
    return all;
}

enum class label_kind { hit, ignored, wrong };

template <size_t Outputs, class Label>
constexpr label_kind kind_of(Label label, int ignore_index) noexcept {
    if (std::cmp_equal(label, ignore_index)) return label_kind::ignored;
    return std::cmp_greater_equal(label, 0) && std::cmp_less(label, Outputs) ? label_kind::hit : label_kind::wrong;
}

/// The same for a label that must be one or the other.
template <size_t Outputs, class Label>
constexpr label_kind expected_kind(Label label, int ignore_index) noexcept {
    const label_kind kind = kind_of<Outputs>(label, ignore_index);
    INLAY_EXPECTS(kind != label_kind::wrong,
                  "inlay: a class index must be below the number of outputs, or ignore_index");
    return kind;
}

/// e^(y − max y) of a row, their sum, and that sum's logarithm.
template <class Backend, size_t Outputs, class Scalar>
struct raised_row {
    Scalar raised[Outputs]{};
    Scalar most, total, log_total;

    constexpr explicit raised_row(const Scalar* y) noexcept : most(kernels::maximum<Backend, Outputs>(y)) {
        kernels::map<Backend, Outputs>(
            raised, [most = most](auto v) INLAY_INLINE { return math::exp(v - decltype(v)(most)); }, y);
        total = kernels::sum<Backend, Outputs>(raised);
        // The sum is 1, of the largest, and that of the others, which may be far smaller: ln(1 + others).
        size_t top = 0;
        while (top + 1 < Outputs && !(y[top] == most)) ++top;
        raised[top] -= Scalar(1); // exactly 0, or NaN
        log_total = math::log1p(kernels::sum<Backend, Outputs>(raised));
        raised[top] += Scalar(1);
    }
};

/// The row of both forms of cross-entropy; `weight_of(c)` is the weight of class c.
template <class Backend, size_t Outputs, class Scalar, class Target, class WeightOf>
constexpr Scalar cross_entropy_row(const Scalar* y, const Target& target, Scalar scale, Scalar* gradient,
                                   Scalar smoothing, int ignore_index, WeightOf weight_of) noexcept {
    INLAY_EXPECTS(smoothing >= 0 && smoothing <= 1, "inlay: label smoothing is from 0 to 1");
    if constexpr (std::integral<Target>) {
        const label_kind kind = kind_of<Outputs>(target, ignore_index);
        if (kind != label_kind::hit) {
            if (gradient) kernels::fill<Outputs>(gradient, Scalar(0));
            return kind == label_kind::ignored ? Scalar(0) : std::numeric_limits<Scalar>::quiet_NaN();
        }
    }
    const raised_row<Backend, Outputs, Scalar> e(y);
    // a_c = w_c·q_c
    const auto share_of = [&](size_t c) {
        Scalar wanted(0);
        if constexpr (std::integral<Target>) wanted = static_cast<size_t>(target) == c ? Scalar(1) : Scalar(0);
        else wanted = target[c];
        return math::product(weight_of(c),
                             math::fma(Scalar(1) - smoothing, wanted, smoothing / static_cast<Scalar>(Outputs)));
    };
    if constexpr (std::integral<Target>)
        if (smoothing == 0) { // the usual case: w · (softmax − one-hot)
            const auto hit = static_cast<size_t>(target);
            const Scalar weight = weight_of(hit);
            if (gradient) {
                const Scalar from = math::product(scale, weight), share = from / e.total;
                kernels::map<Backend, Outputs>(
                    gradient, [share](auto v) INLAY_INLINE { return math::product(v, decltype(v)(share)); }, e.raised);
                gradient[hit] -= from;
            }
            return weight == 0 ? Scalar(0) : math::product(weight, e.log_total + (e.most - y[hit]));
        }
    // value = Σ_c a_c·(ln Σ e^(y − max) + (max − y_c)), all of one sign;  ∂/∂y_c = (Σ a)·softmax_c − a_c
    exact_sum<Scalar> value;
    Scalar mass(0);
    for (size_t c = 0; c < Outputs; ++c) {
        const Scalar a = share_of(c);
        mass += a;
        if (a != 0) value.add(math::product(a, e.log_total + (e.most - y[c])));
    }
    if (gradient)
        for (size_t c = 0; c < Outputs; ++c)
            gradient[c] = math::product(scale, math::fma(mass, e.raised[c] / e.total, -share_of(c)));
    return value.value();
}

} // namespace detail

/// −Σ_c q_c · ln softmax(y)_c over the last extent of the outputs (torch.nn.CrossEntropyLoss).
///
/// The target is a class index (any integer type but bool and characters) below the number of outputs, or an array of
/// probabilities (one-hot is one of these). With label smoothing ε, q = (1 − ε)·target + ε/classes. For an output [time,
/// classes] or [height, width, classes] each position is a row of its own: the target of a sample is then an array of
/// that many indices (or of all probabilities in order), the loss the mean over all positions.
///
/// A target of `ignore_index` counts for nothing, in value, gradient and mean. Any other index out of range is an error;
/// under NDEBUG its row has no gradient, and the loss is NaN.
struct cross_entropy {
    static constexpr auto name = "cross_entropy";
    static constexpr bool per_position = true, takes_logits = true;

    double label_smoothing = 0;
    int ignore_index = -100;

    template <class Scalar, size_t Outputs, class Target>
    static constexpr bool accepts = Outputs > 1 &&
                                    (detail::class_label<Target> || std::same_as<Target, std::array<Scalar, Outputs>>);
    template <class Scalar, size_t Outputs>
    using takes =
        std::conditional_t<(Outputs > 1), takes_one_of<class_index_below<Outputs>, std::array<Scalar, Outputs>>,
                           takes_two_outputs_or_more>;

    template <size_t Outputs, class Scalar, class Target>
    constexpr Scalar weight([[maybe_unused]] const Target& target) const noexcept {
        if constexpr (std::integral<Target>) {
            const auto kind = detail::expected_kind<Outputs>(target, ignore_index);
            return kind == detail::label_kind::hit ? Scalar(1) : Scalar(0);
        } else return Scalar(1);
    }

    template <class Backend, size_t Outputs, class Scalar, class Target>
    constexpr Scalar row(const Scalar* y, const Target& target, Scalar scale, Scalar* gradient) const noexcept {
        return detail::cross_entropy_row<Backend, Outputs>(y, target, scale, gradient,
                                                           static_cast<Scalar>(label_smoothing), ignore_index,
                                                           [](size_t) { return Scalar(1); });
    }
};

/// cross_entropy with a weight per class: −Σ_c w_c · q_c · ln softmax(y)_c (`weight` of torch.nn.CrossEntropyLoss). The
/// number of classes is part of the type, and the weights part of the object:
///
///     trainer<net, weighted_cross_entropy<3>, adam> trainer{net, {}, {.class_weights = {1, 2, 0.5f}}};
///
/// A batch of class indices is divided by the sum of its targets' weights, a batch of probabilities by its rows. Weights
/// are 0 or more. `Weight` is the type they are kept in: double for networks in double.
template <size_t Classes, class Weight = float>
struct weighted_cross_entropy {
    static_assert(Classes > 1, "inlay: weighted_cross_entropy needs two classes or more");
    static constexpr auto name = "weighted_cross_entropy";
    static constexpr bool per_position = true, takes_logits = true;

    std::array<Weight, Classes> class_weights = detail::filled<Weight, Classes>(Weight(1));
    double label_smoothing = 0;
    int ignore_index = -100;

    template <class Scalar, size_t Outputs, class Target>
    static constexpr bool accepts = Outputs == Classes&& cross_entropy::accepts<Scalar, Outputs, Target>;
    template <class Scalar, size_t Outputs>
    using takes = std::conditional_t<Outputs == Classes, cross_entropy::takes<Scalar, Outputs>, takes_outputs<Classes>>;

    template <size_t Outputs, class Scalar, class Target>
    constexpr Scalar weight([[maybe_unused]] const Target& target) const noexcept {
        if constexpr (std::integral<Target>) {
            const auto kind = detail::expected_kind<Outputs>(target, ignore_index);
            return kind == detail::label_kind::hit ? weight_of<Scalar>(static_cast<size_t>(target)) : Scalar(0);
        } else return Scalar(1);
    }

    template <class Backend, size_t Outputs, class Scalar, class Target>
    constexpr Scalar row(const Scalar* y, const Target& target, Scalar scale, Scalar* gradient) const noexcept {
        return detail::cross_entropy_row<Backend, Outputs>(y, target, scale, gradient,
                                                           static_cast<Scalar>(label_smoothing), ignore_index,
                                                           [this](size_t c) { return weight_of<Scalar>(c); });
    }

  private:
    template <class Scalar>
    constexpr Scalar weight_of(size_t c) const noexcept {
        const auto weight = static_cast<Scalar>(class_weights[c]);
        INLAY_EXPECTS(weight >= 0, "inlay: a class weight is 0 or more");
        return weight;
    }
};

/// max(y, 0) − y·t + ln(1 + e^−|y|), the cross-entropy of sigmoid(y) against t in [0, 1]; mean over batch and outputs
/// (torch.nn.BCEWithLogitsLoss). Computed as |y|·(t, or 1 − t where y > 0) + ln(1 + e^−|y|).
struct binary_cross_entropy_with_logits : detail::elementwise_loss {
    static constexpr auto name = "binary_cross_entropy_with_logits";
    static constexpr bool takes_logits = true;

    template <class Backend, size_t Outputs, class Scalar>
    static constexpr Scalar row(const Scalar* y, const std::array<Scalar, Outputs>& target, Scalar scale,
                                Scalar* gradient) noexcept {
        return each<Backend, Outputs>(
            y, target, scale, gradient,
            [](Scalar out, Scalar wanted) {
                const Scalar size = math::abs(out), wrong = out > 0 ? Scalar(1) - wanted : wanted;
                const Scalar rest = math::log1p(math::exp(-size));
                return wrong == 0 ? rest : math::fma(size, wrong, rest);
            },
            [](auto out, auto wanted) INLAY_INLINE { return math::sigmoid(out) - wanted; });
    }
};

/// max(0, 1 − t·y) with t = ±1; mean over batch and outputs (the maximum-margin loss of support vector machines).
struct hinge : detail::elementwise_loss {
    static constexpr auto name = "hinge";

    template <class Backend, size_t Outputs, class Scalar>
    static constexpr Scalar row(const Scalar* y, const std::array<Scalar, Outputs>& target, Scalar scale,
                                Scalar* gradient) noexcept {
        return each<Backend, Outputs>(
            y, target, scale, gradient,
            [](Scalar out, Scalar wanted) {
                const Scalar margin = math::fma(-wanted, out, Scalar(1));
                return margin <= 0 ? Scalar(0) : margin;
            },
            [](auto out, auto wanted) INLAY_INLINE {
                using V = decltype(out);
                using math::fma, math::select;
                const V zero(Scalar(0));
                return select(fma(-wanted, out, V(Scalar(1))) > zero, -wanted, zero);
            });
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
