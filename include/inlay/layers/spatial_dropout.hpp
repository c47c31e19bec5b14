// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, decimal Probability>
struct spatial_dropout_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// `dropout` of whole channels (Tompson et al. 2015; torch.nn.Dropout1d and Dropout2d): in training each channel of each
/// sample becomes 0 at all positions with the given probability p, and is scaled by 1/(1 − p) otherwise; in inference
/// nothing happens. Channels are the last extent: x and y [time, channels] or [height, width, channels]. 0 ≤ p < 1.
template <decimal Probability = 0.5>
struct spatial_dropout {
    static constexpr auto name = "spatial_dropout";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Probability.billionths < 0 || Probability.billionths >= 1'000'000'000)
            return refuse<needs_a_probability_from_0_to_below_1>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::spatial_dropout_on<Scalar, In, Probability>;
};

template <class Scalar, class In, decimal Probability>
struct detail::spatial_dropout_on : layer_on<Scalar, In, In> {
    static constexpr size_t channels = In::last, positions = In::size / In::last;
    static constexpr layer_traits traits{
        .backward_needs_input = false, .in_place = true, .random_in_training = true, .same_bits_in_blocks = true};
    /// The factor of each channel, 0 or 1/(1 − p).
    static constexpr size_t cache_size(size_t batch) { return batch * channels; }

    // y = x · factor
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t count = Context::batch * channels;
        if constexpr (Context::training) {
            constexpr double p = Probability.as<double>();
            constexpr auto bound = static_cast<std::uint64_t>(p * 0x1p32 + 0.5);
            constexpr auto scale = static_cast<Scalar>(1 / (1 - p));
            if (call.random)
                for (size_t i = 0; i < count; ++i) call.cache[i] = (*call.random)() < bound ? Scalar(0) : scale;
            else kernels::fill<count>(call.cache, Scalar(1)); // as dropout
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
        for (size_t n = 0; n < Context::batch; ++n)
            for (size_t r = n * positions; r < (n + 1) * positions; ++r)
                kernels::map<typename Context::backend, channels>(
                    to + r * channels, [](auto v, auto factor) INLAY_INLINE { return v * factor; }, from + r * channels,
                    factors + n * channels);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
