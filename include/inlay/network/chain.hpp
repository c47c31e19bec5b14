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
consteval bool is_differentiable() {
    static_assert(topology::is_fit<Verdict> || wants_a_larger_batch<Verdict>,
                  "inlay: the layer named in bad<> has no gradient, so nothing before it can be trained");
    static_assert(
        !wants_a_larger_batch<Verdict>,
        "inlay: the layer named in bad<> cannot be trained on so few samples at a time: one value per channel "
        "has no variance. Take a larger batch, or freeze the layer");
    return topology::is_fit<Verdict>;
}

/// The shapes between layers, and the inputs of layers as `children` takes them.
template <bool Names, class In, class Scope, class... Layers>
struct chain_shapes : topology::shapes_of<topology::verdict<In, Layers...>> {
    using inputs = typename chain_shapes::shapes;
};
template <class In, class Scope, class... Layers>
struct chain_shapes<true, In, Scope, Layers...>
    : topology::shapes_of<typename topology::naming_list<In, Scope, Layers...>::verdict> {
    using names = typename topology::naming_list<In, Scope, Layers...>::part;
    using inputs = topology::inputs_in_scopes<typename chain_shapes::shapes, typename names::scopes, names>;
};

/// Room for what layer I of a chain gives, where that is no scalars.
template <class Chain, size_t Batch, size_t I, class Element = typename Chain::template output_element<I>>
struct boundary_buffer {
    std::array<Element, Batch * Chain::template output_of<I>::size> values{};
};
template <class Chain, size_t Batch, size_t I>
struct boundary_buffer<Chain, Batch, I, typename Chain::scalar_type> {};
template <class Chain, size_t Batch, class = std::make_index_sequence<Chain::count>>
struct boundary_buffers;
template <class Chain, size_t Batch, size_t... I>
struct boundary_buffers<Chain, Batch, std::index_sequence<I...>> : boundary_buffer<Chain, Batch, I>... {
    template <size_t J>
    constexpr auto* of() {
        return static_cast<boundary_buffer<Chain, Batch, J>&>(*this).values.data();
    }
};

template <class Scalar, class In, class Scope, class... Layers>
using chain_base =
    children<Scalar, In,
             typename chain_shapes<(uses_names<Layers> || ...), In, Scope, Layers...>::template get<sizeof...(Layers)>,
             typename chain_shapes<(uses_names<Layers> || ...), In, Scope, Layers...>::inputs, Layers...>;

} // namespace detail

/// Layers... one after the other on an input of shape In, where the names of Scope are visible.
template <class Scalar, class In, class Scope, class... Layers>
struct chain_in_scope : detail::chain_base<Scalar, In, Scope, Layers...> {
  private:
    using base = detail::chain_base<Scalar, In, Scope, Layers...>;

  public:
    using base::count, base::tensor_count, base::tensor_starts, base::tensors, base::state_starts;
    static constexpr bool uses_names = base::uses_names;
    static constexpr auto& own = base::own;
    static constexpr size_t outer_count = base::outer.size();
    template <size_t I>
    using bound = typename base::template bound<I>;
    template <size_t I>
    using layer = typename base::template layer<I>;
    template <size_t I>
    using input_of = typename base::template input_of<I>;
    template <size_t I>
    using output_of = typename bound<I>::output;
    template <size_t I>
    using output_element = typename base::template output_element<I>;

    // ---- memory ------------------------------------------------------------------------------------------------------------

    struct facts_table {
        detail::layer_facts layers[count];
    };
    static constexpr facts_table facts(size_t batch, bool keeps) {
        facts_table table;
        topology::walk<0, count>([&](auto i) {
            using one = bound<i>;
            detail::layer_facts& layer = table.layers[i];
            layer.out = detail::room_for<Scalar, typename base::template output_element<i>>(batch * output_of<i>::size);
            layer.gradient = batch * output_of<i>::size;
            layer.cache = one::cache_size(batch);
            layer.forward_scratch = one::forward_scratch(batch, keeps);
            layer.backward_scratch = one::backward_scratch(batch);
            layer.in_place =
                one::traits.in_place &&
                std::is_same_v<typename base::template input_element<i>, typename base::template output_element<i>>;
            layer.needs_input = one::traits.backward_needs_input;
            layer.needs_output = one::traits.backward_needs_output;
            layer.takes_epilogue = one::traits.takes_epilogue;
            layer.elementwise = requires { typename one::function; };
            if constexpr (uses_names) {
                layer.gives_input = one::traits.gives_input;
                layer.gives_outer = one::traits.gives_outer;
                if constexpr (one::traits.gives_outer) {
                    constexpr size_t place = base::template outer_places<i>[0];
                    layer.outer = place < outer_count ? own.size() + place : place - outer_count;
                }
            }
        });
        return table;
    }

