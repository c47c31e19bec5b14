// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Layers one after the other: the engine of `network` and of every composite. A chain is itself a layer_on, so that a
// list may stand inside a list. Everything about memory is decided here, at compile time.
#pragma once

#include <inlay/network/topology.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Buffers start on a full register, and so do parameters. A chip's registers take any address.
template <class Scalar>
inline constexpr size_t alignment = kernels::has_strips<Scalar> ? 1 : kernels::native::lanes<Scalar>;

/// Where a buffer of its own starts, in bytes: on a cache line, where there are any.
template <class Scalar>
inline constexpr size_t line = kernels::has_strips<Scalar> ? alignof(Scalar) : 64;

template <class Scalar>
constexpr size_t aligned(size_t count) {
    return round_up(count, alignment<Scalar>);
}

/// What the memory plan needs to know of one layer.
struct layer_facts {
    size_t out = 0, cache = 0, forward_scratch = 0, backward_scratch = 0;
    bool in_place = false, needs_input = false, needs_output = false, takes_epilogue = false, elementwise = false;
};

/// Which layers share memory with the layer before them.
///
/// A buffer belongs to a group of layers: the first writes it, the others change it in place. In training that is allowed
/// where backward misses nothing, in inference wherever the layer can. The last group is the caller's output.
template <size_t Count>
struct forward_plan {
    size_t group[Count]{};
    bool fused[Count]{}; ///< done by the layer before, while its results are in registers
    size_t groups = 0;
    size_t size[Count]{};   ///< of each group's buffer
    size_t offset[Count]{}; ///< of each group's buffer: in the cache for training, in the scratch for inference
    size_t scratch_at[Count]{};
    size_t cache_at[Count]{};
    size_t cache = 0, scratch = 0;
};

template <class Scalar, size_t Count>
constexpr forward_plan<Count> plan_forward(const layer_facts (&layers)[Count], bool training) {
    forward_plan<Count> plan;
    for (size_t i = 0; i < Count; ++i) {
        const bool shares =
            i > 0 && layers[i].in_place && (!training || (!layers[i].needs_input && !layers[i - 1].needs_output));
        if (!shares) ++plan.groups;
        plan.group[i] = plan.groups - 1;
        plan.fused[i] = shares && layers[i].elementwise && layers[i - 1].takes_epilogue;
        plan.size[plan.group[i]] = aligned<Scalar>(layers[i].out);
    }
    const auto grow = [](size_t& to, size_t value) {
        if (to < value) to = value;
    };
    if (training) { // every buffer is kept until backward
        for (size_t g = 0; g + 1 < plan.groups; ++g) {
            plan.offset[g] = plan.cache;
            plan.cache += plan.size[g];
        }
        for (size_t i = 0; i < Count; ++i) {
            plan.cache_at[i] = plan.cache;
            plan.cache += aligned<Scalar>(layers[i].cache);
            grow(plan.scratch, aligned<Scalar>(layers[i].forward_scratch));
        }
        return plan;
    }
    // Only a layer's input and output are alive at a time: even groups lie at the lower end, odd ones at the upper end,
    // a layer's own scratch between them.
    for (size_t i = 0; i < Count; ++i) {
        const size_t g = plan.group[i];
        const bool first = i == 0 || plan.group[i - 1] != g;
        const size_t in = first && g > 0 ? plan.size[g - 1] : 0, out = g + 1 < plan.groups ? plan.size[g] : 0;
        plan.scratch_at[i] = g % 2 == 0 ? out : in; // behind what lies at the lower end
        grow(plan.scratch, in + out + aligned<Scalar>(layers[i].forward_scratch));
    }
    for (size_t g = 0; g + 1 < plan.groups; ++g) plan.offset[g] = g % 2 == 0 ? 0 : plan.scratch - plan.size[g];
    return plan;
}

/// The same for gradients on the way back: group g holds the gradient of a group of outputs, two ends in turn.
template <size_t Count>
struct backward_plan {
    size_t group[Count]{};
    size_t groups = 0;
    size_t size[Count]{}, offset[Count]{}, scratch_at[Count]{};
    size_t scratch = 0;
};

