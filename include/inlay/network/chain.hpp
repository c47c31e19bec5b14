// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Layers one after the other: the engine of `network` and of every composite. A chain is itself a layer, so that a list
// may stand inside a list.
#pragma once

#include <inlay/network/children.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

template <class Verdict>
inline constexpr bool wants_a_larger_batch = false;
template <class At, class Layer, class Takes, class Gets>
inline constexpr bool wants_a_larger_batch<bad<needs_a_larger_batch, At, Layer, Takes, Gets>> = true;

/// True, or a compile-time error that prints the verdict.
template <class Verdict>
consteval bool has_gradient() {
    static_assert(topology::is_fit<Verdict> || wants_a_larger_batch<Verdict>,
                  "inlay: the layer named in bad<> has no gradient, so nothing before it can be trained");
    static_assert(
        !wants_a_larger_batch<Verdict>,
        "inlay: the layer named in bad<> cannot be trained on so few samples at a time: one value per channel "
        "has no variance. Take a larger batch, or freeze the layer");
    return topology::is_fit<Verdict>;
}

template <class Scalar, class In, class... Layers>
using chain_base =
    children<Scalar, In,
             typename topology::shapes_of<topology::verdict<In, Layers...>>::template get<sizeof...(Layers)>,
             typename topology::shapes_of<topology::verdict<In, Layers...>>::shapes, Layers...>;

} // namespace detail

/// Layers... one after the other on an input of shape In.
template <class Scalar, class In, class... Layers>
struct chain : detail::chain_base<Scalar, In, Layers...> {
  private:
    using base = detail::chain_base<Scalar, In, Layers...>;

  public:
    using base::count, base::tensor_count, base::tensor_starts, base::tensors, base::state_starts;
    template <size_t I>
    using bound = typename base::template bound<I>;
    template <size_t I>
    using layer = typename base::template layer<I>;
    template <size_t I>
    using input_of = typename base::template input_of<I>;
    template <size_t I>
    using output_of = typename bound<I>::output;

    /// The first layer reads the input, the last one writes the output: what they need or can do there, the chain does.
    static constexpr layer_traits traits = [] {
        layer_traits all = base::traits_of_parts();
        all.backward_needs_input = bound<0>::traits.backward_needs_input;
        all.backward_needs_output = bound<count - 1>::traits.backward_needs_output;
        all.in_place = base::all(&layer_traits::in_place);
        all.takes_epilogue = bound<count - 1>::traits.takes_epilogue;
        all.takes_slope = bound<0>::traits.takes_slope;
        return all;
    }();

    static constexpr size_t token_count = bound<0>::token_count;

    // ---- memory ------------------------------------------------------------------------------------------------------------

    struct facts_table {
        detail::layer_facts layers[count];
    };
    static constexpr facts_table facts(size_t batch, bool keeps) {
        facts_table table;
        topology::walk<0, count>([&](auto i) {
            using one = bound<i>;
            detail::layer_facts& layer = table.layers[i];
            layer.out = batch * output_of<i>::size;
            layer.cache = one::cache_size(batch);
            layer.forward_scratch = one::forward_scratch(batch, keeps);
            layer.backward_scratch = one::backward_scratch(batch);
            layer.in_place = one::traits.in_place;
            layer.needs_input = one::traits.backward_needs_input;
            layer.needs_output = one::traits.backward_needs_output;
            layer.takes_epilogue = one::traits.takes_epilogue;
            layer.elementwise = requires { typename one::function; };
        });
        return table;
    }
    template <size_t Batch, bool Keeps>
    static constexpr auto forward_memory = detail::plan_forward<Scalar>(facts(Batch, Keeps).layers, Keeps);
    template <size_t Batch>
    static constexpr auto backward_memory = detail::plan_backward<Scalar>(facts(Batch, true).layers);

    static constexpr size_t cache_size(size_t batch) {
        return detail::plan_forward<Scalar>(facts(batch, true).layers, true).cache;
    }
    static constexpr size_t forward_scratch(size_t batch, bool keeps) {
        return detail::plan_forward<Scalar>(facts(batch, keeps).layers, keeps).scratch;
    }
    static constexpr size_t backward_scratch(size_t batch) {
        return detail::plan_backward<Scalar>(facts(batch, true).layers).scratch;
    }

