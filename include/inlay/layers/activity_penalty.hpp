// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, decimal L1, decimal L2>
struct activity_penalty_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y = x, of any shape; in training its values cost something (Keras' activity_regularizer and ActivityRegularization):
///
///     penalty = mean over the batch of Σᵢ L1·|yᵢ| + L2·yᵢ²
///
/// is added to what is minimised, which is to say that backward adds the gradient of it. The loss that a trainer returns
/// leaves it out. The slope of |y| at 0 is 0. L1 and L2 are 0 or more, in steps of 10⁻⁹. Evaluation, inference and
/// `differentiate` do not see it: there it is the identity.
template <decimal L1, decimal L2 = 0>
struct activity_penalty {
    static constexpr auto name = "activity_penalty";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (L1.billionths < 0 || L2.billionths < 0) return refuse<argument_must_not_be_negative>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::activity_penalty_on<Scalar, In, L1, L2>;
};

template <class Scalar, class In, decimal L1, decimal L2>
struct detail::activity_penalty_on : layer_on<Scalar, In, In> {
    static constexpr layer_traits traits{
        .backward_needs_input = false, .backward_needs_output = true, .in_place = true, .same_bits_in_blocks = true};

    // y = x
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        if (call.output != call.input) kernels::copy<Context::batch * In::size>(call.output, call.input);
    }

    // dx = dy + (L1·sign(y) + 2·L2·y) / samples        for samples that count
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient) {
            const size_t samples = Context::training ? call.rows : 0;
            const Scalar l1 = L1.template as<Scalar>() / static_cast<Scalar>(call.rows),
                         l2 = Scalar(2) * L2.template as<Scalar>() / static_cast<Scalar>(call.rows);
            for (size_t n = 0; n < Context::batch; ++n) {
                const size_t at = n * In::size;
                if (n < samples)
                    kernels::map<typename Context::backend, In::size>(
                        call.input_gradient + at,
                        [l1, l2](auto dy, auto y) INLAY_INLINE {
                            using math::fma, math::select;
                            using V = decltype(y);
                            const V zero(Scalar(0));
                            return fma(V(l2), y, dy + select(y > zero, V(l1), select(y < zero, V(-l1), y)));
                        },
                        call.output_gradient + at, call.output + at);
                else if (call.input_gradient != call.output_gradient)
                    kernels::copy<In::size>(call.input_gradient + at, call.output_gradient + at);
            }
        }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
