// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/product.hpp>
#include <inlay/layers/attention.hpp>
#include <inlay/layers/softmax.hpp>
#include <inlay/network/keep.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, class X, fixed_text Name, size_t Heads>
struct cross_attention_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_a_kept_sequence_of_as_many_features {};

/// Multi-head attention of x to a sequence m that was kept (Vaswani et al. 2017): what a decoder asks its encoder. As
/// torch.nn.MultiheadAttention with x for query, and m for key and value:
///
///     q = W_q·x + b_q    (k, v) = W_kv·m + b_kv        pₜⱼ = softmaxⱼ(qₜ·kⱼ / √(features/heads)) in every head
///     y[t] = W_out·(Σⱼ pₜⱼ·vⱼ of all heads side by side) + b_out
///
///     …, keep<"memory">, …, residual<cross_attention<"memory", 4>>, …
///
/// Shapes: x and y [time, features] or [features], m [any time, features]. Tensors as those of `self_attention`:
/// `in_proj_weight` [3·features, features] in the order q k v, `in_proj_bias`, `out_proj.weight`, `out_proj.bias`. Every step
/// sees all of m, so that `net(x, state)` is refused.
template <fixed_text Name, size_t Heads>
struct cross_attention : detail::reader<Name> {
    static constexpr auto name = "cross_attention";

    template <class In>
    static constexpr auto output_shape(In in) {
        return sequential<cross_attention>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, cross_attention>;
    template <class In, class Scope>
    static constexpr auto in_scope(In in, Scope) {
        using kept = decltype(topology::read<Name, Scope>());
        if constexpr (!topology::is_given<kept>) return kept{};
        else if constexpr (In::rank > 2) return refuse<needs_a_vector_or_a_sequence>{};
        else if constexpr (kept::shape::rank != 2 || kept::shape::last != In::last)
            return refuse<needs_a_kept_sequence_of_as_many_features, typename detail::as_takes<In>::type,
                          typename detail::as_takes<typename kept::shape>::gets>{};
        else {
            using inner = decltype(detail::attention_rule<Heads>::output_shape(in));
            if constexpr (std::is_same_v<inner, In>) return topology::given<In, typename kept::scope>{};
            else return inner{};
        }
    }
    template <class Scalar, class In, class Scope>
    using on_in =
        detail::cross_attention_on<Scalar, In, typename decltype(topology::read<Name, Scope>())::shape, Name, Heads>;
};

template <class Scalar, class In, class X, fixed_text Name, size_t Heads>
struct detail::cross_attention_on : layer_on<Scalar, In, In> {
    static constexpr size_t width = In::last, head = width / Heads, time = In::size / width, past = X::size / width;
    static constexpr std::array<outer_value, 1> outer{{{Name.view(), X::size, true, false}}};
    static constexpr size_t macs = width * width * (2 * time + 2 * past) + 2 * time * past * width;
    static constexpr layer_traits traits{.needs_whole_sequence = true};

    using query_projection = projection<Scalar, width, width>;
    using key_value_projection = projection<Scalar, width, 2 * width>;
    static constexpr std::array tensors{
        tensor_spec::of("in_proj_weight", 3 * width, width).with_fans(width, 3 * width, 0).with_xavier(),
        tensor_spec::of("in_proj_bias", 3 * width),
        tensor_spec::of("out_proj.weight", width, width).with_fans(width, width, width),
        tensor_spec::of("out_proj.bias", width)};
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        constexpr size_t square = width * width;
        if (tensor == 2 || (tensor == 0 && index < square)) return query_projection::packed_index(index);
        return tensor == 0 ? square + key_value_projection::packed_index(index - square) : index;
    }

