// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
/// Factors, 0 or 1/(1 − p), each for one of `Channels` neighbouring values at all positions: all of a sample's values, or
/// its channels.
template <class Scalar, class In, decimal Probability, size_t Channels>
struct dropout_on;

/// The shape rule of both.
template <decimal Probability, class In>
constexpr auto dropout_shape(In in) {
    if constexpr (Probability.billionths < 0 || Probability.billionths >= 1'000'000'000)
        return refuse<needs_a_probability_from_0_to_below_1>{};
    else return in;
}
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// In training each element becomes 0 with the given probability p and is scaled by 1/(1 − p) otherwise; in inference
/// nothing happens and no code is left (inverted dropout; Srivastava et al. 2014; torch.nn.Dropout). 0 ≤ p < 1.
template <decimal Probability = 0.5>
struct dropout {
    static constexpr auto name = "dropout";
    template <class In>
    static constexpr auto output_shape(In in) {
        return detail::dropout_shape<Probability>(in);
    }
    template <class Scalar, class In>
    using on = detail::dropout_on<Scalar, In, Probability, In::size>;
};

template <class Scalar, class In, decimal Probability, size_t Channels>
struct detail::dropout_on : layer_on<Scalar, In, In> {
    static constexpr size_t positions = In::size / Channels;
    static constexpr layer_traits traits{
        .backward_needs_input = false, .in_place = true, .random_in_training = true, .same_bits_in_blocks = true};
    static constexpr size_t cache_size(size_t batch) { return batch * Channels; } // the factors

    // y = x · factor
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t count = Context::batch * Channels;
        if constexpr (Context::training) {
            constexpr double p = Probability.as<double>();
            constexpr auto bound = static_cast<std::uint64_t>(p * 0x1p32 + 0.5);
            constexpr auto scale = static_cast<Scalar>(1 / (1 - p));
            if (call.random)
                for (size_t i = 0; i < count; ++i) call.cache[i] = (*call.random)() < bound ? Scalar(0) : scale;
            else
                kernels::fill<count>(call.cache,
                                     Scalar(1)); // a caller's mistake, which INLAY_EXPECTS tells where it is on
            apply<Context>(call.input, call.cache, call.output);
        } else {
            if constexpr (Context::keeps) kernels::fill<count>(call.cache, Scalar(1));
            if (call.output != call.input) kernels::copy<Context::batch * In::size>(call.output, call.input);
        }
    }

    // dx = dy · factor
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient) apply<Context>(call.output_gradient, call.cache, call.input_gradient);
    }

  private:
    template <class Context>
    static INLAY_INLINE constexpr void apply(const Scalar* from, const Scalar* factors, Scalar* to) {
        constexpr size_t together = positions == 1 ? Context::batch * Channels : Channels; // with a factor each
        for (size_t at = 0; at < Context::batch * In::size; at += together)
            kernels::map<typename Context::backend, together>(
                to + at, [](auto v, auto factor) INLAY_INLINE { return v * factor; }, from + at,
                factors + (positions == 1 ? 0 : at / In::size * Channels));
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
