// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/recurrent.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

/// An option of `lstm`: h is a product of Extent values (PyTorch's proj_size), which are fewer than its units.
template <size_t Extent>
struct projection {
    static constexpr size_t extent = Extent;
};

struct needs_a_projection_smaller_than_its_units {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

template <class Option>
inline constexpr size_t projections = 0;
template <size_t Extent>
inline constexpr size_t projections<inlay::projection<Extent>> = 1;
template <class Option>
inline constexpr size_t projected_to = 0;
template <size_t Extent>
inline constexpr size_t projected_to<inlay::projection<Extent>> = Extent;

/// What options say: at most one of each kind.
template <class... Options>
struct lstm_options {
    static constexpr size_t projected = (projected_to<Options> + ... + 0);
    static constexpr bool projects = (projections<Options> + ... + 0) > 0;
    static constexpr bool valid = sizeof...(Options) == size_t{projects};
};

/// `Projected` is 0 where h is not projected.
template <class Scalar, class In, size_t Hidden, size_t Projected, class Weight = Scalar>
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
///
/// With the option `projection<n>`, n < hidden (PyTorch's proj_size; Sak, Senior and Beaufays 2014), h has n values,
///
///     h' = W_hr·(o ⊙ tanh(c'))
///
/// so the output is [time, n], weight_hh_l0 is [4·hidden, n], the state is h [n] and then c [hidden], and a fifth tensor
/// weight_hr_l0 [n, hidden] starts as the others do.
template <size_t Hidden, class... Options>
struct lstm {
    static constexpr auto name = "lstm";
    using options = detail::lstm_options<Options...>;

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (!options::valid) return refuse<has_an_option_that_is_none>{};
        else if constexpr (Hidden > 0 && options::projected >= Hidden)
            return refuse<needs_a_projection_smaller_than_its_units>{};
        else
            return detail::recurrent_rule < Hidden,
                   options::projects ? options::projected : Hidden > ::output_shape(in);
    }
    template <class Scalar, class In>
    using on = detail::lstm_on<Scalar, In, Hidden, options::projected>;
    /// With weights stored in another type: see stored_as.
    template <class Scalar, class In, class Weight>
    using on_stored = detail::lstm_on<Scalar, In, Hidden, options::projected, Weight>;
};

