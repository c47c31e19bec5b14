// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/product.hpp>
#include <inlay/kernels/reduce.hpp>
#include <inlay/layers/angles.hpp>
#include <inlay/layers/counter.hpp>
#include <inlay/layers/layer.hpp>
#include <inlay/layers/panels.hpp>

#include <limits>

#include <inlay/core/macros_aside.inc>

namespace inlay {

// Options of self_attention and causal_self_attention.

/// Fewer heads of keys and values than of queries (grouped-query attention, Ainslie et al. 2023; 1 is multi-query): heads
/// h·Heads/Count to (h + 1)·Heads/Count − 1 of the queries share head h of keys and values.
template <size_t Count>
struct key_value_heads {};
/// Features of one head, where that is not features/heads.
template <size_t Features>
struct head_size {};
/// Rotary position embedding (Su et al. 2021): features 2i and 2i + 1 of every query and key at position t are turned by the
/// angle t·Base^(−2i/head). As in llama, llama2.c and torchtune.
template <size_t Base = 10000>
struct rotary {};
/// The same with features i and i + head/2 as pairs, as in GPT-NeoX and in Hugging Face's transformers, llama's there included.
template <size_t Base = 10000>
struct rotary_halves {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

/// What options say: at most one of each kind.
template <class Option>
struct attention_option {
    static constexpr size_t key_value_heads = 0, head = 0, base = 0;
    static constexpr bool interleaved = false, bias = true, valid = false;
};
template <size_t Count>
struct attention_option<key_value_heads<Count>> : attention_option<void> {
    static constexpr size_t key_value_heads = Count;
    static constexpr bool valid = Count > 0;
};
template <size_t Features>
struct attention_option<head_size<Features>> : attention_option<void> {
    static constexpr size_t head = Features;
    static constexpr bool valid = Features > 0;
};
template <size_t Base>
struct attention_option<rotary<Base>> : attention_option<void> {
    static constexpr size_t base = Base;
    static constexpr bool interleaved = true, valid = Base > 0;
};
template <size_t Base>
struct attention_option<rotary_halves<Base>> : attention_option<void> {
    static constexpr size_t base = Base;
    static constexpr bool valid = Base > 0;
};
template <>
struct attention_option<without_bias> : attention_option<void> {
    static constexpr bool bias = false, valid = true;
};

template <size_t Heads, class... Options>
struct attention_options {
    static constexpr size_t key_value_option = (attention_option<Options>::key_value_heads + ... + 0),
                            key_value_heads = key_value_option > 0 ? key_value_option : Heads,
                            head_option = (attention_option<Options>::head + ... + 0),
                            base = (attention_option<Options>::base + ... + 0); ///< 0: positions turn nothing
    static constexpr bool interleaved = (attention_option<Options>::interleaved || ...),
                          bias = (attention_option<Options>::bias && ...);
    static constexpr bool valid = (attention_option<Options>::valid && ...) &&
                                  (size_t{attention_option<Options>::key_value_heads > 0} + ... + 0) <= 1 &&
                                  (size_t{attention_option<Options>::head > 0} + ... + 0) <= 1 &&
                                  (size_t{attention_option<Options>::base > 0} + ... + 0) <= 1 &&
                                  (size_t{!attention_option<Options>::bias} + ... + 0) <= 1;

