// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/activations.hpp>
#include <inlay/layers/recurrent.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

/// An option of `gru`: the reset gate acts on h, before the recurrent product.
struct reset_before_product {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

/// What options say: at most one of each kind.
template <class... Options>
struct gru_options {
    static constexpr size_t tags = (std::is_same_v<Options, reset_before_product> + ... + 0);
    static constexpr size_t activations = (slope_follows_from_output<Options> + ... + 0);
    static constexpr bool valid = tags <= 1 && activations <= 1 && tags + activations == sizeof...(Options);
    static constexpr bool reset_before = tags > 0;

    template <class Default, class...>
    struct candidate_of {
        using type = Default;
    };
    template <class Default, class First, class... Rest>
    struct candidate_of<Default, First, Rest...>
        : candidate_of<std::conditional_t<slope_follows_from_output<First>, First, Default>, Rest...> {};
    using candidate = typename candidate_of<tanh, Options...>::type;
};

template <class Scalar, class In, size_t Hidden, class Candidate, class Weight = Scalar>
struct gru_on;
template <class Scalar, class In, size_t Hidden, class Candidate, class Weight = Scalar>
struct gru_reset_before_on;

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// Gated recurrent unit (Cho et al. 2014), as torch.nn.GRU and Keras' `reset_after`: the reset gate acts on the product
/// with h (ONNX's linear_before_reset = 1):
///
///     r = σ(W_ir·x + b_ir + W_hr·h + b_hr)        z = σ(W_iz·x + b_iz + W_hz·h + b_hz)
///     n = tanh(W_in·x + b_in + r ⊙ (W_hn·h + b_hn))        h' = (1 − z) ⊙ n + z ⊙ h
///
/// A sequence [time, features] gives [time, hidden], all h'. A vector [features] is one time step and gives [hidden]:
/// `net(x, state)` carries h from call to call. Without a state every call starts from h = 0. Tensors in PyTorch's order,
/// gates r z n: weight_ih_l0 [3·hidden, features], weight_hh_l0 [3·hidden, hidden], bias_ih_l0, bias_hh_l0 [3·hidden], all
/// uniform(±1/√hidden) at the start. Put `last_step` after it to keep only the last h'.
///
/// Options, in any order: an activation in place of the tanh of n (`gru<48, relu>`; one whose slope follows from its output:
/// tanh, relu, leaky_relu, sigmoid …), and `reset_before_product` for the form of the paper (Keras' reset_after = False,
/// ONNX's linear_before_reset = 0), where
///
///     n = tanh(W_in·x + b_in + W_hn·(r ⊙ h))
///
/// and every gate has one bias: there is no bias_hh_l0. (Where a file has two, add them.)
template <size_t Hidden, class... Options>
struct gru : detail::recurrent_rule<Hidden> {
    static constexpr auto name = "gru";
    using options = detail::gru_options<Options...>;

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (!options::valid) return refuse<has_an_option_that_is_none>{};
        else return detail::recurrent_rule<Hidden>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = std::conditional_t<options::reset_before,
                                  detail::gru_reset_before_on<Scalar, In, Hidden, typename options::candidate>,
                                  detail::gru_on<Scalar, In, Hidden, typename options::candidate>>;
    /// With weights stored in another type: see stored_as.
    template <class Scalar, class In, class Weight>
    using on_stored =
        std::conditional_t<options::reset_before,
                           detail::gru_reset_before_on<Scalar, In, Hidden, typename options::candidate, Weight>,
                           detail::gru_on<Scalar, In, Hidden, typename options::candidate, Weight>>;
};

template <class Scalar, class In, size_t Hidden, class Candidate, class Weight>
struct detail::gru_on : recurrent_on<Scalar, In, Hidden, 3, 1, std::array<size_t, 3>{0, 1, 2}, Weight> {
    using base = recurrent_on<Scalar, In, Hidden, 3, 1, std::array<size_t, 3>{0, 1, 2}, Weight>;
    using base::steps, base::features, base::hidden, base::gates;

