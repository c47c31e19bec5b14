// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/angles.hpp>
#include <inlay/layers/counter.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Base>
struct positional_encoding_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// Adds what tells positions apart (Vaswani et al. 2017; PyTorch's tutorials call it PositionalEncoding):
///
///     y[t][2i] = x[t][2i] + sin(t·Base^(−2i/features))        y[t][2i + 1] = x[t][2i + 1] + cos(t·Base^(−2i/features))
///
/// Shapes: x and y [time, features], any number of either; a vector [features] is one time step. `net(x, state)` counts on
/// where the call before left off, to any length; the state is the counter. No tensors, no table.
template <size_t Base = 10000>
struct positional_encoding {
    static constexpr auto name = "positional_encoding";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Base == 0) return refuse<needs_a_positive_argument>{};
        else if constexpr (In::rank > 2) return refuse<needs_a_vector_or_a_sequence>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::positional_encoding_on<Scalar, In, Base>;
};

template <class Scalar, class In, size_t Base>
struct detail::positional_encoding_on : layer_on<Scalar, In, In> {
    static constexpr size_t time = In::size / In::last, features = In::last;
    static constexpr size_t macs = In::size;
    static constexpr layer_traits traits{.backward_needs_input = false, .in_place = true, .same_bits_in_blocks = true};
    static constexpr size_t state_size = 1; // the position of the next step
    static constexpr size_t forward_scratch(size_t, bool) { return features; }

    // y = x + e(t)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        for (size_t n = 0; n < Context::batch; ++n) {
            const size_t first = call.state ? counter(call.state + n) : 0;
            for (size_t t = 0; t < time; ++t) {
                for (size_t i = 0; i < features; i += 2) {
                    const auto at = on_circle<Scalar>(turns_of<Base, features>[i / 2] * (first + t));
                    call.scratch[i] = at.sine;
                    if (i + 1 < features) call.scratch[i + 1] = at.cosine;
                }
                const size_t row = (n * time + t) * features;
                kernels::map<typename Context::backend, features>(
                    call.output + row, [](auto x, auto e) INLAY_INLINE { return x + e; }, call.input + row,
                    call.scratch);
            }
            if (call.state) set_counter(call.state + n, first + time);
        }
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
