// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What a loss is. It knows nothing of layers: it compares one row of outputs with one target.
//
//     struct my_loss {
//         static constexpr auto name = "my_loss";
//         template <class Scalar, size_t Outputs, class Target> static constexpr bool accepts;   // do they fit?
//         weight<Outputs, Scalar>(target) -> Scalar       // what the row counts in the mean; 0: not at all
//         row<Target backend, Outputs>(outputs, target, scale, gradient) -> Scalar
//             // returns the row's value (not scaled), writes scale · ∂value/∂outputs to gradient unless that is null
//     };
//
// The loss of a batch is Σ values / Σ weights (PyTorch's reduction="mean"), or Σ values under `summed<loss>`. A batch
// whose weights add up to 0 teaches nothing: its mean is NaN (0/0, as in PyTorch), trainers leave all as it is.
//
// A loss may also declare
//
//     static constexpr bool per_position = true;   // of an output [time, features] or [height, width, channels] each
//                                                  // position along the last extent is a row of its own
//     static constexpr bool takes_logits = true;   // a network that ends in softmax, log_softmax or sigmoid is refused
//     template <class Scalar, size_t Outputs> using takes = takes_one_of<…>;   // what to name in an error message
//
// Without per_position the whole output is one row, whatever its shape. With it, and more than one position, the target
// of a sample is a std::array of one target per position, or one std::array of the numbers of all of them in order.
#pragma once

#include <inlay/core/expects.hpp>
#include <inlay/core/math.hpp>
#include <inlay/core/shape.hpp>
#include <inlay/kernels/map.hpp>

#include <array>
#include <concepts>
#include <limits>
#include <type_traits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

// ---- what an error message is made of -----------------------------------------------------------------------------------

template <class... Targets>
struct takes_one_of {}; ///< the targets that a loss takes for such outputs
template <class Target>
struct but_gets_target {};
template <size_t Outputs>
struct takes_outputs {}; ///< the loss is made for another number of outputs
struct takes_two_outputs_or_more {};
struct takes_what_its_accepts_allows {}; ///< a loss that does not declare `takes`
/// Any integer type but bool and characters; below `Outputs`, or the loss's ignore_index.
template <size_t Outputs>
struct class_index_below {};
/// The verdict on a target that does not fit: the loss, what it takes for these outputs, what it gets.
template <class Loss, class Takes, class Gets>
struct bad_target {};

} // namespace inlay::inline INLAY_TARGET

namespace inlay::inline INLAY_TARGET {

namespace detail {

template <class Loss>
concept compares_positions = requires {
    requires Loss::per_position;
};

/// What `takes` names, once more for every position.
template <class Takes, size_t Positions>
struct at_positions {
    using type = Takes;
};
template <class... Targets, size_t Positions>
requires(Positions > 1) struct at_positions<takes_one_of<Targets...>, Positions> {
    using type = takes_one_of<std::array<Targets, Positions>...>;
};

/// The target of a sample, taken apart into one per position.
template <class Loss, class Scalar, class Shape, class Target>
struct target_plan {
    static constexpr size_t width = compares_positions<Loss> ? Shape::last : Shape::size;
    static constexpr size_t positions = Shape::size / width;

    /// What one position is compared with, and how it is stored; `fits` is false for a target of another kind.
    template <class Other>
    struct form {
        static constexpr bool whole = positions == 1 && Loss::template accepts<Scalar, width, Other>;
        static constexpr bool each = false, joined = false;
        using row = Other;
    };
    template <class Element, size_t Count>
    struct form<std::array<Element, Count>> {
        using slice = std::array<Element, width>;
        static constexpr bool whole =
            positions == 1 && Loss::template accepts<Scalar, width, std::array<Element, Count>>;
        static constexpr bool each =
            compares_positions<Loss> && Count == positions && Loss::template accepts<Scalar, width, Element>;
        static constexpr bool joined = Count == Shape::size && Loss::template accepts<Scalar, width, slice>;
        using row = std::conditional_t<each, Element, slice>;
    };
    using target_form = form<Target>;
    static constexpr bool fits = target_form::whole || target_form::each || target_form::joined;

    static constexpr decltype(auto) at(const Target& target, [[maybe_unused]] size_t position) {
        if constexpr (target_form::whole) return (target);
        else if constexpr (target_form::each) return (target[position]);
        else {
            typename target_form::row slice{};
            for (size_t i = 0; i < width; ++i) slice[i] = target[position * width + i];
            return slice;
        }
    }

    static constexpr auto wanted() {
        if constexpr (requires { typename Loss::template takes<Scalar, width>; })
            return std::type_identity<
                typename at_positions<typename Loss::template takes<Scalar, width>, positions>::type>{};
        else return std::type_identity<takes_what_its_accepts_allows>{};
    }
    /// true_type, or what does not fit.
    using verdict = std::conditional_t<fits, std::true_type,
                                       bad_target<Loss, typename decltype(wanted())::type, but_gets_target<Target>>>;
};

// ---- sums ---------------------------------------------------------------------------------------------------------------

/// False for infinities and NaN.
template <class Scalar>
constexpr bool is_finite(Scalar v) noexcept {
    return v <= (std::numeric_limits<Scalar>::max)() && v >= -(std::numeric_limits<Scalar>::max)();
}

/// A sum that keeps what each addition loses, and so has about twice the digits of its type: of 60 000 rows every one
/// counts (Knuth's two-sum; Ogita, Rump and Oishi 2005). What is added must not be an open product.
template <class Scalar>
struct exact_sum {
    Scalar total{0}, lost{0};

