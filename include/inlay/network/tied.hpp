// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/matvec.hpp>
#include <inlay/kernels/product.hpp>
#include <inlay/network/network.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, fixed_text Path, size_t Outputs>
struct tied_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y = W·x, where W is the tensor of another layer: an embedding's table, used a second time to tell tokens apart (Press and
/// Wolf 2017). It is trained by both, and kept, saved and exported once.
///
///     network<input_of<std::uint16_t, 32>, named<"tokens", embedding<512, 64>>, …, tied<"tokens.weight", 512>>
///
/// `Path` is the tensor's in the whole network, as `net.parameter<"tokens.weight">()` has it; its extents are
/// [Outputs, inputs]. Shapes: x [inputs] or [time, inputs], y [outputs] or [time, outputs]. (In PyTorch
/// `head.weight = tokens.weight`, whose state_dict lists the tensor under both names.)
template <fixed_text Path, size_t Outputs>
struct tied {
    static constexpr auto name = "tied";

    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (Outputs == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (In::rank == 3) return refuse<needs_a_vector_or_a_sequence>{};
        else if constexpr (In::rank == 2) return shape<In::extent(0), Outputs>{};
        else return shape<Outputs>{};
    }
    template <class Scalar, class In>
    using on = detail::tied_on<Scalar, In, Path, Outputs>;
};

template <class Scalar, class In, fixed_text Path, size_t Outputs>
struct detail::tied_on : layer_on<Scalar, In, decltype(tied<Path, Outputs>::output_shape(In{}))> {
    static constexpr size_t inputs = In::last, outputs = Outputs, steps = In::size / In::last;
    static constexpr size_t macs = steps * inputs * outputs;
    static constexpr layer_traits traits{.takes_epilogue = true, .takes_slope = true, .same_bits_in_blocks = true};
    static constexpr std::array<tied_tensor, 1> ties{tied_tensor{Path.view(), outputs, inputs}};

    // y = W·x
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        const Scalar *const w = call.ties[0], *const none = nullptr;
        for (size_t r = 0; r < Context::batch * steps; ++r)
            kernels::dots<typename Context::backend, outputs, inputs, inputs, kernels::start::zero,
                          typename Context::epilogue>(w, call.input + r * inputs, none, call.output + r * outputs);
    }

    // dx = Wᵀ·dy        dW += dy·xᵀ
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        constexpr size_t rows = Context::batch * steps;
        const Scalar* const dy = call.output_gradient;
        if constexpr (Context::input_gradient)
            kernels::product<backend, kernels::product_shape::plain(rows, inputs, outputs, inputs),
                             kernels::start::zero>(dy, call.ties[0], dy, call.input_gradient,
                                                   Context::input_sink(call));
        if (Scalar* const dw = call.tie_gradients[0])
            kernels::product<backend, kernels::product_shape::transposed(outputs, inputs, rows, inputs),
                             kernels::start::accumulate>(dy, call.input, dy, dw);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
