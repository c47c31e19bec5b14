// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Gated linear units: the last extent is halved, the second half says how much of the first goes through.
#pragma once

#include <inlay/layers/activations.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

struct needs_an_even_last_extent {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

template <class In>
using halved = decltype(with_extent<In, In::rank - 1, In::last / 2>());

template <class Scalar, class In, class Gate>
struct gated_on : layer_on<Scalar, In, halved<In>> {
    static constexpr size_t width = In::last / 2, rows = In::size / In::last;
    static constexpr bool from_output = requires(Scalar y) { Gate::slope_from_output(y); };
    static constexpr layer_traits traits{.takes_epilogue = true, .same_bits_in_blocks = true};

    // y = a ⊙ f(b)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        for (size_t r = 0; r < Context::batch * rows; ++r) {
            const Scalar *const a = call.input + r * In::last, *const b = a + width;
            kernels::map<typename Context::backend, width>(
                call.output + r * width,
                [](auto x, auto gate) INLAY_INLINE { return Context::epilogue::apply(x * Gate::apply(gate)); }, a, b);
        }
    }
    // da = dy ⊙ f(b)        db = dy ⊙ a ⊙ f'(b)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient)
            for (size_t r = 0; r < Context::batch * rows; ++r) {
                const Scalar *const a = call.input + r * In::last, *const b = a + width;
                const Scalar* const dy = call.output_gradient + r * width;
                Scalar* const dx = call.input_gradient + r * In::last;
                kernels::each_chunk<typename Context::backend, Scalar, width>([&](auto part) INLAY_INLINE {
                    const auto x = part.load(a), gate = part.load(b), g = part.load(dy);
                    const auto open = Gate::apply(gate);
                    part.store(dx, g * open);
                    if constexpr (from_output) part.store(dx + width, g * x * Gate::slope_from_output(open));
                    else part.store(dx + width, g * x * Gate::slope_from_input(gate));
                });
            }
    }
};

template <class Gate>
struct gated_rule {
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (In::last % 2 != 0) return refuse<needs_an_even_last_extent>{};
        else return halved<In>{};
    }
    template <class Scalar, class In>
    using on = gated_on<Scalar, In, Gate>;
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y = a ⊙ sigmoid(b), a the first half of the last extent and b the second, as torch.nn.GLU (Dauphin et al. 2017). x has
/// any shape, y half as many features.
struct glu : detail::gated_rule<sigmoid> {
    static constexpr auto name = "glu";
};

/// y = a ⊙ relu(b): as `glu` (Shazeer, GLU Variants Improve Transformer, 2020).
struct reglu : detail::gated_rule<relu> {
    static constexpr auto name = "reglu";
};

/// y = a ⊙ gelu(b): as `glu` (Shazeer 2020; the order of Hugging Face's GEGLU).
struct geglu : detail::gated_rule<gelu> {
    static constexpr auto name = "geglu";
};

/// y = a ⊙ silu(b): as `glu` (Shazeer 2020). Where a file has the gate first, as Llama's w1 (gate) and w3, its rows go behind
/// the others.
struct swiglu : detail::gated_rule<silu> {
    static constexpr auto name = "swiglu";
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