    // Kept for backward, per sample and step: r, z, n and W_hn·h + b_hn; and the first h.
    static constexpr size_t kept = 4 * hidden;
    static constexpr size_t cache_size(size_t batch) { return batch * (steps * kept + hidden); }
    static constexpr size_t forward_scratch(size_t, bool keeps) { return 2 * gates + (keeps ? 0 : 3 * hidden); }
    static constexpr size_t backward_scratch(size_t batch) { return 2 * batch * steps * gates + 2 * hidden; }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        constexpr size_t batch = Context::batch;
        Scalar *const from_x = call.scratch, *const from_h = from_x + gates, *const rest = from_h + gates;
        for (size_t sample = 0; sample < batch; ++sample) {
            Scalar* const state = call.state ? call.state + sample * hidden : nullptr;
            const Scalar* h = base::template initial_state<Context>(
                call.cache + (Context::keeps ? batch * steps * kept + sample * hidden : 0), state,
                rest + (Context::keeps ? 0 : 2 * hidden));
            for (size_t t = 0; t < steps; ++t) {
                const size_t row = sample * steps + t;
                base::template gates_of<backend>(call, call.input + row * features, h, from_x, from_h);
                Scalar* const rz = Context::keeps ? call.cache + row * kept : rest;
                Scalar* const next = call.output + row * hidden;
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, 2 * b.width>([&](auto part) INLAY_INLINE {
                        part.store(rz + b.at(2), gate(part.load(from_x + b.at(3)) + part.load(from_h + b.at(3))));
                    });
                });
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        const auto r = part.load(rz + b.at(2)), from_h_n = part.load(from_h + b.at(3, 2));
                        const auto n = Candidate::apply(fma(r, from_h_n, part.load(from_x + b.at(3, 2))));
                        if constexpr (Context::keeps) {
                            part.store(rz + 2 * hidden + b.first, n);
                            part.store(rz + 3 * hidden + b.first, from_h_n);
                        }
                        const auto z = part.load(rz + b.at(2, 1)); // not before: n takes all registers
                        part.store(next + b.first, fma(z, part.load(h + b.first) - n, n));
                    });
                });
                h = next;
            }
            if (state) kernels::copy<hidden>(state, h);
        }
    }

    // Through time, last step first. With g = dh':
    //     dn = g·(1−z)·(1−n²)      dr = dn·(W_hn·h + b_hn)·r·(1−r)      dz = g·(h−n)·z·(1−z)
    //     dh = g·z + W_hᵀ·(dr, dz, dn·r)      dx = W_iᵀ·(dr, dz, dn)        (1−n²: the slope of tanh, or of the option)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        constexpr size_t batch = Context::batch, rows = batch * steps;
        Scalar *const at_x = call.scratch, *const at_h = at_x + rows * gates;
        Scalar *const carried = at_h + rows * gates, *const dh = carried + hidden;
        const Scalar* const first = call.cache + rows * kept;
        for (size_t sample = 0; sample < batch; ++sample) {
            kernels::fill<hidden>(carried, Scalar(0));
            for (size_t t = steps; t-- > 0;) {
                const size_t row = sample * steps + t;
                const Scalar *const rz = call.cache + row * kept, *const n_at = rz + 2 * hidden,
                                    *const from_h_n = n_at + hidden;
                const Scalar* const before = t > 0 ? call.output + (row - 1) * hidden : first + sample * hidden;
                const Scalar* const dy = call.output_gradient + row * hidden;
                Scalar *const gx = at_x + row * gates, *const gh = at_h + row * gates;
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        using V = decltype(part.load(dy));
                        const V one(Scalar(1)), g = part.load(dy + b.first) + part.load(carried + b.first);
                        const V r = part.load(rz + b.at(2)), z = part.load(rz + b.at(2, 1)),
                                n = part.load(n_at + b.first), h = part.load(before + b.first);
                        const V dn = g * (one - z) * Candidate::slope_from_output(n);
                        const V dr = dn * part.load(from_h_n + b.first) * r * (one - r);
                        const V dz = g * (h - n) * z * (one - z);
                        part.store(gx + b.at(3), dr);
                        part.store(gx + b.at(3, 1), dz);
                        part.store(gx + b.at(3, 2), dn);
                        part.store(gh + b.at(3), dr);
                        part.store(gh + b.at(3, 1), dz);
                        part.store(gh + b.at(3, 2), dn * r);
                        part.store(dh + b.first, g * z);
                    });
                });
                if (t > 0) {
                    kernels::dots<backend, hidden, gates, gates, kernels::start::accumulate>(call.parameters[1], gh, gh,
                                                                                             dh);
                    kernels::copy<hidden>(carried, dh);
                }
            }
        }
        base::template gradients_of<Context>(call, at_x, at_h,
                                             [first](size_t sample) { return first + sample * hidden; });
    }
};

