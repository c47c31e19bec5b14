// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/recurrent.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Hidden>
struct gru_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// Gated recurrent unit in the reset-after form of torch.nn.GRU and Keras 2 (Cho et al. 2014; the reset gate acts on the
/// product with h, ONNX's linear_before_reset = 1):
///
///     r = σ(W_ir·x + b_ir + W_hr·h + b_hr)        z = σ(W_iz·x + b_iz + W_hz·h + b_hz)
///     n = tanh(W_in·x + b_in + r ⊙ (W_hn·h + b_hn))        h' = (1 − z) ⊙ n + z ⊙ h
///
/// A sequence [time, features] gives [time, hidden], all h'. A vector [features] is one time step and gives [hidden]:
/// `net(x, state)` carries h from call to call. Without a state every call starts from h = 0. Tensors in PyTorch's order,
/// gates r z n: weight_ih_l0 [3·hidden, features], weight_hh_l0 [3·hidden, hidden], bias_ih_l0, bias_hh_l0 [3·hidden], all
/// uniform(±1/√hidden) at the start. Put `last_step` behind it to keep only the last h'.
template <size_t Hidden>
struct gru : detail::recurrent_rule<Hidden> {
    static constexpr auto name = "gru";
    template <class Scalar, class In>
    using on = detail::gru_on<Scalar, In, Hidden>;
};

template <class Scalar, class In, size_t Hidden>
struct detail::gru_on : recurrent_on<Scalar, In, Hidden, 3, 1, std::array<size_t, 3>{0, 1, 2}> {
    using base = recurrent_on<Scalar, In, Hidden, 3, 1, std::array<size_t, 3>{0, 1, 2}>;
    using base::steps, base::features, base::hidden, base::gates;

    // Kept for backward, per sample and step: r, z, n and the reset gate's partner W_hn·h + b_hn; and the first h.
    static constexpr size_t kept = 4 * hidden;
    static constexpr size_t cache_size(size_t batch) { return batch * (steps * kept + hidden); }
    static constexpr size_t forward_scratch(size_t, bool keeps) { return 2 * gates + (keeps ? 0 : 3 * hidden); }
    static constexpr size_t backward_scratch(size_t batch) { return 2 * batch * steps * gates + 2 * hidden; }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using target = typename Context::target;
        constexpr size_t batch = Context::batch;
        Scalar *const from_x = call.scratch, *const from_h = from_x + gates, *const behind = from_h + gates;
        for (size_t n = 0; n < batch; ++n) {
            Scalar* const state = call.state ? call.state + n * hidden : nullptr;
            const Scalar* h = base::template initial_state<Context>(
                call.cache + (Context::keeps ? batch * steps * kept + n * hidden : 0), state,
                behind + (Context::keeps ? 0 : 2 * hidden));
            for (size_t t = 0; t < steps; ++t) {
                const size_t at = n * steps + t;
                base::template gates_of<target>(call, call.input + at * features, h, from_x, from_h);
                Scalar* const open = Context::keeps ? call.cache + at * kept : behind; // r, then z
                Scalar* const next = call.output + at * hidden;
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_stretch<target, Scalar, 2 * b.width>([&](auto part) INLAY_INLINE {
                        part.store(open + b.at(2), gate(part.load(from_x + b.at(3)) + part.load(from_h + b.at(3))));
                    });
                });
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_stretch<target, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        const auto partner = part.load(from_h + b.at(3, 2));
                        const auto fresh =
                            math::tanh(fma(part.load(open + b.at(2)), partner, part.load(from_x + b.at(3, 2))));
                        if constexpr (Context::keeps) {
                            part.store(open + 2 * hidden + b.first, fresh);
                            part.store(open + 3 * hidden + b.first, partner);
                        }
                        part.store(next + b.first,
                                   fma(part.load(open + b.at(2, 1)), part.load(h + b.first) - fresh, fresh));
                    });
                });
                h = next;
            }
            if (state) kernels::copy<hidden>(state, h);
        }
    }

    // Through time, last step first. With g = dh':
    //     dn = g·(1−z)·(1−n²)      dr = dn·(W_hn·h + b_hn)·r·(1−r)      dz = g·(h−n)·z·(1−z)
    //     dh = g·z + W_hᵀ·(dr, dz, dn·r)      dx = W_iᵀ·(dr, dz, dn)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using target = typename Context::target;
        constexpr size_t batch = Context::batch, rows = batch * steps;
        Scalar *const at_x = call.scratch, *const at_h = at_x + rows * gates;
        Scalar *const carried = at_h + rows * gates, *const through = carried + hidden;
        const Scalar* const first = call.cache + rows * kept;
        for (size_t n = 0; n < batch; ++n) {
            kernels::fill<hidden>(carried, Scalar(0));
            for (size_t t = steps; t-- > 0;) {
                const size_t at = n * steps + t;
                const Scalar *const open = call.cache + at * kept, *const candidate = open + 2 * hidden,
                                    *const partner = candidate + hidden;
                const Scalar* const before = t > 0 ? call.output + (at - 1) * hidden : first + n * hidden;
                const Scalar* const dy = call.output_gradient + at * hidden;
                Scalar *const gx = at_x + at * gates, *const gh = at_h + at * gates;
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_stretch<target, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        using V = decltype(part.load(dy));
                        const V one(Scalar(1)), g = part.load(dy + b.first) + part.load(carried + b.first);
                        const V reset = part.load(open + b.at(2)), keep = part.load(open + b.at(2, 1)),
                                fresh = part.load(candidate + b.first);
                        const V slope_n = g * (one - keep) * fma(-fresh, fresh, one);
                        const V slope_r = slope_n * part.load(partner + b.first) * reset * (one - reset);
                        const V slope_z = g * (part.load(before + b.first) - fresh) * keep * (one - keep);
                        part.store(gx + b.at(3), slope_r);
                        part.store(gx + b.at(3, 1), slope_z);
                        part.store(gx + b.at(3, 2), slope_n);
                        part.store(gh + b.at(3), slope_r);
                        part.store(gh + b.at(3, 1), slope_z);
                        part.store(gh + b.at(3, 2), slope_n * reset);
                        part.store(through + b.first, g * keep);
                    });
                });
                if (t > 0) {
                    kernels::dots<target, hidden, gates, gates, kernels::start::accumulate>(call.parameters[1], gh, gh,
                                                                                            through);
                    kernels::copy<hidden>(carried, through);
                }
            }
        }
        base::template gradients_of<Context>(call, at_x, at_h, [first](size_t n) { return first + n * hidden; });
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
