// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/map.hpp>

namespace inlay::detail {

/// How the weights of a layer with `Sum` terms per output lie in memory: input-major, in panels of 32 outputs, each
/// panel [Sum][width] and contiguous. Outputs then lie in lanes, a product streams through its weights in order, and the
/// layout is the same on every target.
template <size_t Sum, size_t Outputs>
struct panels {
    static constexpr size_t width = 32;
    static constexpr size_t whole = Outputs / width, rest = Outputs % width;

    /// Where the weight from input `in` to output `out` lies.
    static constexpr size_t offset(size_t in, size_t out) {
        const size_t panel = out / width;
        const size_t wide = panel < whole ? width : rest;
        return panel * width * Sum + in * wide + out % width;
    }

    template <size_t Width>
    struct panel {
        static constexpr size_t width = Width;
        size_t first; ///< its first output
        constexpr size_t offset() const { return first * Sum; }
    };

    /// Calls `body(panel)` for every panel.
    template <class Body>
    static INLAY_INLINE constexpr void each(Body&& body) {
        for (size_t p = 0; p < whole; ++p) body(panel<width>{p * width});
        if constexpr (rest > 0) body(panel<rest>{whole * width});
    }

    /// to[out][in] = w(in, out)
    template <class Target, class T>
    static constexpr void transpose(const T* w, T* to) {
        each([&](auto p) INLAY_INLINE {
            kernels::transpose<Target, Sum, p.width, p.width, Sum>(w + p.offset(), to + p.first * Sum);
        });
    }
};

} // namespace inlay::detail