    /// Features of one head.
    template <class In>
    static constexpr size_t head() {
        return head_option > 0 ? head_option : In::last / Heads;
    }
};

template <class Scalar, class In, size_t Heads, size_t Window, class Options>
struct attention_on;

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_features_that_are_a_multiple_of_the_heads {};
struct needs_heads_that_are_a_multiple_of_the_key_value_heads {};
struct needs_heads_of_an_even_size {}; ///< rotary positions turn pairs of features

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

/// The shape rule of both layers, but for the rank.
template <size_t Heads, class... Options>
struct attention_rule {
    using options = attention_options<Heads, Options...>;

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Heads == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (!options::valid) return refuse<has_an_option_that_is_none>{};
        else if constexpr (options::head_option == 0 && In::last % Heads != 0)
            return refuse<needs_features_that_are_a_multiple_of_the_heads, takes<Heads>>{};
        else if constexpr (Heads % options::key_value_heads != 0)
            return refuse<needs_heads_that_are_a_multiple_of_the_key_value_heads, takes<options::key_value_heads>,
                          but_gets<Heads>>{};
        else if constexpr (options::base > 0 && options::template head<In>() % 2 != 0)
            return refuse<needs_heads_of_an_even_size, takes<2>, but_gets<options::template head<In>()>>{};
        else return in;
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// Multi-head self-attention over a whole sequence (Vaswani et al. 2017), as torch.nn.MultiheadAttention with one input for
/// query, key and value:
///
///     (q, k, v) = W_in·x + b_in        pₜⱼ = softmaxⱼ(qₜ·kⱼ / √(features/heads)) in every head
///     y[t] = W_out·(Σⱼ pₜⱼ·vⱼ of all heads side by side) + b_out
///
/// Shapes: x and y [time, features]; every head has features/heads of them. Tensors `in_proj_weight` [3·features, features]
/// in the order q k v, xavier_uniform at the start, `in_proj_bias` [3·features], 0, `out_proj.weight` [features, features],
/// uniform(±1/√features), and `out_proj.bias` [features], 0. Every step sees every other one, so the layer cannot stream:
/// `net(x, state)` is refused.
///
/// Options, in any order: `key_value_heads<count>`, `head_size<features>`, `rotary<base>` or `rotary_halves<base>`,
/// `without_bias`. In general in_proj_weight is [(heads + 2·key_value_heads)·head, features], the rows of q, k and v one
/// after the other (llama's wq, wk and wv), and out_proj.weight [features, heads·head].
template <size_t Heads, class... Options>
struct self_attention {
    static constexpr auto name = "self_attention";

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Heads > 0 && In::rank != 2) return refuse<needs_a_sequence_of_time_features>{};
        else return detail::attention_rule<Heads, Options...>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = detail::attention_on<Scalar, In, Heads, 0, detail::attention_options<Heads, Options...>>;
};

/// `self_attention` in which step t sees the last `Window` steps only, itself included: t − Window + 1 to t. A window as
/// long as the longest sequence is the usual causal mask, a shorter one sliding-window attention. It takes the same options.
///
/// A vector [features] is one time step. `net(x, state)` goes on where the call before left off: keys and values of the last
/// `Window` steps are kept in the state, 2·Window·key_value_heads·head scalars, keys rounded up to 16 steps, and a counter; with
/// rotary positions one more, for the position. A sequence in one call, in blocks and step by step has the same bits.
template <size_t Heads, size_t Window, class... Options>
struct causal_self_attention {
    static constexpr auto name = "causal_self_attention";

    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Window == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (Heads > 0 && In::rank > 2) return refuse<needs_a_vector_or_a_sequence>{};
        else return detail::attention_rule<Heads, Options...>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = detail::attention_on<Scalar, In, Heads, Window, detail::attention_options<Heads, Options...>>;
};

namespace detail {

/// W·x + b for the rows of a sequence, every sum in one run from its bias on, so that one row alone has the bits that it
/// has among others.
template <class Scalar, size_t Inputs, size_t Outputs>
struct projection {
    template <size_t, size_t Panel>
    struct strips {
        static constexpr size_t width = kernels::strip_width<Scalar>(1, Panel);
    };
    using layout = panels<Inputs, Outputs, strips>;

    static constexpr size_t packed_index(size_t index) { return layout::offset(index % Inputs, index / Inputs); }

