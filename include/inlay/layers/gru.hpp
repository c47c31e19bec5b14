// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/matvec.hpp>
#include <inlay/kernels/product.hpp>
#include <inlay/layers/layer.hpp>

namespace inlay {

namespace detail {
template <class Scalar, class In, size_t Hidden>
struct gru_on;
} // namespace detail

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
struct gru {
    static constexpr auto name = "gru";
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (Hidden == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (In::rank == 1) return shape<Hidden>{};
        else if constexpr (In::rank == 2) return shape<In::extent(0), Hidden>{};
        else return refuse<needs_a_vector_or_a_sequence>{};
    }
    template <class Scalar, class In>
    using on = detail::gru_on<Scalar, In, Hidden>;
};

template <class Scalar, class In, size_t Hidden>
struct detail::gru_on : layer_on<Scalar, In, decltype(gru<Hidden>::output_shape(In{}))> {
    static constexpr size_t features = In::last, steps = In::size / In::last, hidden = Hidden, gates = 3 * Hidden;
    static constexpr size_t macs = steps * gates * (features + hidden);
    static constexpr size_t state_size = hidden;
    static constexpr bool backward_needs_output = true;

    static constexpr std::array tensors{
        tensor_spec::of("weight_ih_l0", gates, features).with_fans(features, gates, hidden),
        tensor_spec::of("weight_hh_l0", gates, hidden).with_fans(hidden, gates, hidden),
        tensor_spec::of("bias_ih_l0", gates).with_fans(features, gates, hidden),
        tensor_spec::of("bias_hh_l0", gates).with_fans(hidden, gates, hidden)};

    // Both weights lie input-major, the three gates of a unit row side by side: [inputs][r z n].
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        if (tensor > 1) return index;
        const size_t inputs = tensor == 0 ? features : hidden;
        return index % inputs * gates + index / inputs;
    }

    // Kept for backward, per sample and step: r, z, n and the reset gate's partner W_hn·h + b_hn; and the first h.
    static constexpr size_t kept = 4 * hidden;
    static constexpr size_t cache_size(size_t batch) { return batch * (steps * kept + hidden); }
    static constexpr size_t forward_scratch(size_t, bool training) {
        return 2 * gates + hidden + (training ? 0 : kept);
    }
    static constexpr size_t backward_scratch(size_t batch) { return 2 * batch * steps * gates + 2 * hidden; }

    template <class Context, class Epilogue, class Call>
    static constexpr void forward(const Call& call) {
        using target = typename Context::target;
        constexpr size_t batch = Context::batch;
        Scalar *const from_x = call.scratch, *const from_h = from_x + gates, *const first = from_h + gates;
        for (size_t n = 0; n < batch; ++n) {
            const Scalar* h = first;
            if (call.state) kernels::copy<hidden>(first, call.state + n * hidden);
            else kernels::fill<hidden>(first, Scalar(0));
            if constexpr (Context::training) {
                Scalar* const start = call.cache + batch * steps * kept + n * hidden;
                kernels::copy<hidden>(start, first);
                h = start;
            }
            for (size_t t = 0; t < steps; ++t) {
                const size_t at = n * steps + t;
                kernels::matvec<target, features, gates, gates, true>(call.input + at * features, call.parameters[0],
                                                                      call.parameters[2], from_x);
                kernels::matvec<target, hidden, gates, gates, true>(h, call.parameters[1], call.parameters[3], from_h);
                Scalar *const r = Context::training ? call.cache + at * kept : first + hidden,
                              *const z = r + hidden, *const candidate = z + hidden, *const partner = candidate + hidden;
                Scalar* const next = call.output + at * hidden;
                kernels::each_stretch<target, Scalar, hidden>([&](auto part) INLAY_INLINE {
                    const auto reset = math::sigmoid(part.load(from_x) + part.load(from_h));
                    const auto keep = math::sigmoid(part.load(from_x + hidden) + part.load(from_h + hidden));
                    const auto recurrent = part.load(from_h + 2 * hidden);
                    const auto fresh = math::tanh(fma(reset, recurrent, part.load(from_x + 2 * hidden)));
                    if constexpr (Context::training) {
                        part.store(r, reset);
                        part.store(z, keep);
                        part.store(candidate, fresh);
                        part.store(partner, recurrent);
                    }
                    part.store(next, fma(keep, part.load(h) - fresh, fresh));
                });
                h = next;
            }
            if (call.state) kernels::copy<hidden>(call.state + n * hidden, h);
        }
    }