    // ---- forward -----------------------------------------------------------------------------------------------------------

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        topology::walk<0, count>([&](auto i) INLAY_INLINE { forward_layer<Context, i>(call); });
    }

    // ---- backward ----------------------------------------------------------------------------------------------------------

    /// The first layer whose backward has something to do: none before it has a parameter to train.
    template <class Context>
    static constexpr size_t backward_stop() {
        if (Context::input_gradient) return 0;
        size_t first = count;
        topology::walk<count, 0>([&](auto i) { first = base::template trains<Context, i>() ? size_t{i} : first; });
        return first;
    }

    /// `fits<>`, or the first layer that backward runs through although it has no gradient.
    template <class Context>
    static constexpr auto judge_gradient() {
        constexpr size_t gap = gradient_gap<Context>();
        if constexpr (gap == count) return topology::fits<>{};
        else return bad<needs_a_gradient, at_layer<gap>, which_is<layer<gap>>, takes<>, but_gets<>>{};
    }
    template <class Context>
    static constexpr bool has_gradient() {
        return gradient_gap<Context>() == count;
    }
    /// The same, or the first layer that needs more samples in a training batch.
    template <class Context>
    static constexpr auto judge_training() {
        constexpr size_t starved = starved_layer<Context>();
        if constexpr (starved == count) return judge_gradient<Context>();
        else {
            using inner = typename base::template context_in<Context, starved>;
            return bad<needs_a_larger_batch, at_layer<starved>, which_is<layer<starved>>,
                       takes<bound<starved>::template least_batch<inner>()>, but_gets<Context::batch>>{};
        }
    }

    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (detail::has_gradient<decltype(judge_gradient<Context>())>())
            topology::walk<count, backward_stop<Context>()>([&](auto i) INLAY_INLINE {
                if constexpr (!leaves_slope<Context, i>()) backward_layer<Context, i>(call);
            });
    }

    template <class Context>
    static constexpr void update_statistics(const std::array<Scalar*, tensor_count>& tensors_at, const Scalar* cache,
                                            size_t rows) {
        base::template update_children<Context>(
            tensors_at, cache, rows, [](auto i) { return forward_memory<Context::batch, true>.cache_at[i]; });
    }

  private:
    template <class Context>
    static constexpr size_t starved_layer() {
        size_t first = count;
        topology::walk<count, 0>([&](auto i) {
            using inner = typename base::template context_in<Context, i>;
            first = bound<i>::template least_batch<inner>() > Context::batch ? size_t{i} : first;
        });
        return first;
    }
    template <class Context>
    static constexpr size_t gradient_gap() {
        size_t gap = count;
        topology::walk<count, backward_stop<Context>()>([&](auto i) {
            gap = base::template child_has_gradient<backward_context<Context, i>, i>() ? gap : size_t{i};
        });
        return gap;
    }

    /// Whether the layer after activation I does the activation's part of backward too.
    template <class Context, size_t I>
    static constexpr bool leaves_slope() {
        if constexpr (I == 0 || I + 1 >= count) return false;
        else if constexpr (requires { typename bound<I>::function; })
            return bound<I>::from_output && bound<I>::traits.differentiable && bound<I + 1>::traits.takes_slope &&
                   I > backward_stop<Context>();
        else return false;
    }
    /// The activation whose slope layer I's backward multiplies in: the one before it, here or outside; or void.
    template <class Context, size_t I>
    static constexpr auto slope() {
        if constexpr (I == 0) return topology::hana::type<typename Context::slope>{};
        else if constexpr (leaves_slope<Context, I - 1>())
            return topology::hana::type<typename bound<I - 1>::function>{};
        else return topology::hana::type<void>{};
    }
    template <class Context, size_t I>
    using slope_of = typename decltype(slope<Context, I>())::type;

    /// The context of layer I in backward.
    template <class Context, size_t I>
    using backward_context = typename base::template context_in<Context, I>::template with_input_gradient<(
        I > backward_stop<Context>() ||
        (I == 0 && Context::input_gradient))>::template with_slope<slope_of<Context, I>>;

    /// The activations after layer I: where layer I wrote them.
    template <class Context, size_t I, class Internal, class Output>
    static INLAY_INLINE constexpr auto* activations(Internal* internal, Output* output) {
        constexpr auto& plan = forward_memory<Context::batch, Context::keeps>;
        constexpr size_t group = plan.group[I];
        if constexpr (group + 1 == plan.groups) return output;
        else return internal + plan.offset[group];
    }

    template <class Context, size_t I, class Call>
    static INLAY_INLINE constexpr void forward_layer(const Call& call) {
        constexpr auto& plan = forward_memory<Context::batch, Context::keeps>;
        if constexpr (!plan.fused[I]) {
            Scalar* const internal = Context::keeps ? call.cache : call.scratch;
            auto inner = base::template call_in<I, Context::batch>(call);
            if constexpr (I > 0) inner.input = activations<Context, I - 1>(internal, call.output);
            inner.output = activations<Context, I>(internal, call.output);
            inner.cache = Context::keeps ? call.cache + plan.cache_at[I] : nullptr;
            inner.scratch = call.scratch + plan.scratch_at[I];
            bound<I>::template forward<
                typename base::template context_in<Context, I>::template with_epilogue<epilogue_of<Context, I>>>(inner);
        }
    }

    /// What layer I applies to its results: the activation after it, where the plan says so; the last one the chain's.
    template <class Context, size_t I>
    static constexpr auto epilogue() {
        if constexpr (I + 1 == count) return topology::hana::type<typename Context::epilogue>{};
        else if constexpr (forward_memory<Context::batch, Context::keeps>.fused[I + 1])
            return topology::hana::type<typename bound<I + 1>::function>{};
        else return topology::hana::type<kernels::identity>{};
    }
    template <class Context, size_t I>
    using epilogue_of = typename decltype(epilogue<Context, I>())::type;

    template <class Context, size_t I>
    static INLAY_INLINE constexpr Scalar* gradients(Scalar* scratch, Scalar* output_gradient) {
        constexpr auto& plan = backward_memory<Context::batch>;
        constexpr size_t group = plan.group[I];
        if constexpr (group + 1 == plan.groups) return output_gradient;
        else return scratch + plan.offset[group];
    }

    template <class Context, size_t I, class Call>
    static INLAY_INLINE constexpr void backward_layer(const Call& call) {
        constexpr auto& plan = backward_memory<Context::batch>;
        using inner_context = backward_context<Context, I>;
        auto inner = base::template call_in<I>(call);
        if constexpr (I > 0) inner.input = activations<Context, I - 1>(call.cache, call.output);
        inner.output = activations<Context, I>(call.cache, call.output);
        inner.cache = call.cache + forward_memory<Context::batch, true>.cache_at[I];
        inner.scratch = call.scratch + plan.scratch_at[I];
        inner.output_gradient = gradients<Context, I>(call.scratch, call.output_gradient);
        if constexpr (!inner_context::input_gradient) inner.input_gradient = nullptr;
        else if constexpr (I > 0) inner.input_gradient = gradients<Context, I - 1>(call.scratch, call.output_gradient);
        base::template backward_child<inner_context, I>(inner);
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