    /// y[r] = W·x[r] + b; rows of x start every XRow values, those of y follow each other.
    template <class Backend, size_t Rows, size_t XRow, bool Bias = true>
    static INLAY_INLINE constexpr void apply(const Scalar* x, const Scalar* w, const Scalar* b, Scalar* y) {
        layout::each([&](auto block) INLAY_INLINE {
            if constexpr (Rows == 1)
                kernels::matvec<Backend, Inputs, block.width, block.width, 1, Bias>(x, w + block.offset(),
                                                                                    b + block.first, y + block.first);
            else
                kernels::product<Backend,
                                 kernels::product_shape{.rows = Rows,
                                                        .columns = block.width,
                                                        .outer = 1,
                                                        .inner = Inputs,
                                                        .a_row = XRow,
                                                        .a_outer = 0,
                                                        .a_inner = 1,
                                                        .b_row = block.width,
                                                        .c_row = Outputs},
                                 Bias ? kernels::start::bias : kernels::start::zero>(x, w + block.offset(),
                                                                                     b + block.first, y + block.first);
        });
    }
    /// dx[r] = Wᵀ·dy[r]; `across` is room for Inputs · Outputs scalars.
    template <class Backend, size_t Rows>
    static constexpr void input_gradient(const Scalar* dy, const Scalar* w, Scalar* dx, Scalar* across) {
        layout::template transpose<Backend>(w, across);
        kernels::product<Backend, kernels::product_shape::plain(Rows, Inputs, Outputs, Inputs), kernels::start::zero>(
            dy, across, dy, dx);
    }
    /// dW += Σᵣ dy[r]·x[r]ᵀ
    template <class Backend, size_t Rows>
    static constexpr void weight_gradient(const Scalar* x, const Scalar* dy, Scalar* dw) {
        layout::each([&](auto block) INLAY_INLINE {
            kernels::product<Backend, kernels::product_shape::transposed(Inputs, block.width, Rows, Outputs),
                             kernels::start::accumulate>(x, dy + block.first, dy, dw + block.offset());
        });
    }
    /// db += Σᵣ dy[r]
    template <class Backend, size_t Rows>
    static constexpr void bias_gradient(const Scalar* dy, Scalar* db) {
        kernels::column_sums<Backend, Rows, Outputs, kernels::start::accumulate>(dy, db);
    }
};

} // namespace detail

template <class Scalar, class In, size_t Heads, size_t Window, class Options>
struct detail::attention_on : layer_on<Scalar, In, In> {
    static constexpr size_t time = In::size / In::last, width = In::last, head = Options::template head<In>();
    static constexpr size_t queries = Heads * head, keys = Options::key_value_heads * head;
    static constexpr size_t all = queries + 2 * keys; // q, k and v of one step
    static constexpr bool bias = Options::bias, turns = Options::base > 0;
    static constexpr bool causal = Window > 0;
    static constexpr size_t span = causal ? Window : time; // steps that one step sees at most
    static constexpr size_t lanes = 16;                    // weights of neighbouring steps are worked on together
    static constexpr size_t row = round_up(span, lanes);   // the weights of one step and head
    static constexpr size_t widest = all;                  // q, k and v
    static constexpr size_t macs = time * (width * (all + queries) + 2 * queries * (span < time ? span : time));
    static constexpr layer_traits traits{.needs_whole_sequence = !causal, .same_bits_in_blocks = causal};

    using in_projection = projection<Scalar, width, all>;
    using out_projection = projection<Scalar, queries, width>;
    // Numbers of the tensors.
    static constexpr size_t of_out = bias ? 2 : 1;
    static constexpr auto tensors = [] {
        constexpr auto in = tensor_spec::of("in_proj_weight", all, width).with_fans(width, all, 0).with_xavier();
        constexpr auto out = tensor_spec::of("out_proj.weight", width, queries).with_fans(queries, width, queries);
        if constexpr (bias)
            return std::array{in, tensor_spec::of("in_proj_bias", all), out, tensor_spec::of("out_proj.bias", width)};
        else return std::array{in, out};
    }();
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        if (tensor == 0) return in_projection::packed_index(place(index / width) * width + index % width);
        if (tensor == of_out) return out_projection::packed_index(index);
        return bias && tensor == 1 ? place(index) : index;
    }
    /// Where row `of_in` of W_in lies among them: pairs that are turned together lie half a head apart, whatever the convention,
    /// which changes no product of q and k.
    static constexpr size_t place(size_t of_in) {
        if (!Options::interleaved || of_in >= queries + keys) return of_in;
        const size_t feature = of_in % head;
        return of_in - feature + feature / 2 + feature % 2 * (head / 2);
    }

    /// Keys and values of the last steps. Keys are stored as [features][Capacity rounded up], so that neighbouring steps are held in
    /// lanes; values as [Capacity][features]: those of all heads.
    template <size_t Capacity>
    struct ring {
        static constexpr size_t key_row = round_up(Capacity, lanes);
        static constexpr size_t size = keys * key_row + Capacity * keys;