// Inside, the gates stand in the order i f o g, so that all sigmoids are neighbours.
template <class Scalar, class In, size_t Hidden, size_t Projected, class Weight>
struct detail::lstm_on : recurrent_on<Scalar, In, Hidden, 4, 2, std::array<size_t, 4>{0, 1, 3, 2}, Weight,
                                      (Projected > 0 ? Projected : Hidden)> {
    static constexpr bool projected = Projected > 0;
    using base = recurrent_on<Scalar, In, Hidden, 4, 2, std::array<size_t, 4>{0, 1, 3, 2}, Weight,
                              (projected ? Projected : Hidden)>;
    using base::steps, base::features, base::hidden, base::gates, base::carried, base::is_stored, base::state_size;

    static constexpr size_t of_r = base::tensors.size(); // the number of W_hr, which is stored input-major
    static constexpr size_t macs = base::macs + (projected ? steps * hidden * carried : 0);
    static constexpr auto tensors = [] {
        if constexpr (!projected) return base::tensors;
        else {
            std::array<tensor_spec, base::tensors.size() + (is_stored ? 2 : 1)> all{};
            for (size_t t = 0; t < of_r; ++t) all[t] = base::tensors[t];
            all[of_r] = tensor_spec::of("weight_hr_l0", carried, hidden).with_fans(hidden, carried, hidden);
            if constexpr (is_stored) {
                all[of_r + 1] = tensor_spec::scale_of(all[of_r]);
                all[of_r] = all[of_r].stored_as(element_type::int8);
            }
            return all;
        }
    }();
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        if (tensor < of_r) return base::packed_index(tensor, index);
        return tensor == of_r ? index % hidden * carried + index / hidden : index;
    }

    template <class Call>
    static INLAY_INLINE constexpr auto projection_of(const Call& call) {
        if constexpr (is_stored)
            return stored_weights<Scalar, Weight>{call.stored + gates * (features + carried),
                                                  call.parameters[of_r + 1]};
        else return call.parameters[of_r];
    }

    // Kept for backward, per sample and step: i, f, o, g, tanh c' and c', and o ⊙ tanh c' if it is projected; and the first
    // h and c.
    static constexpr size_t kept = (projected ? 7 : 6) * hidden, aside = (projected ? 4 : 3) * hidden;
    static constexpr size_t cache_size(size_t batch) { return batch * (steps * kept + state_size); }
    static constexpr size_t forward_scratch(size_t, bool keeps) { return 2 * gates + (keeps ? 0 : aside + state_size); }
    static constexpr size_t backward_scratch(size_t batch) {
        return batch * steps * (gates + (projected ? carried : 0)) + carried + hidden + (projected ? hidden : 0);
    }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        constexpr size_t batch = Context::batch;
        Scalar *const from_x = call.scratch, *const from_h = from_x + gates, *const rest = from_h + gates;
        for (size_t sample = 0; sample < batch; ++sample) {
            Scalar* const state = call.state ? call.state + sample * state_size : nullptr;
            Scalar* const first = base::template initial_state<Context>(
                call.cache + (Context::keeps ? batch * steps * kept + sample * state_size : 0), state,
                rest + (Context::keeps ? 0 : aside));
            const Scalar *h = first, *c = first + carried;
            for (size_t t = 0; t < steps; ++t) {
                const size_t row = sample * steps + t;
                base::template gates_of<backend>(call, call.input + row * features, h, from_x, from_h);
                Scalar* const ifo = Context::keeps ? call.cache + row * kept : rest;
                Scalar* const next_h = call.output + row * carried;
                Scalar* const next_c = Context::keeps ? ifo + 5 * hidden : first + carried;
                Scalar* const next_m = projected ? ifo + (Context::keeps ? 6 : 3) * hidden : next_h;
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
                        part.store(next_m + b.first, part.load(ifo + b.at(3, 2)) * tanh_c);
                    });
                });
                if constexpr (projected)
                    base::template product_of<backend, hidden, carried, false>(next_m, projection_of(call), nullptr,
                                                                               next_h);
                h = next_h;
                c = next_c;
            }
            if (state) {
                kernels::copy<carried>(state, h);
                if (c != state + carried) kernels::copy<hidden>(state + carried, c);
            }
        }
    }

    // Through time, last step first. With dh' = dy + what came from the step after it, and the same for dc':
    //     dc = dc' + dh'·o·(1 − tanh² c')        di = dc·g·i(1−i)    df = dc·c·f(1−f)    dg = dc·i·(1−g²)
    //     do = dh'·tanh c'·o(1−o)                and for the step before  dc·f  and  W_hᵀ·(di, df, do, dg)
    //     dx = W_iᵀ·(di, df, do, dg)                         with a projection, W_hrᵀ·dh' in place of dh' and of dh'·…
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        constexpr size_t batch = Context::batch, rows = batch * steps;
        Scalar *const at = call.scratch, *const carried_h = at + rows * gates, *const carried_c = carried_h + carried;
        [[maybe_unused]] Scalar *const dm = carried_c + hidden, *const at_r = dm + (projected ? hidden : 0);
        const Scalar* const first = call.cache + rows * kept;
        for (size_t sample = 0; sample < batch; ++sample) {
            kernels::fill<state_size>(carried_h, Scalar(0));
            for (size_t t = steps; t-- > 0;) {
                const size_t row = sample * steps + t;
                const Scalar *const ifo = call.cache + row * kept, *const g_at = ifo + 3 * hidden,
                                    *const tanh_c_at = g_at + hidden;
                const Scalar* const before =
                    t > 0 ? call.cache + (row - 1) * kept + 5 * hidden : first + sample * state_size + carried;
                const Scalar* const dy = call.output_gradient + row * carried;
                Scalar* const dgates = at + row * gates;
                if constexpr (projected) {
                    Scalar* const dh = at_r + row * carried;
                    kernels::map<backend, carried>(
                        dh, [](auto own, auto later) INLAY_INLINE { return own + later; }, dy, carried_h);
                    kernels::dots<backend, hidden, carried, carried, kernels::start::zero>(call.parameters[of_r], dh,
                                                                                           dh, dm);
                }
                base::each_block([&](auto b) INLAY_INLINE {
                    kernels::each_chunk<backend, Scalar, b.width>([&](auto part) INLAY_INLINE {
                        using V = decltype(part.load(dy));
                        const V one(Scalar(1)), dh = [&]() INLAY_INLINE {
                            if constexpr (projected) return part.load(dm + b.first);
                            else return part.load(dy + b.first) + part.load(carried_h + b.first);
                        }();
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
                    kernels::dots<backend, carried, gates, gates, kernels::start::zero>(call.parameters[1], dgates,
                                                                                        dgates, carried_h);
            }
        }
        base::template gradients_of<Context>(call, at, at,
                                             [first](size_t sample) { return first + sample * state_size; });
        if constexpr (projected && Context::gradients::trainable(of_r))
            kernels::product<backend,
                             kernels::product_shape::transposed(hidden, carried, rows, carried).with_a_every(kept),
                             kernels::start::accumulate>(call.cache + 6 * hidden, at_r, at_r, call.gradients[of_r]);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