    // Kept for backward, per sample: q, k and v, p, and what the heads gave.
    static constexpr size_t of_kv = time * width, of_p = of_kv + past * 2 * width,
                            of_heads = of_p + Heads * time * past;
    static constexpr size_t kept = of_heads + time * width;
    static constexpr size_t cache_size(size_t batch) { return batch * kept; }
    static constexpr size_t forward_scratch(size_t, bool keeps) { return head * past + (keeps ? 0 : kept); }
    // A projection's weights across; what heads gave, q, k and v, p: their gradients; v of a head across; dm.
    static constexpr size_t backward_scratch(size_t) {
        return 2 * width * width + 2 * time * width + past * 2 * width + time * past + head * past + X::size;
    }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        for (size_t n = 0; n < Context::batch; ++n) {
            Scalar *const across = call.scratch, *const q = Context::keeps ? call.cache + n * kept
                                                                           : call.scratch + head * past;
            Scalar *const kv = q + of_kv, *const heads = q + of_heads;
            query_projection::template apply<backend, time, width>(call.input + n * In::size, call.parameters[0],
                                                                   call.parameters[1], q);
            key_value_projection::template apply<backend, past, width>(
                call.outer[0].value + n * X::size, call.parameters[0] + width * width, call.parameters[1] + width, kv);
            kernels::map<backend, time * width>(
                q, [](auto v) INLAY_INLINE { return v * decltype(v)(scale); }, q);
            for (size_t h = 0; h < Heads; ++h) {
                Scalar* const p = q + of_p + h * time * past;
                kernels::transpose<backend, past, head, 2 * width, past>(kv + h * head, across);
                kernels::product<backend, shape_of(time, past, head, width, past, past), start::zero>(
                    q + h * head, across, across, p);
                for (size_t t = 0; t < time; ++t) softmax_of<backend, past>(p + t * past, p + t * past);
                kernels::product<backend, shape_of(time, head, past, past, 2 * width, width), start::zero>(
                    p, kv + width + h * head, p, heads + h * head);
            }
            query_projection::template apply<backend, time, width>(heads, call.parameters[2], call.parameters[3],
                                                                   call.output + n * In::size);
        }
    }

    // With dhₜ = W_outᵀ·dyₜ, head by head:
    //     dvⱼ = Σₜ pₜⱼ·dhₜ      dpₜⱼ = dhₜ·vⱼ      dsₜⱼ = pₜⱼ·(dpₜⱼ − Σᵢ pₜᵢ·dpₜᵢ)
    //     dqₜ = Σⱼ dsₜⱼ·kⱼ/√head      dkⱼ = Σₜ dsₜⱼ·qₜ/√head      dx = W_qᵀ·dq      dm = W_kvᵀ·(dk, dv)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        Scalar *const across = call.scratch, *const dh = across + 2 * width * width, *const dq = dh + time * width;
        Scalar *const dkv = dq + time * width, *const ds = dkv + past * 2 * width, *const v = ds + time * past;
        Scalar* const dm = v + head * past;
        for (size_t n = 0; n < Context::batch; ++n) {
            const Scalar *const q = call.cache + n * kept, *const kv = q + of_kv, *const heads = q + of_heads;
            const Scalar *const x = call.input + n * In::size, *const dy = call.output_gradient + n * In::size;
            query_projection::template input_gradient<backend, time>(dy, call.parameters[2], dh, across);
            if constexpr (Context::gradients::trainable(2))
                query_projection::template weight_gradient<backend, time>(heads, dy, call.gradients[2]);
            if constexpr (Context::gradients::trainable(3))
                query_projection::template bias_gradient<backend, time>(dy, call.gradients[3]);
            for (size_t h = 0; h < Heads; ++h) {
                const Scalar* const p = q + of_p + h * time * past;
                kernels::transpose<backend, past, head, 2 * width, past>(kv + width + h * head, v);
                kernels::product<backend, shape_of(time, past, head, width, past, past), start::zero>(dh + h * head, v,
                                                                                                      v, ds);
                for (size_t t = 0; t < time; ++t) {
                    const Scalar total = kernels::dot<backend, past>(ds + t * past, p + t * past);
                    kernels::map<backend, past>(
                        ds + t * past,
                        [total](auto g, auto weight) INLAY_INLINE { return weight * (g - decltype(g)(total)); },
                        ds + t * past, p + t * past);
                }
                kernels::product<backend, shape_of(time, head, past, past, 2 * width, width), start::zero>(
                    ds, kv + h * head, ds, dq + h * head);
                kernels::product<backend, across_of(past, head, time), start::zero>(ds, q + h * head, ds,
                                                                                    dkv + h * head);
                kernels::product<backend, across_of(past, head, time), start::zero>(p, dh + h * head, p,
                                                                                    dkv + width + h * head);
            }
            kernels::map<backend, time * width>(
                dq, [](auto g) INLAY_INLINE { return g * decltype(g)(scale); }, dq);
            const Scalar* const m = call.outer[0].value + n * X::size;
            if constexpr (Context::gradients::trainable(0)) {
                query_projection::template weight_gradient<backend, time>(x, dq, call.gradients[0]);
                key_value_projection::template weight_gradient<backend, past>(m, dkv,
                                                                              call.gradients[0] + width * width);
            }
            if constexpr (Context::gradients::trainable(1)) {
                query_projection::template bias_gradient<backend, time>(dq, call.gradients[1]);
                key_value_projection::template bias_gradient<backend, past>(dkv, call.gradients[1] + width);
            }
            if constexpr (Context::outer_gradient(0)) {
                key_value_projection::template input_gradient<backend, past>(dkv, call.parameters[0] + width * width,
                                                                             dm, across);
                kernels::add<backend, X::size>(call.outer[0].gradient + n * X::size, dm);
            }
            if constexpr (Context::input_gradient)
                query_projection::template input_gradient<backend, time>(dq, call.parameters[0],
                                                                         call.input_gradient + n * In::size, across);
        }
    }

  private:
    /// 1/√head, which q is multiplied by.
    static constexpr Scalar scale = Scalar(1) / math::sqrt(static_cast<Scalar>(head));

    /// C = A·B, rows so far apart.
    static constexpr kernels::product_shape shape_of(size_t rows, size_t columns, size_t inner, size_t a_row,
                                                     size_t b_row, size_t c_row) {
        return {.rows = rows,
                .columns = columns,
                .outer = 1,
                .inner = inner,
                .a_row = a_row,
                .a_outer = 0,
                .a_inner = 1,
                .b_row = b_row,
                .c_row = c_row};
    }
    /// C = Aᵀ·B, rows of B those of q, rows of C those of k and v.
    static constexpr kernels::product_shape across_of(size_t rows, size_t columns, size_t inner) {
        kernels::product_shape s = kernels::product_shape::transposed(rows, columns, inner, width);
        s.c_row = 2 * width;
        return s;
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
