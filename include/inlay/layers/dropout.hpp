// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, decimal Probability>
struct dropout_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// In training each element becomes 0 with the given probability p and is scaled by 1/(1 − p) otherwise; in inference
/// nothing happens and no code is left (inverted dropout; Srivastava et al. 2014; torch.nn.Dropout). 0 ≤ p < 1.
template <decimal Probability = 0.5>
struct dropout {
    static constexpr auto name = "dropout";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Probability.billionths < 0 || Probability.billionths >= 1'000'000'000)
            return refuse<needs_a_probability_from_0_to_below_1>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::dropout_on<Scalar, In, Probability>;
};

template <class Scalar, class In, decimal Probability>
struct detail::dropout_on : layer_on<Scalar, In, In> {
    static constexpr layer_traits traits{
        .backward_needs_input = false, .in_place = true, .random_in_training = true, .same_bits_in_blocks = true};
    /// The factor of each element, 0 or 1/(1 − p).
    static constexpr size_t cache_size(size_t batch) { return batch * In::size; }

    // y = x · factor
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t count = Context::batch * In::size;
        if constexpr (Context::training) {
            constexpr double p = Probability.as<double>();
            constexpr auto bound = static_cast<std::uint64_t>(p * 0x1p32 + 0.5);
            constexpr auto scale = static_cast<Scalar>(1 / (1 - p));
            if (call.random)
                for (size_t i = 0; i < count; ++i) call.cache[i] = (*call.random)() < bound ? Scalar(0) : scale;
            else
                kernels::fill<count>(call.cache,
                                     Scalar(1)); // a caller's mistake, which INLAY_EXPECTS tells where it is on
            kernels::map<typename Context::backend, count>(
                call.output, [](auto x, auto factor) INLAY_INLINE { return x * factor; }, call.input, call.cache);
        } else {
            if constexpr (Context::keeps) kernels::fill<count>(call.cache, Scalar(1));
            if (call.output != call.input) kernels::copy<count>(call.output, call.input);
        }
    }

    // dx = dy · factor
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient)
            kernels::map<typename Context::backend, Context::batch * In::size>(
                call.input_gradient, [](auto dy, auto factor) INLAY_INLINE { return dy * factor; },
                call.output_gradient, call.cache);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
