// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/matvec.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// How the weights of a layer with `Sum` terms per output are stored in memory: input-major, in panels of 32 outputs, and each
/// panel in blocks of Block<Sum, panel>::width outputs, [Sum][width] and contiguous. Outputs then are held in lanes, and a
/// product streams through its weights in order. Where lanes are wide a block is a whole panel; a chip's are as wide as
/// the sums that it holds in registers. The panel alone decides the order of sums, so that it is the same everywhere.
template <size_t Sum, size_t Outputs, template <size_t, size_t> class Block>
struct panels {
    static constexpr size_t width = 32;
    static constexpr size_t whole = Outputs / width, rest = Outputs % width;

    /// Where the weight from input `in` to output `out` is stored.
    static constexpr size_t offset(size_t in, size_t out) {
        const bool last = out / width == whole;
        const size_t panel = last ? rest : width, most = last ? widest<rest> : widest<width>;
        const size_t first = out % width / most * most; // of its block, counted in the panel
        const size_t wide = panel - first < most ? panel - first : most;
        return (out / width * width + first) * Sum + in * wide + out % width - first;
    }

    /// Neighbouring outputs whose weights are a matrix [Sum][width] of its own.
    template <size_t Width, size_t Panel>
    struct block {
        static constexpr size_t width = Width;
        static constexpr size_t panel = Panel; ///< outputs in its panel
        size_t first;                          ///< its first output
        constexpr size_t offset() const { return first * Sum; }
    };

    /// Calls `body(block)` for every block.
    template <class Body>
    static INLAY_INLINE constexpr void each(Body&& body) {
        each_panel([&](auto panel) INLAY_INLINE {
            constexpr size_t most = widest<panel.width>, blocks = panel.width / most, left = panel.width % most;
            if constexpr (blocks == 1) body(block<most, panel.width>{panel.first});
            else
                for (size_t b = 0; b < blocks; ++b) body(block<most, panel.width>{panel.first + b * most});
            if constexpr (left > 0) body(block<left, panel.width>{panel.first + blocks * most});
        });
    }
    /// Calls `body(panel)` for every panel, as if it were one block.
    template <class Body>
    static INLAY_INLINE constexpr void each_panel(Body&& body) {
        if constexpr (whole > 0)
            for (size_t p = 0; p < whole; ++p) body(block<width, width>{p * width});
        if constexpr (rest > 0) body(block<rest, rest>{whole * width});
    }

    /// The width of the blocks of a panel, but for its last.
    template <size_t Panel>
    static constexpr size_t widest = Panel == 0 ? 1 : Block<Sum, Panel>::width;

    /// to[out][in] = w(in, out)
    template <class Backend, class T>
    static constexpr void transpose(const T* w, T* to) {
        each([&](auto p) INLAY_INLINE {
            kernels::transpose<Backend, Sum, p.width, p.width, Sum>(w + p.offset(), to + p.first * Sum);
        });
    }
};

/// The sizes of a panel, for code that takes them at run time.
struct panel_sizes {
    std::uint16_t inputs, outputs, split, block;
};

/// kernels::matvec on all blocks of a panel, with the same bits: one function for all layers of a net, for
/// kernels::compact. `bias` may be null.
template <class T>
[[gnu::noinline]] void sum_panel(const T* x, const T* w, const T* bias, T* y, const panel_sizes& sizes) {
    const size_t inputs = sizes.inputs, last = sizes.split - 1;
    for (size_t left = sizes.outputs, wide = sizes.block; left > 0; left -= wide, w += wide * (inputs - 1)) {
        if (wide > left) wide = left;
        for (const T* const end = w + wide; w != end; ++w) {
            T sums[8];
            for (T& sum : sums) {
                sum = T(0);
                kernels::compiler_barrier(); // or it would call memset
            }
            if (bias) sums[0] = *bias++;
            const T* at = w;
            for (size_t k = 0; k < inputs; ++k, at += wide) sums[k & last] = math::fma(x[k], *at, sums[k & last]);
            kernels::detail::fold_halves(sums, sizes.split);
            *y++ = sums[0];
        }
    }
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
