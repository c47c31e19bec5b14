// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, decimal Deviation>
struct gaussian_noise_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y = x + normal(0, Deviation) in training, y = x in inference, where no code is left (Keras' GaussianNoise). x and y have
/// any shape; Deviation ≥ 0.
template <decimal Deviation>
struct gaussian_noise {
    static constexpr auto name = "gaussian_noise";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Deviation.billionths < 0) return refuse<argument_must_not_be_negative>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::gaussian_noise_on<Scalar, In, Deviation>;
};

template <class Scalar, class In, decimal Deviation>
struct detail::gaussian_noise_on : layer_on<Scalar, In, In> {
    static constexpr layer_traits traits{
        .backward_needs_input = false, .in_place = true, .random_in_training = true, .same_bits_in_blocks = true};

    // y = x + normal(0, Deviation)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t count = Context::batch * In::size;
        if (Context::training && call.random)
            for (size_t i = 0; i < count; ++i)
                call.output[i] = call.random->normal(call.input[i], Deviation.template as<Scalar>());
        else if (call.output != call.input) kernels::copy<count>(call.output, call.input);
    }

    // dx = dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient)
            if (call.input_gradient != call.output_gradient)
                kernels::copy<Context::batch * In::size>(call.input_gradient, call.output_gradient);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