    // Through time, last step first. With g = dh':
    //     dn = g·(1−z)·(1−n²)      dr = dn·(W_hn·h + b_hn)·r·(1−r)      dz = g·(h−n)·z·(1−z)
    //     dh = g·z + W_hᵀ·(dr, dz, dn·r)      dx = W_iᵀ·(dr, dz, dn)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using target = typename Context::target;
        using kernels::start;
        constexpr size_t batch = Context::batch, rows = batch * steps;
        Scalar *const at_x = call.scratch, *const at_h = at_x + rows * gates;
        Scalar *const carried = at_h + rows * gates, *const through = carried + hidden;
        for (size_t n = 0; n < batch; ++n) {
            const Scalar* const first = call.cache + rows * kept + n * hidden;
            kernels::fill<hidden>(carried, Scalar(0));
            for (size_t t = steps; t-- > 0;) {
                const size_t at = n * steps + t;
                const Scalar *const r = call.cache + at * kept, *const z = r + hidden, *const candidate = z + hidden,
                                   *const partner = candidate + hidden;
                const Scalar* const before = t > 0 ? call.output + (at - 1) * hidden : first;
                const Scalar* const dy = call.output_gradient + at * hidden;
                Scalar *const gx = at_x + at * gates, *const gh = at_h + at * gates;
                kernels::each_stretch<target, Scalar, hidden>([&](auto part) INLAY_INLINE {
                    using V = decltype(part.load(dy));
                    const V one(Scalar(1)), g = part.load(dy) + part.load(carried);
                    const V reset = part.load(r), keep = part.load(z), fresh = part.load(candidate);
                    const V slope_n = g * (one - keep) * fma(-fresh, fresh, one);
                    const V slope_r = slope_n * part.load(partner) * reset * (one - reset);
                    const V slope_z = g * (part.load(before) - fresh) * keep * (one - keep);
                    part.store(gx, slope_r);
                    part.store(gx + hidden, slope_z);
                    part.store(gx + 2 * hidden, slope_n);
                    part.store(gh, slope_r);
                    part.store(gh + hidden, slope_z);
                    part.store(gh + 2 * hidden, slope_n * reset);
                    part.store(through, g * keep);
                });
                if (t > 0) {
                    kernels::dots<target, hidden, gates, gates, start::accumulate>(
                        call.parameters[1], gh, gh, through);
                    kernels::copy<hidden>(carried, through);
                }
            }
        }
        const Scalar *const gx = at_x, *const gh = at_h;
        if constexpr (Context::gradients::trainable(0))
            kernels::product<target,
                             kernels::product_shape{.rows = features, .columns = gates, .outer = 1, .inner = rows,
                                                    .a_row = 1, .a_outer = 0, .a_inner = features, .b_row = gates,
                                                    .c_row = gates},
                             start::accumulate>(call.input, gx, gx, call.gradients[0]);
        if constexpr (Context::gradients::trainable(1))
            for (size_t n = 0; n < batch; ++n) {
                kernels::product<target, recurrent_product(1), start::accumulate>(
                    call.cache + rows * kept + n * hidden, gh + n * steps * gates, gh, call.gradients[1]);
                if constexpr (steps > 1)
                    kernels::product<target, recurrent_product(steps - 1), start::accumulate>(
                        call.output + n * steps * hidden, gh + (n * steps + 1) * gates, gh, call.gradients[1]);
            }
        if constexpr (Context::gradients::trainable(2))
            kernels::column_sums<target, rows, gates, start::accumulate>(gx, call.gradients[2]);
        if constexpr (Context::gradients::trainable(3))
            kernels::column_sums<target, rows, gates, start::accumulate>(gh, call.gradients[3]);
        if constexpr (Context::input_gradient)
            for (size_t row = 0; row < rows; ++row)
                kernels::dots<target, features, gates, gates, start::zero>(call.parameters[0], gx + row * gates, gx,
                                                                           call.input_gradient + row * features);
    }

  private:
    /// dW_h[k][g] += Σₜ h[t][k] · dgate[t][g] over `count` neighbouring steps
    static constexpr kernels::product_shape recurrent_product(size_t count) {
        return {.rows = hidden, .columns = gates, .outer = 1, .inner = count, .a_row = 1, .a_outer = 0,
                .a_inner = hidden, .b_row = gates, .c_row = gates};
    }
};

} // namespace inlay
