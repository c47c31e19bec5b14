// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/recurrent.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Hidden, class Weight = Scalar>
struct lstm_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// Long short-term memory (Hochreiter and Schmidhuber 1997, with forget gate), as torch.nn.LSTM:
///
///     i = σ(W_ii·x + b_ii + W_hi·h + b_hi)      f, o alike      g = tanh(W_ig·x + b_ig + W_hg·h + b_hg)
///     c' = f ⊙ c + i ⊙ g                        h' = o ⊙ tanh(c')
///
/// A sequence [time, features] gives [time, hidden], all h'. A vector [features] is one time step and gives [hidden]:
/// `net(x, state)` carries h and then c, [2·hidden], from call to call. Without a state every call starts from 0. Tensors
/// in PyTorch's order, gates i f g o: weight_ih_l0 [4·hidden, features], weight_hh_l0 [4·hidden, hidden], bias_ih_l0,
/// bias_hh_l0 [4·hidden], all uniform(±1/√hidden) at the start. Put `last_step` after it to keep only the last h'.
template <size_t Hidden>
struct lstm : detail::recurrent_rule<Hidden> {
    static constexpr auto name = "lstm";
    template <class Scalar, class In>
    using on = detail::lstm_on<Scalar, In, Hidden>;
    /// With weights stored in another type: see stored_as.
    template <class Scalar, class In, class Weight>
    using on_stored = detail::lstm_on<Scalar, In, Hidden, Weight>;
};

// Inside, the gates stand in the order i f o g, so that all sigmoids are neighbours.
template <class Scalar, class In, size_t Hidden, class Weight>
struct detail::lstm_on : recurrent_on<Scalar, In, Hidden, 4, 2, std::array<size_t, 4>{0, 1, 3, 2}, Weight> {
    using base = recurrent_on<Scalar, In, Hidden, 4, 2, std::array<size_t, 4>{0, 1, 3, 2}, Weight>;
    using base::steps, base::features, base::hidden, base::gates;

    // Kept for backward, per sample and step: i, f, o, g, tanh c' and c'; and the first h and c.
    static constexpr size_t kept = 6 * hidden;
    static constexpr size_t cache_size(size_t batch) { return batch * (steps * kept + 2 * hidden); }
    static constexpr size_t forward_scratch(size_t, bool keeps) {
        return 2 * gates + (keeps ? 0 : 3 * hidden + 2 * hidden);
    }
    static constexpr size_t backward_scratch(size_t batch) { return batch * steps * gates + 2 * hidden; }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        constexpr size_t batch = Context::batch;
        Scalar *const from_x = call.scratch, *const from_h = from_x + gates, *const rest = from_h + gates;
        for (size_t sample = 0; sample < batch; ++sample) {
            Scalar* const state = call.state ? call.state + sample * 2 * hidden : nullptr;
            Scalar* const first = base::template initial_state<Context>(
                call.cache + (Context::keeps ? batch * steps * kept + sample * 2 * hidden : 0), state,
                rest + (Context::keeps ? 0 : 3 * hidden));
            const Scalar *h = first, *c = first + hidden;
            for (size_t t = 0; t < steps; ++t) {
                const size_t row = sample * steps + t;
                base::template gates_of<backend>(call, call.input + row * features, h, from_x, from_h);
                Scalar* const ifo = Context::keeps ? call.cache + row * kept : rest;
                Scalar* const next_h = call.output + row * hidden;
                Scalar* const next_c = Context::keeps ? ifo + 5 * hidden : first + hidden;
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, 3 * b.width>([&](auto part) INLAY_INLINE {
                        part.store(ifo + b.at(3), gate(part.load(from_x + b.at(4)) + part.load(from_h + b.at(4))));
                    });
                });
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        const auto g = math::tanh(part.load(from_x + b.at(4, 3)) + part.load(from_h + b.at(4, 3)));
                        const auto f = part.load(ifo + b.at(3, 1)); // not before: tanh takes all registers
                        const auto c_next = fma(f, part.load(c + b.first), part.load(ifo + b.at(3)) * g);
                        const auto tanh_c = math::tanh(c_next);
                        if constexpr (Context::keeps) {
                            part.store(ifo + 3 * hidden + b.first, g);
                            part.store(ifo + 4 * hidden + b.first, tanh_c);
                        }
                        part.store(next_c + b.first, c_next);
                        part.store(next_h + b.first, part.load(ifo + b.at(3, 2)) * tanh_c);
                    });
                });
                h = next_h;
                c = next_c;
            }
            if (state) {
                kernels::copy<hidden>(state, h);
                if (c != state + hidden) kernels::copy<hidden>(state + hidden, c);
            }
        }
    }

    // Through time, last step first. With dh' = dy + what came from the step after it, and the same for dc':
    //     dc = dc' + dh'·o·(1 − tanh² c')        di = dc·g·i(1−i)    df = dc·c·f(1−f)    dg = dc·i·(1−g²)
    //     do = dh'·tanh c'·o(1−o)                and for the step before  dc·f  and  W_hᵀ·(di, df, do, dg)
    //     dx = W_iᵀ·(di, df, do, dg)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        constexpr size_t batch = Context::batch, rows = batch * steps;
        Scalar *const at = call.scratch, *const carried_h = at + rows * gates, *const carried_c = carried_h + hidden;
        const Scalar* const first = call.cache + rows * kept;
        for (size_t sample = 0; sample < batch; ++sample) {
            kernels::fill<2 * hidden>(carried_h, Scalar(0));
            for (size_t t = steps; t-- > 0;) {
                const size_t row = sample * steps + t;
                const Scalar *const ifo = call.cache + row * kept, *const g_at = ifo + 3 * hidden,
                                    *const tanh_c_at = g_at + hidden;
                const Scalar* const before =
                    t > 0 ? call.cache + (row - 1) * kept + 5 * hidden : first + sample * 2 * hidden + hidden;
                const Scalar* const dy = call.output_gradient + row * hidden;
                Scalar* const dgates = at + row * gates;
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        using V = decltype(part.load(dy));
                        const V one(Scalar(1)), dh = part.load(dy + b.first) + part.load(carried_h + b.first);
                        const V i = part.load(ifo + b.at(3)), f = part.load(ifo + b.at(3, 1)),
                                o = part.load(ifo + b.at(3, 2));
                        const V g = part.load(g_at + b.first), tanh_c = part.load(tanh_c_at + b.first),
                                c = part.load(before + b.first);
                        const V dc = fma(dh * o, fma(-tanh_c, tanh_c, one), part.load(carried_c + b.first));
                        part.store(dgates + b.at(4), dc * g * i * (one - i));
                        part.store(dgates + b.at(4, 1), dc * c * f * (one - f));
                        part.store(dgates + b.at(4, 2), dh * tanh_c * o * (one - o));
                        part.store(dgates + b.at(4, 3), dc * i * fma(-g, g, one));
                        part.store(carried_c + b.first, dc * f);
                    });
                });
                if (t > 0)
                    kernels::dots<backend, hidden, gates, gates, kernels::start::zero>(call.parameters[1], dgates,
                                                                                       dgates, carried_h);
            }
        }
        base::template gradients_of<Context>(call, at, at,
                                             [first](size_t sample) { return first + sample * 2 * hidden; });
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
