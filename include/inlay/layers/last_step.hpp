// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In>
struct last_step_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y = x[time − 1]: the last step of a sequence. Shapes: x [time, features], y [features].
struct last_step {
    static constexpr auto name = "last_step";
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (In::rank != 2) return refuse<needs_a_sequence_of_time_features>{};
        else return shape<In::last>{};
    }
    template <class Scalar, class In>
    using on = detail::last_step_on<Scalar, In>;
};

template <class Scalar, class In>
struct detail::last_step_on : layer_on<Scalar, In, shape<In::last>> {
    static constexpr size_t features = In::last, before = In::size - In::last;
    static constexpr layer_traits traits{.backward_needs_input = false};

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        for (size_t n = 0; n < Context::batch; ++n)
            kernels::copy<features>(call.output + n * features, call.input + n * In::size + before);
    }
    // dx = 0 but for the last step, which takes dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient)
            for (size_t n = 0; n < Context::batch; ++n) {
                kernels::fill<before>(call.input_gradient + n * In::size, Scalar(0));
                kernels::copy<features>(call.input_gradient + n * In::size + before,
                                        call.output_gradient + n * features);
            }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
