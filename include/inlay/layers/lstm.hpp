// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/recurrent.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Hidden>
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
/// bias_hh_l0 [4·hidden], all uniform(±1/√hidden) at the start. Put `last_step` behind it to keep only the last h'.
template <size_t Hidden>
struct lstm : detail::recurrent_rule<Hidden> {
    static constexpr auto name = "lstm";
    template <class Scalar, class In>
    using on = detail::lstm_on<Scalar, In, Hidden>;
};

// Inside, the gates stand in the order i f o g, so that all sigmoids are neighbours.
template <class Scalar, class In, size_t Hidden>
struct detail::lstm_on : recurrent_on<Scalar, In, Hidden, 4, 2, std::array<size_t, 4>{0, 1, 3, 2}> {
    using base = recurrent_on<Scalar, In, Hidden, 4, 2, std::array<size_t, 4>{0, 1, 3, 2}>;
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
        using target = typename Context::target;
        constexpr size_t batch = Context::batch;
        Scalar *const from_x = call.scratch, *const from_h = from_x + gates, *const behind = from_h + gates;
        for (size_t n = 0; n < batch; ++n) {
            Scalar* const state = call.state ? call.state + n * 2 * hidden : nullptr;
            Scalar* const first = base::template initial_state<Context>(
                call.cache + (Context::keeps ? batch * steps * kept + n * 2 * hidden : 0), state,
                behind + (Context::keeps ? 0 : 3 * hidden));
            const Scalar *h = first, *c = first + hidden;
            for (size_t t = 0; t < steps; ++t) {
                const size_t at = n * steps + t;
                base::template gates_of<target>(call, call.input + at * features, h, from_x, from_h);
                Scalar* const open = Context::keeps ? call.cache + at * kept : behind; // i, f, o
                Scalar* const next = call.output + at * hidden;
                Scalar* const cell = Context::keeps ? open + 5 * hidden : first + hidden;
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_stretch<target, Scalar, 3 * b.width>([&](auto part) INLAY_INLINE {
                        part.store(open + b.at(3), gate(part.load(from_x + b.at(4)) + part.load(from_h + b.at(4))));
                    });
                });
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_stretch<target, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        const auto fresh = math::tanh(part.load(from_x + b.at(4, 3)) + part.load(from_h + b.at(4, 3)));
                        const auto now = fma(part.load(open + b.at(3, 1)), part.load(c + b.first),
                                             part.load(open + b.at(3)) * fresh);
                        const auto shown = math::tanh(now);
                        if constexpr (Context::keeps) {
                            part.store(open + 3 * hidden + b.first, fresh);
                            part.store(open + 4 * hidden + b.first, shown);
                        }
                        part.store(cell + b.first, now);
                        part.store(next + b.first, part.load(open + b.at(3, 2)) * shown);
                    });
                });
                h = next;
                c = cell;
            }
            if (state) {
                kernels::copy<hidden>(state, h);
                if (c != state + hidden) kernels::copy<hidden>(state + hidden, c);
            }
        }
    }

    // Through time, last step first. With g_h = dh', g_c = dc' + g_h·o·(1 − tanh² c'):
    //     di = g_c·g·i(1−i)    df = g_c·c·f(1−f)    dg = g_c·i·(1−g²)    do = g_h·tanh c'·o(1−o)
    //     dc = g_c·f           dh = W_hᵀ·(di, df, do, dg)           dx = W_iᵀ·(di, df, do, dg)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using target = typename Context::target;
        constexpr size_t batch = Context::batch, rows = batch * steps;
        Scalar *const at = call.scratch, *const from_h = at + rows * gates, *const from_c = from_h + hidden;
        const Scalar* const first = call.cache + rows * kept;
        for (size_t n = 0; n < batch; ++n) {
            kernels::fill<2 * hidden>(from_h, Scalar(0));
            for (size_t t = steps; t-- > 0;) {
                const size_t row = n * steps + t;
                const Scalar* const open = call.cache + row * kept;
                const Scalar* const before =
                    t > 0 ? call.cache + (row - 1) * kept + 5 * hidden : first + n * 2 * hidden + hidden;
                const Scalar* const dy = call.output_gradient + row * hidden;
                Scalar* const slopes = at + row * gates;
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_stretch<target, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        using V = decltype(part.load(dy));
                        const V one(Scalar(1)), g_h = part.load(dy + b.first) + part.load(from_h + b.first);
                        const V i = part.load(open + b.at(3)), f = part.load(open + b.at(3, 1)),
                                o = part.load(open + b.at(3, 2));
                        const V fresh = part.load(open + 3 * hidden + b.first),
                                shown = part.load(open + 4 * hidden + b.first);
                        const V g_c = fma(g_h * o, fma(-shown, shown, one), part.load(from_c + b.first));
                        part.store(slopes + b.at(4), g_c * fresh * i * (one - i));
                        part.store(slopes + b.at(4, 1), g_c * part.load(before + b.first) * f * (one - f));
                        part.store(slopes + b.at(4, 2), g_h * shown * o * (one - o));
                        part.store(slopes + b.at(4, 3), g_c * i * fma(-fresh, fresh, one));
                        part.store(from_c + b.first, g_c * f);
                    });
                });
                if (t > 0)
                    kernels::dots<target, hidden, gates, gates, kernels::start::zero>(call.parameters[1], slopes,
                                                                                      slopes, from_h);
            }
        }
        base::template gradients_of<Context>(call, at, at, [first](size_t n) { return first + n * 2 * hidden; });
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