  private:
    struct names_table {
        detail::name_facts names[own.size() + 1];
    };
    /// What the plan needs to know of the list's own names.
    static constexpr names_table names(size_t batch) {
        names_table table;
        for (size_t n = 0; n < own.size(); ++n) {
            table.names[n].size = batch * own[n].size;
            table.names[n].sum = own[n].sum;
            table.names[n].start = count;
        }
        topology::walk<0, count>([&](auto i) {
            for (size_t k = 0; k < bound<i>::outer.size(); ++k) {
                if (base::template outer_places<i>[k] < outer_count) continue;
                detail::name_facts& name = table.names[base::template outer_places<i>[k] - outer_count];
                if (bound<i>::outer[k].reads) name.last_read = i;
                if (!bound<i>::outer[k].writes) continue;
                if (name.start == count) name.start = i;
                name.last_write = i;
            }
        });
        return table;
    }
    static constexpr auto plan_of_forward(size_t batch, bool keeps) {
        if constexpr (uses_names)
            return detail::plan_forward<Scalar, own.size()>(facts(batch, keeps).layers, names(batch).names, keeps);
        else return detail::plan_forward<Scalar>(facts(batch, keeps).layers, keeps);
    }
    static constexpr auto plan_of_backward(size_t batch) {
        if constexpr (uses_names)
            return detail::plan_backward<Scalar, own.size()>(facts(batch, true).layers, names(batch).names);
        else return detail::plan_backward<Scalar>(facts(batch, true).layers);
    }

    /// Whether backward reads the list's input, or its output.
    static constexpr bool reads_back(detail::location::memory memory) {
        const auto plan = plan_of_forward(1, true);
        const auto table = facts(1, true);
        bool found = false;
        for (size_t i = 0; i < count; ++i) {
            found = found || (table.layers[i].needs_input && plan.value[i].in == memory);
            found = found || (table.layers[i].needs_output && plan.value[i + 1].in == memory);
        }
        for (size_t n = 0; n < own.size(); ++n) found = found || plan.name[n].in == memory;
        return found;
    }

    /// Whether something else than scalars goes from one layer to the next.
    static constexpr bool has_other_elements = [] {
        bool found = false;
        topology::walk<0, count - 1>([&](auto i) { found = found || !std::is_same_v<output_element<i>, Scalar>; });
        return found;
    }();

  public:
    /// The first layer reads the input, the last one writes the output: what they need or can do there, the chain does.
    static constexpr layer_traits traits = [] {
        layer_traits all = base::traits_of_parts();
        all.takes_epilogue = bound<count - 1>::traits.takes_epilogue;
        all.takes_slope = bound<0>::traits.takes_slope;
        if constexpr (!uses_names) {
            all.backward_needs_input = bound<0>::traits.backward_needs_input;
            all.backward_needs_output = bound<count - 1>::traits.backward_needs_output;
            all.in_place = base::all(&layer_traits::in_place);
        } else {
            all.backward_needs_input = reads_back(detail::location::memory::input);
            all.backward_needs_output = reads_back(detail::location::memory::output);
            all.ignores_input = bound<0>::traits.ignores_input;
        }
        return all;
    }();

    static constexpr size_t token_count = bound<0>::token_count;

    template <size_t Batch, bool Keeps>
    static constexpr auto forward_memory = plan_of_forward(Batch, Keeps);
    template <size_t Batch>
    static constexpr auto backward_memory = plan_of_backward(Batch);

    static constexpr size_t cache_size(size_t batch) { return plan_of_forward(batch, true).cache; }
    static constexpr size_t forward_scratch(size_t batch, bool keeps) { return plan_of_forward(batch, keeps).scratch; }
    static constexpr size_t backward_scratch(size_t batch) { return plan_of_backward(batch).scratch; }

    // ---- forward -----------------------------------------------------------------------------------------------------------

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        if constexpr (has_other_elements) {
            if (std::is_constant_evaluated()) { // which does not take bytes of scalars for something else
                detail::boundary_buffers<chain_in_scope, Context::batch> buffers;
                topology::walk<0, count>([&](auto i) { forward_layer<Context, i>(call, &buffers); });
                return;
            }
        }
        topology::walk<0, count>([&](auto i) INLAY_INLINE { forward_layer<Context, i>(call, nullptr); });
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
        if constexpr (detail::is_differentiable<decltype(judge_gradient<Context>())>())
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
    /// Which of the list's own names want their gradient: those with something to do back for before them.
    template <class Context>
    static constexpr std::uint64_t own_gradients() {
        const names_table table = names(1);
        const size_t stop = backward_stop<Context>();
        std::uint64_t wanted = 0;
        for (size_t n = 0; n < own.size(); ++n) {
            const detail::name_facts& name = table.names[n];
            if (Context::input_gradient || (name.sum ? name.last_write >= stop : name.start > stop))
                wanted |= std::uint64_t{1} << n;
        }
        return wanted;
    }

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
            using inner = backward_context<Context, i>;
            constexpr bool real = std::is_same_v<typename base::template input_element<i>, Scalar>;
            constexpr bool reaches = real || i == 0 || !inner::input_gradient; // integers have no gradient
            gap = reaches && base::template child_has_gradient<inner, i>() ? gap : size_t{i};
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

