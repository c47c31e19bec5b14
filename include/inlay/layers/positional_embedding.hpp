// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/counter.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Positions>
struct positional_embedding_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_a_position_for_every_step {};

/// Adds a learned vector to every position, as in GPT-2 and BERT: a torch.nn.Embedding of arange(time).
///
///     y[t] = x[t] + W[t]
///
/// Shapes: x and y [time, features], time ≤ Positions; a vector [features] is one time step. `net(x, state)` counts on where
/// the call before left off; the state is the counter. Beyond the last position, that one is added. Tensor `weight`
/// [Positions, features], normal(0, 1) at the start.
template <size_t Positions>
struct positional_embedding {
    static constexpr auto name = "positional_embedding";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Positions == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (In::rank > 2) return refuse<needs_a_vector_or_a_sequence>{};
        else if constexpr (In::size / In::last > Positions)
            return refuse<needs_a_position_for_every_step, takes<Positions>>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::positional_embedding_on<Scalar, In, Positions>;
};

template <class Scalar, class In, size_t Positions>
struct detail::positional_embedding_on : layer_on<Scalar, In, In> {
    static constexpr size_t time = In::size / In::last, features = In::last;
    static constexpr size_t macs = In::size;
    static constexpr layer_traits traits{.backward_needs_input = false, .in_place = true, .same_bits_in_blocks = true};
    static constexpr std::array tensors{
        tensor_spec::of("weight", Positions, features).with_fans(Positions, features, 0).with_deviation(1)};
    static constexpr size_t state_size = 1;                            // the position of the next step
    static constexpr size_t cache_size(size_t batch) { return batch; } // that of the first

    // y = x + W[t]
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        for (size_t n = 0; n < Context::batch; ++n) {
            const size_t first = call.state ? counter(call.state + n) : 0;
            for (size_t t = 0; t < time; ++t) {
                const size_t row = (n * time + t) * features;
                kernels::map<typename Context::backend, features>(
                    call.output + row, [](auto x, auto e) INLAY_INLINE { return x + e; }, call.input + row,
                    call.parameters[0] + place(first + t));
            }
            if constexpr (Context::keeps) set_counter(call.cache + n, first);
            if (call.state) set_counter(call.state + n, last(first + time));
        }
    }

    // dx = dy        dW[t] += dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::gradients::trainable(0))
            for (size_t n = 0; n < Context::batch; ++n)
                for (size_t t = 0; t < time; ++t)
                    kernels::add<typename Context::backend, features>(call.gradients[0] +
                                                                          place(counter(call.cache + n) + t),
                                                                      call.output_gradient + (n * time + t) * features);
        if constexpr (Context::input_gradient)
            if (call.input_gradient != call.output_gradient)
                kernels::copy<Context::batch * In::size>(call.input_gradient, call.output_gradient);
    }

  private:
    /// Counts no further than it matters.
    static constexpr size_t last(size_t position) { return position < Positions ? position : Positions; }
    static constexpr size_t place(size_t position) {
        return (position < Positions ? position : Positions - 1) * features;
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