        Scalar* all_keys;
        size_t next = 0, filled = 0; ///< where the next step goes, and how many are there

        INLAY_INLINE constexpr Scalar* values() const { return all_keys + keys * key_row; }
        INLAY_INLINE constexpr size_t oldest() const { return filled < Capacity ? 0 : next; }
        INLAY_INLINE constexpr size_t place(size_t step) const { // of the steps that are there, the oldest is 0
            const size_t at = oldest() + step;
            return at < Capacity ? at : at - Capacity;
        }
        INLAY_INLINE constexpr void take(const Scalar* key, const Scalar* value) {
            for (size_t c = 0; c < keys; ++c) all_keys[c * key_row + next] = key[c];
            kernels::copy<keys>(values() + next * keys, value);
            next = next + 1 == Capacity ? 0 : next + 1;
            if (filled < Capacity) ++filled;
        }
    };
    static constexpr size_t own = span < time ? span : time; // steps of a call that are seen together
    using own_ring = ring<own>;
    using long_ring = ring<span>;
    // A ring, its counter, and the position of the next step.
    static constexpr size_t state_size = causal ? long_ring::size + 1 + turns : 0;

    /// The ring in a state. Its counter runs up to the capacity, and from then on round and round above it.
    static INLAY_INLINE constexpr long_ring ring_in(Scalar* state) {
        const size_t count = counter(state + long_ring::size);
        if (count < span) return {state, count, count};
        return count < 2 * span ? long_ring{state, count - span, span} : long_ring{state};
    }
    static INLAY_INLINE constexpr void keep_ring(const long_ring& ring, Scalar* state) {
        set_counter(state + long_ring::size, ring.filled < span ? ring.filled : span + ring.next);
    }

    // Kept for backward, per sample: q k v of all steps, what the heads gave, the weights pₜ; and of a causal layer keys and
    // values of the steps before the first, [span][k, v], with their number, and the position of the first.
    static constexpr size_t past = causal ? 2 * span * keys + 1 + turns : 0;
    static constexpr size_t kept = time * (all + queries + Heads * row) + past;
    static constexpr size_t cache_size(size_t batch) { return batch * kept; }
    static constexpr size_t angles = turns ? head : 0; // cosines and sines of one step
    static constexpr size_t forward_scratch(size_t, bool keeps) {
        return (keeps ? 0 : time * all) + own_ring::size + 2 * row + angles;
    }
    static constexpr size_t backward_scratch(size_t) { return width * all + time * (queries + all) + 3 * row + angles; }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        for (size_t n = 0; n < Context::batch; ++n) {
            Scalar* const state = causal && call.state ? call.state + n * state_size : nullptr;
            Scalar* const cache = Context::keeps ? call.cache + n * kept : nullptr;
            Scalar* const room = call.scratch + (Context::keeps ? 0 : time * all);
            if (causal && state) {
                auto ring = ring_in(state);
                const size_t position = turns ? counter(state + state_size - 1) : 0;
                if constexpr (Context::keeps) keep_past(ring, position, cache + kept - past);
                sequence<Context>(call, n, ring, position, cache, room + own_ring::size);
                keep_ring(ring, state);
                if constexpr (turns) set_counter(state + state_size - 1, position + time);
            } else {
                own_ring ring{room};
                kernels::fill<keys * own_ring::key_row>(room, Scalar(0));
                if constexpr (Context::keeps && causal)
                    for (size_t i = 0; i < size_t{1} + turns; ++i) set_counter(cache + kept - 1 - i, 0);
                sequence<Context>(call, n, ring, 0, cache, room + own_ring::size);
            }
        }
    }

