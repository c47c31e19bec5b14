// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/loss/loss.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A target that counts `weight` times: 0 or more. `weighted_target{label, 0.5f}`.
template <class Target, class Weight = float>
struct weighted_target {
    Target target{};
    Weight weight{1};
};
template <class Target, class Weight>
weighted_target(Target, Weight) -> weighted_target<Target, Weight>;

namespace detail {
template <class Loss, class Scalar, size_t Outputs, class Target>
struct accepts_weighted : std::false_type {};
template <class Loss, class Scalar, size_t Outputs, class Target, class Weight>
struct accepts_weighted<Loss, Scalar, Outputs, weighted_target<Target, Weight>>
    : std::bool_constant<std::is_floating_point_v<Weight> && Loss::template accepts<Scalar, Outputs, Target>> {};
} // namespace detail

/// The targets of sample_weighted: weighted_target of these.
template <class Takes>
struct takes_weighted {};

/// A loss whose targets have weights (Keras' sample_weight): of a batch
///
///     Σ wₙ·valueₙ / Σ wₙ·countₙ
///
/// as if sample n were there wₙ times. Its targets are `weighted_target<Target>` for every Target that Loss takes:
///
///     trainer<net, sample_weighted<cross_entropy>, adam, batch<16>> trainer{net};
///     std::vector<weighted_target<int>> targets{{0, 1.0f}, {1, 2.5f}};
template <class Loss>
struct sample_weighted : Loss {
    template <class Scalar, size_t Outputs, class Target>
    static constexpr bool accepts = detail::accepts_weighted<Loss, Scalar, Outputs, Target>::value;
    template <class Scalar, size_t Outputs>
    using takes = takes_weighted<typename Loss::template takes<Scalar, Outputs>>;

    template <size_t Outputs, class Scalar, class Target, class Weight>
    constexpr Scalar weight(const weighted_target<Target, Weight>& one) const noexcept {
        return math::product(scaled<Scalar>(one.weight), Loss::template weight<Outputs, Scalar>(one.target));
    }
    template <class Backend, size_t Outputs, class Scalar, class Target, class Weight>
    constexpr Scalar row(const Scalar* y, const weighted_target<Target, Weight>& one, Scalar scale,
                         Scalar* gradient) const noexcept {
        const Scalar w = scaled<Scalar>(one.weight);
        return math::product(w, Loss::template row<Backend, Outputs>(y, one.target, math::product(scale, w), gradient));
    }

  private:
    template <class Scalar, class Weight>
    static constexpr Scalar scaled(Weight weight) noexcept {
        INLAY_EXPECTS(weight >= 0, "inlay: a sample's weight is 0 or more");
        return static_cast<Scalar>(weight);
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