// Here W_h is stored in two parts, each input-major: [hidden][r z] in the blocks of the base, and then [hidden][n].
template <class Scalar, class In, size_t Hidden, class Candidate, class Weight>
struct detail::gru_reset_before_on : recurrent_on<Scalar, In, Hidden, 3, 1, std::array<size_t, 3>{0, 1, 2}, Weight> {
    using base = recurrent_on<Scalar, In, Hidden, 3, 1, std::array<size_t, 3>{0, 1, 2}, Weight>;
    using base::steps, base::features, base::hidden, base::gates, base::is_stored, base::of_h;

    static constexpr auto tensors = [] { // without bias_hh_l0
        std::array<tensor_spec, base::tensors.size() - 1> all{};
        for (size_t t = 0; t < all.size(); ++t) all[t] = base::tensors[t];
        return all;
    }();
    static constexpr size_t candidate = 2 * hidden * hidden; // where W_hn is stored
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        if (is_stored && tensor == of_h + 1)
            return index >= 2 * hidden ? index : base::template place<2>(index / hidden, index % hidden);
        if (tensor != of_h) return base::packed_index(tensor, index);
        const size_t out = index / hidden, in = index % hidden;
        return out >= 2 * hidden ? candidate + in * hidden + out - 2 * hidden
                                 : in * 2 * hidden + base::template place<2>(out / hidden, out % hidden);
    }

    template <class Call>
    static INLAY_INLINE constexpr auto candidate_weights(const Call& call) {
        const auto w = base::weights_of_h(call);
        if constexpr (is_stored) return stored_weights<Scalar, Weight>{w.values + candidate, w.scale + 2 * hidden};
        else return w + candidate;
    }

    // Kept for backward, per sample and step: r, z, n and r ⊙ h; and the first h.
    static constexpr size_t kept = 4 * hidden;
    static constexpr size_t cache_size(size_t batch) { return batch * (steps * kept + hidden); }
    static constexpr size_t forward_scratch(size_t, bool keeps) { return 2 * gates + (keeps ? 0 : 5 * hidden); }
    static constexpr size_t backward_scratch(size_t batch) { return 2 * batch * steps * gates + 3 * hidden; }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        constexpr size_t batch = Context::batch;
        Scalar *const from_x = call.scratch, *const from_h = from_x + gates, *const from_rh = from_h + 2 * hidden,
                      *const rest = from_h + gates;
        for (size_t sample = 0; sample < batch; ++sample) {
            Scalar* const state = call.state ? call.state + sample * hidden : nullptr;
            const Scalar* h = base::template initial_state<Context>(
                call.cache + (Context::keeps ? batch * steps * kept + sample * hidden : 0), state,
                rest + (Context::keeps ? 0 : 4 * hidden));
            for (size_t t = 0; t < steps; ++t) {
                const size_t row = sample * steps + t;
                Scalar* const rz = Context::keeps ? call.cache + row * kept : rest;
                Scalar *const n_at = rz + 2 * hidden, *const rh = rz + 3 * hidden;
                Scalar* const next = call.output + row * hidden;
                base::template product_of<backend, features, gates, true>(
                    call.input + row * features, base::weights_of_x(call), call.parameters[base::bias_of_x], from_x);
                base::template product_of<backend, hidden, 2 * hidden, false>(h, base::weights_of_h(call), nullptr,
                                                                              from_h);
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, 2 * b.width>([&](auto part) INLAY_INLINE {
                        part.store(rz + b.at(2), gate(part.load(from_x + b.at(3)) + part.load(from_h + b.at(2))));
                    });
                });
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        part.store(rh + b.first, part.load(rz + b.at(2)) * part.load(h + b.first));
                    });
                });
                base::template product_of<backend, hidden, hidden, false>(rh, candidate_weights(call), nullptr,
                                                                          from_rh);
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        const auto n = Candidate::apply(part.load(from_x + b.at(3, 2)) + part.load(from_rh + b.first));
                        if constexpr (Context::keeps) part.store(n_at + b.first, n);
                        const auto z = part.load(rz + b.at(2, 1));
                        part.store(next + b.first, fma(z, part.load(h + b.first) - n, n));
                    });
                });
                h = next;
            }
            if (state) kernels::copy<hidden>(state, h);
        }
    }

    // Through time, last step first. With g = dh':
    //     dn = g·(1−z)·(1−n²)      drh = W_hnᵀ·dn      dr = drh·h·r·(1−r)      dz = g·(h−n)·z·(1−z)
    //     dh = g·z + drh·r + W_hrᵀ·dr + W_hzᵀ·dz       dx = W_iᵀ·(dr, dz, dn)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        constexpr size_t batch = Context::batch, rows = batch * steps;
        Scalar *const at_x = call.scratch, *const at_rz = at_x + rows * gates, *const at_n = at_rz + rows * 2 * hidden;
        Scalar *const carried = at_n + rows * hidden, *const dh = carried + hidden, *const drh_at = dh + hidden;
        const Scalar* const first = call.cache + rows * kept;
        for (size_t sample = 0; sample < batch; ++sample) {
            kernels::fill<hidden>(carried, Scalar(0));
            for (size_t t = steps; t-- > 0;) {
                const size_t row = sample * steps + t;
                const Scalar *const rz = call.cache + row * kept, *const n_at = rz + 2 * hidden;
                const Scalar* const before = t > 0 ? call.output + (row - 1) * hidden : first + sample * hidden;
                const Scalar* const dy = call.output_gradient + row * hidden;
                Scalar *const gx = at_x + row * gates, *const grz = at_rz + row * 2 * hidden,
                              *const gn = at_n + row * hidden;
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        using V = decltype(part.load(dy));
                        const V one(Scalar(1)), g = part.load(dy + b.first) + part.load(carried + b.first);
                        const V z = part.load(rz + b.at(2, 1)), n = part.load(n_at + b.first),
                                h = part.load(before + b.first);
                        const V dn = g * (one - z) * Candidate::slope_from_output(n);
                        const V dz = g * (h - n) * z * (one - z);
                        part.store(gx + b.at(3, 1), dz);
                        part.store(gx + b.at(3, 2), dn);
                        part.store(grz + b.at(2, 1), dz);
                        part.store(gn + b.first, dn);
                        part.store(dh + b.first, g * z);
                    });
                });
                kernels::dots<backend, hidden, hidden, hidden, start::zero>(call.parameters[1] + candidate, gn, gn,
                                                                            drh_at);
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        using V = decltype(part.load(dy));
                        const V one(Scalar(1)), drh = part.load(drh_at + b.first), r = part.load(rz + b.at(2));
                        const V dr = drh * part.load(before + b.first) * r * (one - r);
                        part.store(gx + b.at(3), dr);
                        part.store(grz + b.at(2), dr);
                        part.store(dh + b.first, fma(drh, r, part.load(dh + b.first)));
                    });
                });
                if (t > 0) {
                    kernels::dots<backend, hidden, 2 * hidden, 2 * hidden, start::accumulate>(call.parameters[1], grz,
                                                                                              grz, dh);
                    kernels::copy<hidden>(carried, dh);
                }
            }
        }
        base::template input_gradients_of<Context>(call, at_x);
        if constexpr (Context::gradients::trainable(1))
            for (size_t sample = 0; sample < batch; ++sample) {
                const size_t at = sample * steps;
                base::template recurrent_gradient<backend, 2 * hidden>(
                    first + sample * hidden, call.output + at * hidden, at_rz + at * 2 * hidden, call.gradients[1]);
                // What W_hn has seen is r ⊙ h.
                kernels::product<backend,
                                 kernels::product_shape::transposed(hidden, hidden, steps, hidden).with_a_every(kept),
                                 start::accumulate>(call.cache + at * kept + 3 * hidden, at_n + at * hidden, at_n,
                                                    call.gradients[1] + candidate);
            }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
