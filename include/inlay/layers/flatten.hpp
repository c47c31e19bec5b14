// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// The same elements under another shape: no work where input and output share memory.
template <class Scalar, class In, class Out>
struct reshape_on : layer_on<Scalar, In, Out> {
    static constexpr layer_traits traits{.backward_needs_input = false, .in_place = true};

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        if (call.output != call.input) kernels::copy<Context::batch * In::size>(call.output, call.input);
    }
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient)
            if (call.input_gradient != call.output_gradient)
                kernels::copy<Context::batch * In::size>(call.input_gradient, call.output_gradient);
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// A vector of all elements in their order: an image channels last, [height·width·channels]. (PyTorch flattens channels
/// first: weights after its Flatten need their columns permuted.)
struct flatten {
    static constexpr auto name = "flatten";
    template <class In>
    static constexpr auto output_shape(In) {
        return shape<In::size>{};
    }
    template <class Scalar, class In>
    using on = detail::reshape_on<Scalar, In, shape<In::size>>;
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