    template <class Context, size_t I>
    static constexpr std::uint64_t outer_gradients() {
        if constexpr (!uses_names) return 0;
        else return base::template outer_gradients<Context, I>(own_gradients<Context>());
    }
    /// The context of layer I in backward.
    template <class Context, size_t I>
    using backward_context = typename base::template context_in<Context, I>::template with_input_gradient<(
        I > backward_stop<Context>() || (I == 0 && Context::input_gradient))>::
        template with_outer_gradients<outer_gradients<Context, I>()>::template with_slope<slope_of<Context, I>>;

    template <class Element>
    static constexpr bool is_wide_integer = std::is_integral_v<Element> && sizeof(Element) > 1;
    /// Whether what layer I gives the next one is not scalars.
    template <size_t I>
    static constexpr bool gives_other_elements = !std::is_same_v<output_element<I>, Scalar>;

    /// Memory of a list as what layer I gives. In constant expressions only scalars have some; a backward pass there finds
    /// null.
    template <size_t I, class Internal, class Buffers>
    static INLAY_INLINE constexpr auto* as_output(Internal* memory, [[maybe_unused]] Buffers buffers) {
        using element = std::conditional_t<std::is_const_v<Internal>, const output_element<I>, output_element<I>>;
        if constexpr (!gives_other_elements<I>) return memory;
        else {
            if (!std::is_constant_evaluated()) return reinterpret_cast<element*>(memory);
            if constexpr (std::is_null_pointer_v<Buffers>) return static_cast<element*>(nullptr);
            else return static_cast<element*>(buffers->template of<I>());
        }
    }

    /// The activations after layer I: where layer I wrote them.
    template <class Context, size_t I, class Internal, class Output, class Buffers>
    static INLAY_INLINE constexpr auto* activations(Internal* internal, Output* output, Buffers buffers) {
        constexpr auto& plan = forward_memory<Context::batch, Context::keeps>;
        constexpr size_t group = plan.group[I];
        if constexpr (group + 1 == plan.groups) return output;
        else if constexpr (I > 0 && plan.group[I > 0 ? I - 1 : 0] == group)
            return activations<Context, I - 1>(internal, output, buffers);
        else return as_output<I>(internal + plan.offset[group], buffers);
    }

    /// What is at a place of a plan that knows names; `internal` is where the list's own memory starts.
    template <detail::location At, class Call, class Internal>
    static INLAY_INLINE constexpr auto* at(const Call& call, Internal* internal) {
        if constexpr (At.in == detail::location::memory::input) return call.input;
        else if constexpr (At.in == detail::location::memory::output) return call.output;
        else if constexpr (At.in == detail::location::memory::outer) return call.outer[At.at].value;
        else return internal + At.at;
    }
    /// Value I of such a plan: the list's input, or what the layer before layer I gives.
    template <detail::location At, size_t I, class Call, class Internal, class Buffers>
    static INLAY_INLINE constexpr auto* value_at(const Call& call, Internal* internal, Buffers buffers) {
        if constexpr (I == 0 || At.in != detail::location::memory::own) return at<At>(call, internal);
        else return as_output<I - 1>(internal + At.at, buffers);
    }
    /// Whether layer I gives what is there already.
    template <class Context, size_t I>
    static constexpr bool gives_what_is_there() {
        constexpr auto& plan = forward_memory<Context::batch, Context::keeps>;
        if constexpr (bound<I>::traits.gives_input) return plan.value[I + 1] == plan.value[I];
        else if constexpr (bound<I>::traits.gives_outer) {
            constexpr size_t place = base::template outer_places<I>[0];
            return plan.value[I + 1] == (place < outer_count ? detail::location{detail::location::memory::outer, place}
                                                             : plan.name[place - outer_count]);
        } else return false;
    }
    /// Where layer I finds input and output, and the list's own values that it asks for.
    template <class Context, size_t I, class Call, class Inner, class Buffers>
    static INLAY_INLINE constexpr void find_values(const Call& call, Inner& inner, Buffers buffers) {
        constexpr auto& plan = forward_memory<Context::batch, Context::keeps>;
        Scalar* const internal = Context::keeps ? call.cache : call.scratch;
        inner.input = value_at<plan.value[I], I>(call, internal, buffers);
        if constexpr (gives_what_is_there<Context, I>()) inner.output = nullptr;
        else inner.output = value_at<plan.value[I + 1], I + 1>(call, internal, buffers);
        topology::walk<0, bound<I>::outer.size()>([&](auto k) INLAY_INLINE {
            constexpr size_t place = base::template outer_places<I>[k];
            if constexpr (place >= outer_count) {
                constexpr size_t n = place - outer_count;
                inner.outer[k].value = at<plan.name[n]>(call, internal);
                if constexpr (own[n].sum) inner.outer[k].to = at<plan.name[n]>(call, internal);
            }
        });
    }