    // With dhₜ = W_outᵀ·dyₜ, head by head:
    //     dvⱼ = Σₜ pₜⱼ·dhₜ      dpₜⱼ = dhₜ·vⱼ      dsₜⱼ = pₜⱼ·(dpₜⱼ − Σᵢ pₜᵢ·dpₜᵢ)
    //     dqₜ = Σⱼ dsₜⱼ·kⱼ/√head      dkⱼ = Σₜ dsₜⱼ·qₜ/√head      dx = W_inᵀ·(dq, dk, dv)
    // summed over the heads of queries that share k and v; dq and dk turned back by their positions' angles.
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        Scalar *const across = call.scratch, *const from_heads = across + width * all;
        Scalar *const dqkv = from_heads + time * queries, *const weights = dqkv + time * all;
        for (size_t n = 0; n < Context::batch; ++n) {
            const Scalar *const qkv = call.cache + n * kept, *const heads = qkv + time * all;
            const Scalar *const p = heads + time * queries, *const before = call.cache + (n + 1) * kept - past;
            const Scalar *const x = call.input + n * In::size, *const dy = call.output_gradient + n * In::size;
            out_projection::template input_gradient<backend, time>(dy, call.parameters[of_out], from_heads, across);
            kernels::fill<time * all>(dqkv, Scalar(0));
            for (size_t t = 0; t < time; ++t)
                for (size_t h = 0; h < Heads; ++h)
                    step_back<backend>(t, h, qkv, before, p + (t * Heads + h) * row,
                                       from_heads + t * queries + h * head, dqkv, weights);
            if constexpr (turns) {
                const size_t position = causal ? counter(before + past - 1) : 0;
                for (size_t t = 0; t < time; ++t) turn<backend, true>(dqkv + t * all, position + t, weights + 3 * row);
            }
            if constexpr (Context::gradients::trainable(0))
                in_projection::template weight_gradient<backend, time>(x, dqkv, call.gradients[0]);
            if constexpr (bias && Context::gradients::trainable(1))
                in_projection::template bias_gradient<backend, time>(dqkv, call.gradients[1]);
            if constexpr (Context::gradients::trainable(of_out))
                out_projection::template weight_gradient<backend, time>(heads, dy, call.gradients[of_out]);
            if constexpr (bias && Context::gradients::trainable(of_out + 1))
                out_projection::template bias_gradient<backend, time>(dy, call.gradients[of_out + 1]);
            if constexpr (Context::input_gradient)
                in_projection::template input_gradient<backend, time>(dqkv, call.parameters[0],
                                                                      call.input_gradient + n * In::size, across);
        }
    }

  private:
    /// 1/√head, which q is multiplied by.
    static constexpr Scalar scale = Scalar(1) / math::sqrt(static_cast<Scalar>(head));

    /// The bias of the projections, or a pointer that nobody follows.
    template <size_t Tensor, class Call>
    static INLAY_INLINE constexpr const Scalar* bias_in(const Call& call) {
        if constexpr (bias) return call.parameters[Tensor];
        else return call.parameters[0];
    }

    /// Turns q and k of all heads by the angles of a position, or back. `room` is for one head.
    template <class Backend, bool Back>
    static INLAY_INLINE constexpr void turn(Scalar* qk, size_t position, Scalar* room) {
        constexpr size_t half = head / 2;
        for (size_t i = 0; i < half; ++i) {
            const auto at = on_circle<Scalar>(turns_of<Options::base, head>[i] * position);
            room[i] = at.cosine;
            room[half + i] = Back ? -at.sine : at.sine;
        }
        for (size_t h = 0; h < queries + keys; h += head)
            kernels::each_chunk<Backend, Scalar, half>([&](auto part) INLAY_INLINE {
                const auto a = part.load(qk + h), b = part.load(qk + h + half);
                const auto c = part.load(room), s = part.load(room + half);
                part.store(qk + h, fma(a, c, -(b * s)));
                part.store(qk + h + half, fma(a, s, b * c));
            });
    }

    /// Sample n: its steps one after the other, what they may see being in `ring`.
    template <class Context, class Call, class Ring>
    static INLAY_INLINE constexpr void sequence(const Call& call, size_t n, Ring& ring,
                                                [[maybe_unused]] size_t position, Scalar* cache, Scalar* room) {
        using backend = typename Context::backend;
        Scalar* const qkv = Context::keeps ? cache : call.scratch;
        in_projection::template apply<backend, time, width, bias>(call.input + n * In::size, call.parameters[0],
                                                                  bias_in<1>(call), qkv);
        if constexpr (turns)
            for (size_t t = 0; t < time; ++t) turn<backend, false>(qkv + t * all, position + t, room + 2 * row);
        if constexpr (!causal)
            for (size_t t = 0; t < time; ++t) ring.take(qkv + t * all + queries, qkv + t * all + queries + keys);
        // What the heads give takes the place of q where nobody asks for q again.
        Scalar* const heads = Context::keeps ? cache + time * all : qkv;
        constexpr size_t heads_row = Context::keeps ? queries : all;
        for (size_t t = 0; t < time; ++t) {
            Scalar* const q = qkv + t * all;
            if constexpr (causal) ring.take(q + queries, q + queries + keys);
            kernels::map<backend, queries>(
                q, [](auto v) INLAY_INLINE { return v * decltype(v)(scale); }, q);
            for (size_t h = 0; h < Heads; ++h) {
                Scalar* const p = Context::keeps ? cache + time * (all + queries) + (t * Heads + h) * row : room + row;
                weights<backend>(ring, q + h * head, shared(h), room, p);
                weighted_sum<backend>(
                    p, ring.filled,
                    [&](size_t j) INLAY_INLINE { return ring.values() + ring.place(j) * keys + shared(h) * head; },
                    heads + t * heads_row + h * head);
            }
        }
        out_projection::template apply<backend, time, heads_row, bias>(
            heads, call.parameters[of_out], bias_in<of_out + 1>(call), call.output + n * In::size);
    }

    /// The head of keys and values that head h of the queries looks at.
    static INLAY_INLINE constexpr size_t shared(size_t h) { return h / (Heads / Options::key_value_heads); }

    /// p[j] = softmaxⱼ(q·k[j]) over the steps in the ring, the oldest first; 0 after them up to a multiple of `lanes`.
    template <class Backend, class Ring>
    static INLAY_INLINE constexpr void weights(const Ring& ring, const Scalar* q, size_t h, Scalar* room, Scalar* p) {
        const size_t count = ring.filled, oldest = ring.oldest();
        Scalar* const scores = oldest == 0 ? p : room; // in the order in which they are stored in the ring
        const Scalar* const of_head = ring.all_keys + h * head * Ring::key_row;
        size_t at = 0;
        if constexpr (Ring::key_row >= 2 * lanes)
            for (; at + lanes < count; at += 2 * lanes) {
                if (at + 2 * lanes > Ring::key_row) break;
                kernels::matvec<Backend, head, 2 * lanes, Ring::key_row, 1, false>(q, of_head + at, q, scores + at);
            }
        for (; at < count; at += lanes)
            kernels::matvec<Backend, head, lanes, Ring::key_row, 1, false>(q, of_head + at, q, scores + at);
        if (oldest > 0) // a full ring
            for (size_t j = 0; j < count; ++j) p[j] = scores[ring.place(j)];
        const size_t end = round_up(count, lanes);
        for (size_t j = count; j < end; ++j) p[j] = -std::numeric_limits<Scalar>::infinity();

        Scalar run[lanes];
        kernels::copy<lanes>(run, p);
        for (size_t j = lanes; j < end; j += lanes)
            kernels::map<Backend, lanes>(
                run, [](auto a, auto b) INLAY_INLINE { return select(a > b, a, b); }, run, p + j);
        const Scalar most = kernels::maximum<Backend, lanes>(run);
        kernels::fill<lanes>(run, Scalar(0));
        for (size_t j = 0; j < end; j += lanes) {
            kernels::map<Backend, lanes>(
                p + j, [most](auto s) INLAY_INLINE { return math::exp(s - decltype(s)(most)); }, p + j);
            kernels::add<Backend, lanes>(run, p + j);
        }
        const Scalar share = Scalar(1) / kernels::sum<Backend, lanes>(run);
        for (size_t j = 0; j < end; j += lanes)
            kernels::map<Backend, lanes>(
                p + j, [share](auto e) INLAY_INLINE { return e * decltype(e)(share); }, p + j);
    }

    /// to[c] = Σⱼ p[j] · at(j)[c] for the features of a head; j in four partial sums, number j mod 4.
    template <class Backend, class At>
    static INLAY_INLINE constexpr void weighted_sum(const Scalar* p, size_t count, At at, Scalar* to) {
        kernels::each_chunk<Backend, Scalar, head>([&](auto part) INLAY_INLINE {
            using V = decltype(part.load(to));
            V sums[4] = {V(Scalar(0)), V(Scalar(0)), V(Scalar(0)), V(Scalar(0))};
            size_t j = 0;
            for (; j + 4 <= count; j += 4)
                kernels::unroll<4>([&](auto s)
                                       INLAY_INLINE { sums[s] = fma(V(p[j + s]), part.load(at(j + s)), sums[s]); });
            for (size_t s = 0; j < count; ++s, ++j) sums[s] = fma(V(p[j]), part.load(at(j)), sums[s]);
            part.store(to, (sums[0] + sums[2]) + (sums[1] + sums[3]));
        });
    }

    /// The steps in the ring of a state, oldest first, each k and v, and their number; the position of the next.
    static constexpr void keep_past(const long_ring& ring, [[maybe_unused]] size_t position, Scalar* to) {
        for (size_t j = 0; j < ring.filled; ++j) {
            const size_t at = ring.place(j);
            for (size_t c = 0; c < keys; ++c) to[j * 2 * keys + c] = ring.all_keys[c * long_ring::key_row + at];
            kernels::copy<keys>(to + j * 2 * keys + keys, ring.values() + at * keys);
        }
        set_counter(to + 2 * span * keys, ring.filled);
        if constexpr (turns) set_counter(to + 2 * span * keys + 1, position);
    }

    /// What step t of head h gives to dq, dk and dv.
    template <class Backend>
    static INLAY_INLINE constexpr void step_back(size_t t, size_t h, const Scalar* qkv, const Scalar* before,
                                                 const Scalar* p, const Scalar* dh, Scalar* dqkv, Scalar* room) {
        const size_t earlier = causal ? counter(before + 2 * span * keys) : 0;
        const size_t seen = causal ? earlier + t + 1 : time, count = seen < span ? seen : span;
        const size_t first = seen - count; // of the steps before and of this call, counted through
        // Key (0) or value (1) of the j-th step that t sees.
        const auto of = [&](size_t j, size_t which) INLAY_INLINE {
            const size_t step = first + j, at = which * keys + shared(h) * head;
            return step < earlier ? before + step * 2 * keys + at : qkv + (step - earlier) * all + queries + at;
        };
        Scalar *const dp = room, *const ds = room + row;
        const size_t end = round_up(count, lanes);
        for (size_t j = 0; j < count; ++j) dp[j] = kernels::dot<Backend, head>(dh, of(j, 1));
        for (size_t j = count; j < end; ++j) dp[j] = Scalar(0);
        Scalar run[lanes]{};
        for (size_t j = 0; j < end; j += lanes)
            kernels::map<Backend, lanes>(
                run, [](auto sum, auto a, auto b) INLAY_INLINE { return fma(a, b, sum); }, run, p + j, dp + j);
        const Scalar total = kernels::sum<Backend, lanes>(run);
        for (size_t j = 0; j < end; j += lanes)
            kernels::map<Backend, lanes>(
                ds + j, [total](auto weight, auto g) INLAY_INLINE { return weight * (g - decltype(g)(total)); }, p + j,
                dp + j);
        Scalar* const dq = dqkv + t * all + h * head;
        weighted_sum<Backend>(
            ds, count, [&](size_t j) INLAY_INLINE { return of(j, 0); }, dq);
        kernels::map<Backend, head>(
            dq, [](auto v) INLAY_INLINE { return v * decltype(v)(scale); }, dq);
        const Scalar* const q = qkv + t * all + h * head; // scaled
        for (size_t j = first < earlier ? earlier - first : 0; j < count; ++j) {
            Scalar* const dk = dqkv + (first + j - earlier) * all + queries + shared(h) * head;
            const auto add = [](Scalar factor) {
                return [factor](auto sum, auto v) INLAY_INLINE { return fma(decltype(v)(factor), v, sum); };
            };
            kernels::map<Backend, head>(dk, add(ds[j]), dk, q);
            kernels::map<Backend, head>(dk + keys, add(p[j]), dk + keys, dh);
        }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
