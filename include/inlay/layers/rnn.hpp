// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/activations.hpp>
#include <inlay/layers/recurrent.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Hidden, class Nonlinearity, class Weight = Scalar>
struct rnn_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_an_activation_whose_slope_follows_from_its_output {}; ///< tanh, relu, leaky_relu, sigmoid …

/// Elman's recurrent layer (1990), as torch.nn.RNN:
///
///     h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh)
///
/// A sequence [time, features] gives [time, hidden], all h'. A vector [features] is one time step and gives [hidden]:
/// `net(x, state)` carries h from call to call. Without a state every call starts from h = 0. Tensors in PyTorch's order:
/// weight_ih_l0 [hidden, features], weight_hh_l0 [hidden, hidden], bias_ih_l0, bias_hh_l0 [hidden], all uniform(±1/√hidden)
/// at the start. `rnn<48, relu>` is PyTorch's nonlinearity='relu'; any activation will do whose slope follows from its
/// output. Put `last_step` behind it to keep only the last h'.
template <size_t Hidden, class Nonlinearity = tanh>
struct rnn : detail::recurrent_rule<Hidden> {
    static constexpr auto name = "rnn";

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (!detail::slope_follows_from_output<Nonlinearity>)
            return refuse<needs_an_activation_whose_slope_follows_from_its_output>{};
        else return detail::recurrent_rule<Hidden>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = detail::rnn_on<Scalar, In, Hidden, Nonlinearity>;
    /// With weights stored in another type: see stored_as.
    template <class Scalar, class In, class Weight>
    using on_stored = detail::rnn_on<Scalar, In, Hidden, Nonlinearity, Weight>;
};

template <class Scalar, class In, size_t Hidden, class Nonlinearity, class Weight>
struct detail::rnn_on : recurrent_on<Scalar, In, Hidden, 1, 1, std::array<size_t, 1>{0}, Weight> {
    using base = recurrent_on<Scalar, In, Hidden, 1, 1, std::array<size_t, 1>{0}, Weight>;
    using base::steps, base::features, base::hidden;

    // Kept for backward, per sample: the first h.
    static constexpr size_t cache_size(size_t batch) { return batch * hidden; }
    static constexpr size_t forward_scratch(size_t, bool keeps) { return (keeps ? 2 : 3) * hidden; }
    static constexpr size_t backward_scratch(size_t batch) { return (batch * steps + 1) * hidden; }

    // h' = f(W_ih·x + b_ih + W_hh·h + b_hh)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        Scalar *const from_x = call.scratch, *const from_h = from_x + hidden, *const rest = from_h + hidden;
        for (size_t sample = 0; sample < Context::batch; ++sample) {
            Scalar* const state = call.state ? call.state + sample * hidden : nullptr;
            const Scalar* h =
                base::template initial_state<Context>(call.cache + (Context::keeps ? sample * hidden : 0), state, rest);
            for (size_t t = 0; t < steps; ++t) {
                const size_t row = sample * steps + t;
                Scalar* const next = call.output + row * hidden;
                base::template gates_of<backend>(call, call.input + row * features, h, from_x, from_h);
                kernels::map<backend, hidden>(
                    next, [](auto x, auto y) INLAY_INLINE { return Nonlinearity::apply(x + y); }, from_x, from_h);
                h = next;
            }
            if (state) kernels::copy<hidden>(state, h);
        }
    }

    // Through time, last step first. With g = dh':
    //     da = g·f'(h')        dh = W_hhᵀ·da        dx = W_ihᵀ·da        (tanh: f' = 1 − h'²)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        Scalar *const da = call.scratch, *const carried = da + Context::batch * steps * hidden;
        for (size_t sample = 0; sample < Context::batch; ++sample) {
            kernels::fill<hidden>(carried, Scalar(0));
            for (size_t t = steps; t-- > 0;) {
                const size_t row = (sample * steps + t) * hidden;
                kernels::map<backend, hidden>(
                    da + row,
                    [](auto dy, auto dh, auto h)
                        INLAY_INLINE { return (dy + dh) * Nonlinearity::slope_from_output(h); },
                    call.output_gradient + row, carried, call.output + row);
                if (t > 0)
                    kernels::dots<backend, hidden, hidden, hidden, start::zero>(call.parameters[1], da + row, da + row,
                                                                                carried);
            }
        }
        base::template gradients_of<Context>(call, da, da,
                                             [&call](size_t sample) { return call.cache + sample * hidden; });
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