    template <class Context, size_t I, class Call, class Buffers>
    static INLAY_INLINE constexpr void forward_layer(const Call& call, Buffers buffers) {
        constexpr auto& plan = forward_memory<Context::batch, Context::keeps>;
        if constexpr (!plan.fused[I]) {
            auto inner = base::template call_in<I, Context::batch>(call);
            if constexpr (uses_names) find_values<Context, I>(call, inner, buffers);
            else {
                Scalar* const internal = Context::keeps ? call.cache : call.scratch;
                if constexpr (I > 0) inner.input = activations<Context, I - 1>(internal, call.output, buffers);
                inner.output = activations<Context, I>(internal, call.output, buffers);
            }
            inner.cache = Context::keeps ? call.cache + plan.cache_at[I] : nullptr;
            inner.scratch = call.scratch + plan.scratch_at[I];
            bound<I>::template forward<
                typename base::template context_in<Context, I>::template with_epilogue<epilogue_of<Context, I>>>(inner);
            // A compiler may take numbers of two types for numbers at two places; only bytes may be anywhere.
            if constexpr ((I > 0 && is_wide_integer<typename base::template input_element<I>>) ||
                          is_wide_integer<output_element<I>>)
                if (!std::is_constant_evaluated()) kernels::compiler_barrier();
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
        if constexpr (uses_names) find_gradients<Context, I>(call, inner);
        else {
            if constexpr (I > 0) inner.input = activations<Context, I - 1>(call.cache, call.output, nullptr);
            inner.output = activations<Context, I>(call.cache, call.output, nullptr);
            inner.output_gradient = gradients<Context, I>(call.scratch, call.output_gradient);
            if constexpr (I > 0) inner.input_gradient = gradients<Context, I - 1>(call.scratch, call.output_gradient);
        }
        inner.cache = call.cache + forward_memory<Context::batch, true>.cache_at[I];
        inner.scratch = call.scratch + plan.scratch_at[I];
        if constexpr (!inner_context::input_gradient) inner.input_gradient = nullptr;
        base::template backward_child<inner_context, I>(inner);
    }

    /// The same as find_values on the way back. The gradient of a value starts as 0 at the last layer that reads it.
    template <class Context, size_t I, class Call, class Inner>
    static INLAY_INLINE constexpr void find_gradients(const Call& call, Inner& inner) {
        constexpr auto& values = forward_memory<Context::batch, true>;
        constexpr auto& plan = backward_memory<Context::batch>;
        constexpr std::uint64_t wanted = own_gradients<Context>();
        inner.input = value_at<values.value[I], I>(call, call.cache, nullptr);
        inner.output = value_at<values.value[I + 1], I + 1>(call, call.cache, nullptr);
        const auto gradient = [&](auto value) INLAY_INLINE {
            if constexpr (plan.value[value].in == detail::location::memory::input) return call.input_gradient;
            else if constexpr (plan.value[value].in == detail::location::memory::output) return call.output_gradient;
            else return call.scratch + plan.value[value].at;
        };
        inner.output_gradient = gradient(std::integral_constant<size_t, I + 1>{});
        inner.input_gradient = gradient(std::integral_constant<size_t, I>{});
        topology::walk<0, bound<I>::outer.size()>([&](auto k) INLAY_INLINE {
            constexpr size_t place = base::template outer_places<I>[k];
            if constexpr (place >= outer_count) {
                constexpr size_t n = place - outer_count;
                Scalar* const at_gradient = call.scratch + plan.name[n].at;
                inner.outer[k].value = at<values.name[n]>(call, call.cache);
                inner.outer[k].gradient = at_gradient;
                if constexpr ((wanted >> n & 1) != 0 && names(1).names[n].last_read == I)
                    kernels::fill<Context::batch * own[n].size>(at_gradient, Scalar(0));
            }
        });
    }
};

namespace detail {
template <class Scalar, class In, class Scope, class... Layers>
using chain_in =
    chain_in_scope<Scalar, In, std::conditional_t<(uses_names<Layers> || ...), Scope, topology::scope<>>, Layers...>;
} // namespace detail

/// Layers... one after the other on an input of shape In.
template <class Scalar, class In, class... Layers>
using chain = chain_in_scope<Scalar, In, topology::scope<>, Layers...>;

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
