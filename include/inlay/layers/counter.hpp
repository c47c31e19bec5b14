// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A whole number among the scalars of a layer's state: the position in a ring of past steps, the length of a key/value
// cache. It is kept in the bits of one scalar, so it is exact up to 2³² in float, costs no conversion, is 0 in a state of
// zeros, and moves wherever a state is copied. (Arithmetic on it means nothing; most values are subnormal numbers.)
//
// Every layer that counts has a counter of its own. One clock for the whole network would have to be divided by the strides
// of all layers before, and would say nothing to a layer that forgets what it has seen.
#pragma once

#include <inlay/core/bit_cast.hpp>

#include <bit>
#include <limits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

template <class Scalar>
using counter_bits = std::conditional_t<sizeof(Scalar) == 8, std::uint64_t,
                                        std::conditional_t<sizeof(Scalar) == 4, std::uint32_t, std::uint16_t>>;

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay::inline INLAY_TARGET {

/// The number in `slot`; any bits are one.
template <class Scalar>
INLAY_INLINE constexpr size_t counter(const Scalar* slot) {
    return static_cast<size_t>(math::bit_cast<detail::counter_bits<Scalar>>(*slot));
}
/// Puts `value` there; values beyond counter_limit lose their upper bits.
template <class Scalar>
INLAY_INLINE constexpr void set_counter(Scalar* slot, size_t value) {
    *slot = math::bit_cast<Scalar>(static_cast<detail::counter_bits<Scalar>>(value));
}
/// The largest number that a scalar holds.
template <class Scalar>
inline constexpr auto counter_limit = (std::numeric_limits<detail::counter_bits<Scalar>>::max)();

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
