// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

/// The extents of a tensor, as a type. Channels last: `shape<64>` is a vector, `shape<time, features>` a sequence,
/// `shape<height, width, channels>` an image. Elements are stored in row-major order.
template <size_t... Extents>
struct shape {
    static_assert(sizeof...(Extents) >= 1 && sizeof...(Extents) <= 3, "inlay: a shape has one to three extents");
    static_assert(((Extents > 0) && ...), "inlay: an extent must not be 0");

    /// How many extents there are.
    static constexpr size_t rank = sizeof...(Extents);
    /// How many elements there are.
    static constexpr size_t size = (Extents * ... * size_t{1});

    /// Extent number `axis`, counted from 0.
    static constexpr size_t extent(size_t axis) {
        constexpr size_t all[] = {Extents...};
        return all[axis];
    }
    /// The last extent: features or channels.
    static constexpr size_t last = extent(rank - 1);
    /// The type of the elements: the network's scalar type.
    template <class Scalar>
    using element = Scalar;

    constexpr bool operator==(const shape&) const = default;
};

/// The same with elements of a type of their own, whatever the network computes in: `shape_of<std::uint16_t, 12>` are
/// twelve numbers of tokens. Only layers that say so take them.
template <class Element, size_t... Extents>
struct shape_of : shape<Extents...> {
    template <class>
    using element = Element;

    constexpr bool operator==(const shape_of&) const = default;
};

template <class Candidate>
inline constexpr bool is_shape = false;
template <size_t... Extents>
inline constexpr bool is_shape<shape<Extents...>> = true;
template <class Element, size_t... Extents>
inline constexpr bool is_shape<shape_of<Element, Extents...>> = true;

} // namespace inlay

#include <inlay/core/macros_back.inc>