    constexpr void add(Scalar v) noexcept {
        using math::rounded;
        const Scalar next = rounded(total + v);
        if (is_finite(next)) {
            const Scalar taken = rounded(next - total);
            lost = rounded(lost + rounded(rounded(total - rounded(next - taken)) + rounded(v - taken)));
        }
        total = next;
    }
    [[nodiscard]] constexpr Scalar value() const noexcept { return total + lost; }
};

/// The base of losses that are a mean over elements: the target is an array as long as the outputs.
struct elementwise_loss {
    template <class Scalar, size_t Outputs, class Target>
    static constexpr bool accepts = std::same_as<Target, std::array<Scalar, Outputs>>;
    template <class Scalar, size_t Outputs>
    using takes = takes_one_of<std::array<Scalar, Outputs>>;

    template <size_t Outputs, class Scalar, class Target>
    static constexpr Scalar weight(const Target&) noexcept {
        return static_cast<Scalar>(Outputs);
    }

  protected:
    /// Σ value(y, t); and `slope(y, t)`, which takes packs too, times scale.
    template <class Backend, size_t Outputs, class Scalar, class Value, class Slope>
    static constexpr Scalar each(const Scalar* y, const std::array<Scalar, Outputs>& target, Scalar scale,
                                 Scalar* gradient, Value value, Slope slope) noexcept {
        exact_sum<Scalar> total;
        for (size_t i = 0; i < Outputs; ++i) total.add(value(y[i], target[i]));
        if (gradient)
            kernels::each_chunk<Backend, Scalar, Outputs>([&](auto part) INLAY_INLINE {
                const auto out = part.load(y);
                part.store(gradient, math::product(decltype(out)(scale), slope(out, part.load(target.data()))));
            });
        return total.value();
    }
};

} // namespace detail

/// The sum over a batch instead of the mean: PyTorch's reduction="sum".
template <class Loss>
struct summed : Loss {
    static constexpr bool sums = true;
};

namespace detail {

template <class Loss>
concept sums_rows = requires {
    requires Loss::sums;
};

/// The loss of a batch, and whether any of its targets counts.
template <class Scalar>
struct comparison {
    Scalar loss;
    bool learns;
};

/// The loss of nothing: a mean is NaN, a sum 0.
template <class Loss, class Scalar>
constexpr Scalar loss_of_nothing() noexcept {
    return sums_rows<Loss> ? Scalar(0) : std::numeric_limits<Scalar>::quiet_NaN();
}

/// What `rows` targets count in a mean.
template <class Shape, class Scalar, class Loss, class Target>
constexpr Scalar weight_of_rows(const Loss& loss, const Target* targets, size_t rows) {
    using plan = target_plan<Loss, Scalar, Shape, Target>;
    exact_sum<Scalar> weights;
    for (size_t n = 0; n < rows; ++n)
        for (size_t p = 0; p < plan::positions; ++p)
            weights.add(loss.template weight<plan::width, Scalar>(plan::at(targets[n], p)));
    return weights.value();
}

/// What a batch whose targets weigh so much multiplies gradients with.
template <class Loss, class Scalar>
constexpr Scalar scale_of_rows(Scalar weight) noexcept {
    return sums_rows<Loss> ? Scalar(1) : weight != 0 ? Scalar(1) / weight : Scalar(0);
}

/// Σ values of `rows` outputs of shape Shape, one after the other; writes their gradients, times `scale`.
template <class Backend, class Shape, class Loss, class Scalar, class Target>
constexpr exact_sum<Scalar> compare_scaled_rows(const Loss& loss, const Scalar* outputs, const Target* targets,
                                                size_t rows, Scalar scale, Scalar* gradients) {
    using plan = target_plan<Loss, Scalar, Shape, Target>;
    constexpr size_t width = plan::width;
    exact_sum<Scalar> values;
    for (size_t n = 0; n < rows; ++n)
        for (size_t p = 0; p < plan::positions; ++p) {
            const size_t at = n * Shape::size + p * width;
            values.add(loss.template row<Backend, width>(outputs + at, plan::at(targets[n], p), scale, gradients + at));
        }
    return values;
}

/// The loss of a batch from its sums.
template <class Loss, class Scalar>
constexpr comparison<Scalar> comparison_of(Scalar values, Scalar weight) noexcept {
    const bool learns = weight != 0;
    if constexpr (sums_rows<Loss>) return {values, learns};
    else return {learns ? values / weight : loss_of_nothing<Loss, Scalar>(), learns};
}

/// Compares `rows` outputs of shape Shape, one after the other, with their targets; writes the loss's gradient with
/// respect to every output.
template <class Backend, class Shape, class Loss, class Scalar, class Target>
constexpr comparison<Scalar> compare_rows(const Loss& loss, const Scalar* outputs, const Target* targets, size_t rows,
                                          Scalar* gradients) {
    const auto weight = weight_of_rows<Shape, Scalar>(loss, targets, rows);
    const auto values =
        compare_scaled_rows<Backend, Shape>(loss, outputs, targets, rows, scale_of_rows<Loss>(weight), gradients);
    return comparison_of<Loss>(values.value(), weight);
}

} // namespace detail

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