template <class Scalar, size_t Count>
constexpr backward_plan<Count> plan_backward(const layer_facts (&layers)[Count]) {
    backward_plan<Count> plan;
    for (size_t i = 0; i < Count; ++i) {
        if (i == 0 || !layers[i].in_place) ++plan.groups;
        plan.group[i] = plan.groups - 1;
        plan.size[plan.group[i]] = aligned<Scalar>(layers[i].out);
    }
    for (size_t i = 0; i < Count; ++i) {
        const size_t g = plan.group[i];
        const bool first = i == 0 || plan.group[i - 1] != g;
        const size_t in = first && g > 0 ? plan.size[g - 1] : 0, out = g + 1 < plan.groups ? plan.size[g] : 0;
        plan.scratch_at[i] = g % 2 == 0 ? out : in;
        const size_t total = in + out + aligned<Scalar>(layers[i].backward_scratch);
        if (plan.scratch < total) plan.scratch = total;
    }
    for (size_t g = 0; g + 1 < plan.groups; ++g) plan.offset[g] = g % 2 == 0 ? 0 : plan.scratch - plan.size[g];
    return plan;
}

/// The trainability of the tensors from First on.
template <class Gradients, size_t First>
struct gradients_from {
    static constexpr bool trainable(size_t j) { return Gradients::trainable(First + j); }
};
template <class Gradients, size_t First>
using gradients_slice =
    std::conditional_t<std::is_same_v<Gradients, all_trainable>, all_trainable, gradients_from<Gradients, First>>;

template <size_t First, size_t Count, class Pointer, size_t All>
INLAY_INLINE constexpr std::array<Pointer, Count> slice(const std::array<Pointer, All>& all) {
    return [&]<size_t... I>(std::index_sequence<I...>) INLAY_INLINE {
        return std::array<Pointer, Count>{all[First + I]...};
    }
    (std::make_index_sequence<Count>{});
}

template <class Layer>
concept has_given_name = requires {
    Layer::given_name;
};

/// True, or a compile-time error that prints the verdict.
template <class Verdict>
consteval bool has_gradient() {
    static_assert(topology::is_fit<Verdict>,
                  "inlay: the layer named in bad<> has no gradient, so nothing before it can be trained");
    return topology::is_fit<Verdict>;
}

} // namespace detail

/// Layers... one after the other on an input of shape In.
template <class Scalar, class In, class... Layers>
struct chain
    : layer_on<Scalar, In,
               typename topology::shapes_of<topology::verdict<In, Layers...>>::template get<sizeof...(Layers)>> {
    static constexpr size_t count = sizeof...(Layers);
    using layers = topology::list<Layers...>;
    using shapes = topology::shapes_of<topology::verdict<In, Layers...>>;

    template <size_t I>
    using layer = topology::at<I, layers>;
    template <size_t I>
    using input_of = typename shapes::template get<I>;
    template <size_t I>
    using output_of = typename shapes::template get<I + 1>;
    template <size_t I>
    using bound = typename layer<I>::template on<Scalar, input_of<I>>;

  private:
    using base = layer_on<Scalar, In, output_of<count - 1>>;

    /// Calls `body.template operator()<I>()` for every layer and collects the results.
    template <class Body>
    static constexpr auto collect(Body body) {
        return [&]<size_t... I>(std::index_sequence<I...>) {
            return std::array{body(std::integral_constant<size_t, I>{})...};
        }
        (std::make_index_sequence<count>{});
    }
    template <class Body>
    static constexpr auto total(Body body) {
        return [&]<size_t... I>(std::index_sequence<I...>) {
            return (body(std::integral_constant<size_t, I>{}) + ... + size_t{0});
        }
        (std::make_index_sequence<count>{});
    }
    static constexpr auto starts(std::array<size_t, count> sizes) {
        std::array<size_t, count + 1> all{};
        for (size_t i = 0; i < count; ++i) all[i + 1] = all[i] + sizes[i];
        return all;
    }

  public:
    // ---- parameters: those of the layers, in order, their names behind the layer's number or given name -----------------

    static constexpr auto tensor_starts = starts(collect([](auto i) { return bound<i>::tensors.size(); }));
    static constexpr size_t tensor_count = tensor_starts[count];
    template <size_t I>
    static constexpr size_t tensors_of = tensor_starts[I + 1] - tensor_starts[I];

    static constexpr label path_of(size_t index, std::string_view given) {
        label path;
        if (given.empty()) path += index;
        else path += given;
        return path;
    }
    template <size_t I>
    static constexpr std::string_view given_name() {
        if constexpr (detail::has_given_name<layer<I>>) return layer<I>::given_name;
        else return {};
    }
    static constexpr auto tensors = [] {
        std::array<tensor_spec, tensor_count> all{};
        topology::walk<0, count>([&](auto i) {
            size_t at = tensor_starts[i];
            for (const tensor_spec& spec : bound<i>::tensors) {
                all[at] = spec;
                label path = path_of(i, given_name<i>());
                path += ".";
                path += spec.name.view();
                all[at++].name = path;
            }
        });
        return all;
    }();
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        size_t result = index;
        topology::walk<0, count>([&](auto i) {
            if (tensor >= tensor_starts[i] && tensor < tensor_starts[i + 1])
                result = bound<i>::packed_index(tensor - tensor_starts[i], index);
        });
        return result;
    }

    static constexpr size_t macs = total([](auto i) { return bound<i>::macs; });
    static constexpr bool random_in_training = total([](auto i) { return size_t{bound<i>::random_in_training}; }) > 0;
    static constexpr auto state_starts = starts(collect([](auto i) { return bound<i>::state_size; }));
    static constexpr size_t state_size = state_starts[count];
    static constexpr bool overwrites_gradients = true; // clears what its layers cannot overwrite
    static constexpr bool absorbs = total([](auto i) { return size_t{bound<i>::absorbs}; }) > 0;
    static constexpr bool differentiable = true; // has_gradient knows better

    // ---- memory ------------------------------------------------------------------------------------------------------------

    struct facts_table {
        detail::layer_facts layers[count];
    };
    static constexpr facts_table facts(size_t batch, bool training) {
        facts_table table;
        topology::walk<0, count>([&](auto i) {
            using one = bound<i>;
            detail::layer_facts& layer = table.layers[i];
            layer.out = batch * output_of<i>::size;
            layer.cache = one::cache_size(batch);
            layer.forward_scratch = one::forward_scratch(batch, training);
            layer.backward_scratch = one::backward_scratch(batch);
            layer.in_place = one::in_place;
            layer.needs_input = one::backward_needs_input;
            layer.needs_output = one::backward_needs_output;
            layer.takes_epilogue = one::takes_epilogue;
            layer.elementwise = requires { typename one::function; };
        });
        return table;
    }
    template <size_t Batch, bool Training>
    static constexpr auto forward_memory = detail::plan_forward<Scalar>(facts(Batch, Training).layers, Training);
    template <size_t Batch>
    static constexpr auto backward_memory = detail::plan_backward<Scalar>(facts(Batch, true).layers);

    static constexpr size_t cache_size(size_t batch) {
        return detail::plan_forward<Scalar>(facts(batch, true).layers, true).cache;
    }
    static constexpr size_t forward_scratch(size_t batch, bool training) {
        return detail::plan_forward<Scalar>(facts(batch, training).layers, training).scratch;
    }
    static constexpr size_t backward_scratch(size_t batch) {
        return detail::plan_backward<Scalar>(facts(batch, true).layers).scratch;
    }

    /// Where the gradient of tensor t of layer I lies in `spare`.
    template <size_t I>
    static constexpr size_t spare_at(size_t tensor) {
        size_t at = 0;
        for (size_t t = 0; t < tensor; ++t) at += detail::aligned<Scalar>(bound<I>::tensors[t].size);
        return at;
    }
    /// Scalars that deposit::descend needs for the gradients of layers that do not descend: one layer at a time.
    static constexpr size_t spare_size() {
        size_t most = 0;
        topology::walk<0, count>([&](auto i) {
            const size_t size = bound<i>::descends ? 0 : spare_at<i>(tensors_of<i>);
            most = most < size ? size : most;
        });
        return most;
    }

    // ---- forward -----------------------------------------------------------------------------------------------------------

    template <class Context, class Epilogue, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        topology::walk<0, count>([&](auto i) INLAY_INLINE { forward_layer<Context, i>(call); });
    }

    // ---- backward ----------------------------------------------------------------------------------------------------------

    /// The first layer whose backward has something to do: none before it has a parameter to train.
    template <class Context>
    static constexpr size_t backward_stop() {
        if (Context::input_gradient) return 0;
        for (size_t i = 0; i < count; ++i)
            for (size_t j = tensor_starts[i]; j < tensor_starts[i + 1]; ++j)
                if (tensors[j].trainable && Context::gradients::trainable(j)) return i;
        return count;
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

    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (detail::has_gradient<decltype(judge_gradient<Context>())>())
            topology::walk<count, backward_stop<Context>()>([&](auto i) INLAY_INLINE {
                if constexpr (!leaves_slope<Context, i>()) backward_layer<Context, i>(call);
            });
    }

    /// Lets every layer with statistics of its own take in what the forward pass noticed.
    template <class Context>
    static constexpr void absorb(const std::array<Scalar*, tensor_count>& tensors_at, const Scalar* cache,
                                 size_t rows) {
        topology::walk<0, count>([&](auto i) {
            if constexpr (bound<i>::absorbs)
                bound<i>::template absorb<Context>(detail::slice<tensor_starts[i], tensors_of<i>>(tensors_at),
                                                   cache + forward_memory<Context::batch, true>.cache_at[i], rows);
        });
    }

  private:
    /// The context of layer I in backward.
    template <class Context, size_t I>
    using context_of = typename Context::template with_gradients<
        detail::gradients_slice<typename Context::gradients, tensor_starts[I]>>::
        template with_inputs<(I > backward_stop<Context>() || (I == 0 && Context::input_gradient))>;

    template <class Context>
    static constexpr size_t gradient_gap() {
        size_t gap = count;
        topology::walk<count, backward_stop<Context>()>([&](auto i) {
            using one = bound<i>;
            using inner = context_of<Context, i>;
            if constexpr (requires { one::template has_gradient<inner>(); })
                gap = one::template has_gradient<inner>() ? gap : size_t{i};
            else gap = one::differentiable ? gap : size_t{i};
        });
        return gap;
    }

    /// Whether the layer behind activation I does the activation's part of backward too.
    template <class Context, size_t I>
    static constexpr bool leaves_slope() {
        if constexpr (I == 0 || I + 1 >= count) return false;
        else if constexpr (requires { typename bound<I>::function; })
            return bound<I>::from_output && bound<I>::differentiable && bound<I + 1>::takes_slope &&
                   I > backward_stop<Context>();
        else return false;
    }
    template <class Context, size_t I>
    static constexpr auto slope() {
        if constexpr (I > 0) {
            if constexpr (leaves_slope<Context, I - 1>())
                return topology::hana::type<typename bound<I - 1>::function>{};
            else return topology::hana::type<void>{};
        } else return topology::hana::type<void>{};
    }
    template <class Context, size_t I>
    using slope_of = typename decltype(slope<Context, I>())::type;

    /// The activations behind layer I: where layer I wrote them.
    template <class Context, size_t I, class Internal>
    static INLAY_INLINE constexpr auto* activations(Internal* internal, Internal* output) {
        constexpr auto& plan = forward_memory<Context::batch, Context::training>;
        constexpr size_t group = plan.group[I];
        if constexpr (group + 1 == plan.groups) return output;
        else return internal + plan.offset[group];
    }

    template <class Context, size_t I, class Call>
    static INLAY_INLINE constexpr void forward_layer(const Call& call) {
        constexpr auto& plan = forward_memory<Context::batch, Context::training>;
        if constexpr (!plan.fused[I]) {
            Scalar* const internal = Context::training ? call.cache : call.scratch;
            const Scalar* input = call.input;
            if constexpr (I > 0) input = activations<Context, I - 1>(internal, call.output);
            const forward_call<Scalar, tensors_of<I>> inner{
                .parameters = detail::slice<tensor_starts[I], tensors_of<I>>(call.parameters),
                .input = input,
                .output = activations<Context, I>(internal, call.output),
                .cache = Context::training ? call.cache + plan.cache_at[I] : nullptr,
                .scratch = call.scratch + plan.scratch_at[I],
                .state = call.state ? call.state + state_starts[I] * Context::batch : nullptr,
                .random = call.random,
                .rows = call.rows};
            using slice_context = typename Context::template with_gradients<
                detail::gradients_slice<typename Context::gradients, tensor_starts[I]>>;
            bound<I>::template forward<slice_context, epilogue_of<Context, I>>(inner);
        }
    }

    /// What layer I applies to its results: the activation behind it, where the plan says so.
    template <class Context, size_t I>
    static constexpr auto epilogue() {
        if constexpr (I + 1 < count) {
            if constexpr (forward_memory<Context::batch, Context::training>.fused[I + 1])
                return topology::hana::type<typename bound<I + 1>::function>{};
            else return topology::hana::type<kernels::identity>{};
        } else return topology::hana::type<kernels::identity>{};
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
        using inner_context = context_of<Context, I>;
        const Scalar *input = call.input, *const cache = call.cache;
        if constexpr (I > 0) input = activations<Context, I - 1>(cache, call.output);
        Scalar* input_gradient = call.input_gradient;
        if constexpr (I > 0) input_gradient = gradients<Context, I - 1>(call.scratch, call.output_gradient);
        constexpr auto& kept = forward_memory<Context::batch, true>;
        backward_call<Scalar, tensors_of<I>> inner{
            .parameters = detail::slice<tensor_starts[I], tensors_of<I>>(call.parameters),
            .gradients = detail::slice<tensor_starts[I], tensors_of<I>>(call.gradients),
            .input = input,
            .output = activations<Context, I>(cache, call.output),
            .cache = call.cache + kept.cache_at[I],
            .scratch = call.scratch + plan.scratch_at[I],
            .output_gradient = gradients<Context, I>(call.scratch, call.output_gradient),
            .input_gradient = inner_context::input_gradient ? input_gradient : nullptr,
            .rows = call.rows,
            .descent = call.descent,
            .spare = nullptr};
        constexpr bool in_between = Context::into == deposit::descend && !bound<I>::descends;
        if constexpr (in_between)
            topology::walk<0, tensors_of<I>>([&](auto t)
                                                 INLAY_INLINE { inner.gradients[t] = call.spare + spare_at<I>(t); });
        if constexpr ((in_between || Context::into == deposit::overwrite) && !bound<I>::overwrites_gradients)
            topology::walk<0, tensors_of<I>>([&](auto t) INLAY_INLINE {
                if constexpr (is_trained<inner_context, I, t>())
                    kernels::fill<bound<I>::tensors[t].size>(inner.gradients[t], Scalar(0));
            });
        constexpr deposit into = Context::into == deposit::descend && bound<I>::descends           ? deposit::descend
                                 : Context::into != deposit::add && bound<I>::overwrites_gradients ? deposit::overwrite
                                                                                                   : deposit::add;
        bound<I>::template backward<
            typename inner_context::template with_deposit<into>::template with_slope<slope_of<Context, I>>>(inner);
        if constexpr (in_between)
            topology::walk<0, tensors_of<I>>([&](auto t) INLAY_INLINE {
                if constexpr (is_trained<inner_context, I, t>()) {
                    Scalar *const w = call.gradients[tensor_starts[I] + t], *const g = inner.gradients[t];
                    kernels::map<typename Context::target, bound<I>::tensors[t].size>(
                        w, [&](auto now, auto slope) INLAY_INLINE { return call.descent.step(slope, now); }, w, g);
                }
            });
    }

    template <class InnerContext, size_t I, size_t T>
    static constexpr bool is_trained() {
        return InnerContext::gradients::trainable(T) && bound<I>::tensors[T].trainable;
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
