// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Values that live longer than the next layer: kept under a name, used later, in the same list or in one inside.
//
//     network<input<16>, dense<8>, keep<"skip">, relu, dense<8>, plus<"skip">, dense<4>>         // a skip connection
//
// A layer sees the names that its list and the lists around it have kept before it. A name may be kept again in an inner
// list, and hides the outer one there. Every name is used, or the network does not compile. The planner gives each value a
// buffer from the layer that gives it to the last one that reads it. network/scope.hpp says how names are found.
#pragma once

#include <inlay/network/composites.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// f = Layers… on a value of shape X, as the part of a layer that goes from another shape to another shape; nothing at all
/// if there are no layers.
template <class Scalar, class X, class Scope, class... Layers>
struct part_on : chain_in<Scalar, X, Scope, Layers...> {
    using part = chain_in<Scalar, X, Scope, Layers...>;
    static constexpr bool is_identity = false;
    static constexpr size_t tensor_count = part::tensor_count;
};
template <class Scalar, class X, class Scope>
struct part_on<Scalar, X, Scope> : layer_on<Scalar, X, X> {
    using part = layer_on<Scalar, X, X>;
    static constexpr bool is_identity = true;
    static constexpr size_t tensor_count = 0;
};

/// What asks for one outer value.
template <fixed_text Name, size_t Size, bool Reads>
struct asks {
    static constexpr std::array<outer_value, 1> outer{{{Name.view(), Size, Reads, !Reads}}};
};

/// What layers share that use one outer value, number 0, and a part f. Derived says what goes into f and what becomes of
/// what f gives.
template <class Scalar, class In, class Out, class X, fixed_text Name, bool Reads, class Scope, class... Layers>
struct with_outer : part_on<Scalar, X, Scope, Layers...> {
    using f = part_on<Scalar, X, Scope, Layers...>;
    using part = typename f::part;
    using input = In;
    using output = Out;
    /// What f gives.
    using given = typename part::output;
    using f::is_identity, f::tensor_count;

    static constexpr auto outer = [] {
        using first = asks<Name, Reads ? X::size : given::size, Reads>;
        constexpr auto found = outer_of_parts<first, part>(topology::keeps_nothing::own);
        return first_of<found.count>(found.all);
    }();

    static constexpr auto part_places = places_of(part::outer, outer, topology::keeps_nothing::own);

    static constexpr size_t given_size(size_t batch) { return is_identity ? 0 : aligned<Scalar>(batch * given::size); }

    /// f, on `from` to `to`, with memory from cache and scratch on.
    template <class Context, class Call>
    static INLAY_INLINE constexpr void forward_part(const Call& call, const Scalar* from, Scalar* to, Scalar* cache,
                                                    Scalar* scratch) {
        auto inner = call.template for_tensors<0, tensor_count, Scalar, Scalar, part::outer.size()>();
        topology::walk<0, part::outer.size()>([&](auto k)
                                                  INLAY_INLINE { inner.outer[k] = call.outer[part_places[k]]; });
        inner.input = from;
        inner.output = to;
        inner.cache = cache;
        inner.scratch = scratch;
        part::template forward<typename Context::template with_epilogue<kernels::identity>>(inner);
    }

    /// The context of f on the way back, the gradient of its input wanted or not.
    template <class Context>
    static constexpr std::uint64_t part_gradients() {
        std::uint64_t wanted = 0;
        for (size_t k = 0; k < part::outer.size(); ++k)
            if (Context::outer_gradient(part_places[k])) wanted |= std::uint64_t{1} << k;
        return wanted;
    }
    template <class Context, bool Wanted>
    using part_context = typename Context::template with_epilogue<kernels::identity>::template with_slope<
        void>::template with_input_gradient<Wanted>::template with_outer_gradients<part_gradients<Context>()>;
    /// Backward of f: from `dy`, which may be overwritten, to `dx`.
    template <class Context, class Call>
    static INLAY_INLINE constexpr void backward_part(const Call& call, const Scalar* from, const Scalar* to,
                                                     const Scalar* cache, Scalar* scratch, Scalar* dy, Scalar* dx) {
        auto inner = call.template for_tensors<0, tensor_count, Scalar, Scalar, part::outer.size()>();
        topology::walk<0, part::outer.size()>([&](auto k)
                                                  INLAY_INLINE { inner.outer[k] = call.outer[part_places[k]]; });
        inner.input = from;
        inner.output = to;
        inner.cache = cache;
        inner.scratch = scratch;
        inner.output_gradient = dy;
        inner.input_gradient = Context::input_gradient ? dx : nullptr;
        part::template backward<Context>(inner);
    }
};

template <class Scalar, class In, fixed_text Name>
struct keep_on;
template <class Scalar, class In, class X, fixed_text Name>
struct take_on;
template <class Scalar, class In, class X, fixed_text Name, class Scope, class... Layers>
struct plus_on;
template <class Scalar, class In, class X, fixed_text Name, class Scope, class... Layers>
struct times_on;
template <class Scalar, class In, class X, fixed_text Name, class Scope, class... Layers>
struct concat_on;
template <class Scalar, class In, fixed_text Name, bool Starts, class Scope, class... Layers>
struct accumulate_on;
template <class Scalar, class In, fixed_text Name, class Scope, class... Layers>
struct output_on;

/// What layers share that read the value Name and put f of it, f = Layers…, together with what arrives.
template <fixed_text Name, class... Layers>
struct reader {
    static constexpr bool uses_names = true;

  protected:
    /// given<the value's shape, scope after reading it>
    template <class Scope>
    using value = decltype(topology::read<Name, Scope>());
    /// given<shape of f, scope after it>, or refuse<…> or bad<…>.
    template <class Scope>
    static constexpr auto part() {
        using x = value<Scope>;
        if constexpr (!topology::is_given<x>) return x{};
        else return topology::part_in_scope<typename x::shape, typename x::scope, Layers...>();
    }
    template <class Scope>
    using part_scope = std::conditional_t<(detail::uses_names<Layers> || ...), typename value<Scope>::scope::inside,
                                          topology::scope<>>;
    /// The part gives the shape that arrives.
    template <class In, class Scope>
    static constexpr auto alike() {
        using given = decltype(part<Scope>());
        if constexpr (!topology::is_given<given>) return given{};
        else if constexpr (!std::is_same_v<typename given::shape, In>)
            return refuse<branches_with_different_shapes, typename as_takes<In>::type,
                          typename as_takes<typename given::shape>::gets>{};
        else return given{};
    }
};
/// And those that write it: f of what arrives.
template <fixed_text Name, class... Layers>
struct writer {
    static constexpr bool uses_names = true;

  protected:
    template <class In, class Scope>
    using part = decltype(topology::part_in_scope<In, Scope, Layers...>());
    template <class Scope>
    using part_scope =
        std::conditional_t<(detail::uses_names<Layers> || ...), typename Scope::inside, topology::scope<>>;
};

/// Whether the sum Name is not there yet where an accumulate with f = Layers… stands.
template <fixed_text Name, class In, class Scope, class... Layers>
inline constexpr bool starts_sum = [] {
    using scope = typename decltype(topology::part_in_scope<In, Scope, Layers...>())::scope;
    return scope::find(Name.view()) == scope::count;
}();

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y = x, which is kept under a name for layers after this one, in this list or in lists inside. Costs nothing but the time
/// that the value's memory is needed. No name is kept twice in a list; in a list inside it hides the outer one, which that
/// list must not have used before.
template <fixed_text Name>
struct keep {
    static constexpr auto name = "keep";
    static constexpr bool uses_names = true;
    static constexpr std::string_view kept_name = Name.view();

    template <class In>
    static constexpr auto output_shape(In in) {
        return sequential<keep>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, keep>;
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        using kept =
            topology::given<In, typename Scope::template with<topology::entry<Name, In, topology::value_kind::kept>>>;
        constexpr size_t found = Scope::find(Name.view());
        if constexpr (found == Scope::count) return kept{};
        else {
            using value = typename Scope::template get<found>;
            if constexpr (!value::outer) return refuse<has_the_name_of_a_value_before_it>{};
            else if constexpr (value::used) return refuse<hides_a_value_that_its_list_has_used>{};
            else return kept{};
        }
    }
    template <class Scalar, class In, class Scope>
    using on_in = detail::keep_on<Scalar, In, Name>;
};

/// y = the value kept under that name, or the sum: what arrives is dropped. `parallel<take<"a">, identity, take<"b">>` joins
/// kept values and the one that arrives in any order.
template <fixed_text Name>
struct take : detail::reader<Name> {
    static constexpr auto name = "take";

    template <class In>
    static constexpr auto output_shape(In in) {
        return sequential<take>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, take>;
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        return topology::read<Name, Scope>();
    }
    template <class Scalar, class In, class Scope>
    using on_in = detail::take_on<Scalar, In, typename decltype(topology::read<Name, Scope>())::shape, Name>;
};

/// y = v + f(x): v is what arrives, x was kept under that name, f = Layers…, which are none in `plus<"x">`: y = v + x.
template <fixed_text Name, class... Layers>
struct plus : detail::reader<Name, Layers...> {
    static constexpr auto name = "plus";

    template <class In>
    static constexpr auto output_shape(In in) {
        return sequential<plus>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, plus>;
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        using given = decltype(plus::template alike<In, Scope>());
        if constexpr (topology::is_given<given>) return topology::given<In, typename given::scope>{};
        else return given{};
    }
    template <class Scalar, class In, class Scope>
    using on_in = detail::plus_on<Scalar, In, typename plus::template value<Scope>::shape, Name,
                                  typename plus::template part_scope<Scope>, Layers...>;
};

/// y = v ⊙ f(x), element by element: a gate, or the scale of FiLM (Perez et al. 2018), `times<"c", dense<8>>, plus<"c",
/// dense<8>>`. v is what arrives, x was kept under that name, f = Layers….
template <fixed_text Name, class... Layers>
struct times : detail::reader<Name, Layers...> {
    static constexpr auto name = "times";

    template <class In>
    static constexpr auto output_shape(In in) {
        return sequential<times>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, times>;
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        using given = decltype(times::template alike<In, Scope>());
        if constexpr (topology::is_given<given>) return topology::given<In, typename given::scope>{};
        else return given{};
    }
    template <class Scalar, class In, class Scope>
    using on_in = detail::times_on<Scalar, In, typename times::template value<Scope>::shape, Name,
                                   typename times::template part_scope<Scope>, Layers...>;
};

/// y = (v, f(x)), joined along the last extent: what arrives first, then f = Layers… of the value kept under that name. (In
/// another order, or several: see take.)
template <fixed_text Name, class... Layers>
struct concat : detail::reader<Name, Layers...> {
    static constexpr auto name = "concat";

    template <class In>
    static constexpr auto output_shape(In in) {
        return sequential<concat>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, concat>;
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        using given = decltype(concat::template part<Scope>());
        if constexpr (!topology::is_given<given>) return given{};
        else {
            using both = decltype(detail::joined<In, typename given::shape>());
            if constexpr (is_shape<both>) return topology::given<both, typename given::scope>{};
            else return both{};
        }
    }
    template <class Scalar, class In, class Scope>
    using on_in = detail::concat_on<Scalar, In, typename concat::template value<Scope>::shape, Name,
                                    typename concat::template part_scope<Scope>, Layers...>;
};

/// y = v: what arrives passes unchanged, and f(v), f = Layers…, is added to the sum of that name. The first accumulate of a
/// sum starts it, the first layer that reads it (take, plus …) completes it. However many layers add to it, a sum is one
/// buffer. It belongs to the innermost list that both adds to it and reads it.
template <fixed_text Name, class... Layers>
struct accumulate : detail::writer<Name, Layers...> {
    static constexpr auto name = "accumulate";

    template <class In>
    static constexpr auto output_shape(In in) {
        return sequential<accumulate>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, accumulate>;
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        using topology::value_kind;
        using given = typename accumulate::template part<In, Scope>;
        if constexpr (!topology::is_given<given>) return given{};
        else {
            using scope = typename given::scope;
            constexpr size_t found = scope::find(Name.view());
            if constexpr (found == scope::count)
                return topology::given<In, typename scope::template with<
                                               topology::entry<Name, typename given::shape, value_kind::sum, true>>>{};
            else {
                using sum = typename scope::template get<found>;
                if constexpr (sum::kind == value_kind::read_sum) return refuse<adds_to_a_sum_that_has_been_read>{};
                else if constexpr (sum::kind != value_kind::sum) return refuse<adds_to_a_value_that_is_no_sum>{};
                else if constexpr (!std::is_same_v<typename sum::shape, typename given::shape>)
                    return refuse<branches_with_different_shapes, typename detail::as_takes<typename sum::shape>::type,
                                  typename detail::as_takes<typename given::shape>::gets>{};
                else return topology::given<In, topology::use<found, value_kind::sum, scope>>{};
            }
        }
    }
    template <class Scalar, class In, class Scope>
    using on_in = detail::accumulate_on<Scalar, In, Name, detail::starts_sum<Name, In, Scope, Layers...>,
                                        typename accumulate::template part_scope<Scope>, Layers...>;
};

/// y = v: what arrives passes unchanged, and f(v), f = Layers…, is an output of the network under that name, beside the
/// value after the last layer. Outputs are one array, in order of declaration, the value after the last layer at the end;
/// `net.output<"vad">(y)` is a part of it. An output that ends the network's list is that last value: nothing passes on.
template <fixed_text Name, class... Layers>
struct output : detail::writer<Name, Layers...> {
    static constexpr auto name = "output";

    template <class In>
    static constexpr auto output_shape(In in) {
        return sequential<output>::output_shape(in);
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, output>;
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        using given = typename output::template part<In, Scope>;
        if constexpr (!topology::is_given<given>) return given{};
        else if constexpr (given::scope::find(Name.view()) < given::scope::count)
            return refuse<has_the_name_of_a_value_before_it>{};
        else
            return topology::given<In, typename given::scope::template with<topology::entry<
                                           Name, typename given::shape, topology::value_kind::output, true>>>{};
    }
    template <class Scalar, class In, class Scope>
    using on_in = detail::output_on<Scalar, In, Name, typename output::template part_scope<Scope>, Layers...>;
};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

template <class Scalar, class In, fixed_text Name>
struct keep_on : layer_on<Scalar, In, In> {
    static constexpr std::array<outer_value, 1> outer{{{Name.view(), In::size, false, true}}};
    static constexpr layer_traits traits{
        .backward_needs_input = false, .in_place = true, .same_bits_in_blocks = true, .gives_input = true};

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        if (call.output) kernels::copy<Context::batch * In::size>(call.output, call.input);
    }
    // dx = dy + the gradients from all who read it
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        constexpr size_t count = Context::batch * In::size;
        if constexpr (Context::input_gradient && Context::outer_gradient(0))
            kernels::map<typename Context::backend, count>(
                call.input_gradient, [](auto dy, auto from_readers) INLAY_INLINE { return dy + from_readers; },
                call.output_gradient, call.outer[0].gradient);
        else if constexpr (Context::input_gradient)
            if (call.input_gradient != call.output_gradient)
                kernels::copy<count>(call.input_gradient, call.output_gradient);
    }
};

template <class Scalar, class In, class X, fixed_text Name>
struct take_on : layer_on<Scalar, In, X> {
    static constexpr std::array<outer_value, 1> outer{{{Name.view(), X::size, true, false}}};
    static constexpr layer_traits traits{
        .backward_needs_input = false, .same_bits_in_blocks = true, .gives_outer = true, .ignores_input = true};

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        if (call.output) kernels::copy<Context::batch * X::size>(call.output, call.outer[0].value);
    }
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::outer_gradient(0))
            kernels::add<typename Context::backend, Context::batch * X::size>(call.outer[0].gradient,
                                                                              call.output_gradient);
        if constexpr (Context::input_gradient) kernels::fill<Context::batch * In::size>(call.input_gradient, Scalar(0));
    }
};

/// The traits of a layer with a part: `own`, and those of the part that do not depend on how it is connected.
template <class With>
constexpr layer_traits traits_with(layer_traits own) {
    constexpr layer_traits part = With::part::traits;
    own.has_statistics = part.has_statistics;
    own.overwrites_gradients = part.overwrites_gradients;
    own.steps_in_backward = part.steps_in_backward;
    own.random_in_training = part.random_in_training;
    own.mixes_samples = part.mixes_samples;
    own.needs_whole_sequence = part.needs_whole_sequence;
    own.same_bits_in_blocks = With::is_identity || part.same_bits_in_blocks;
    return own;
}

/// What plus, times and concat share. f's output is in the cache where `KeepsGiven`, else in scratch.
template <class Scalar, class In, class Out, class X, fixed_text Name, bool KeepsGiven, class Scope, class... Layers>
struct reader_on : with_outer<Scalar, In, Out, X, Name, true, Scope, Layers...> {
    using base = with_outer<Scalar, In, Out, X, Name, true, Scope, Layers...>;
    using base::is_identity, base::given_size, base::tensor_count;
    using typename base::given, typename base::part;

    static constexpr size_t kept(size_t batch) { return KeepsGiven ? given_size(batch) : 0; }
    static constexpr size_t cache_size(size_t batch) { return kept(batch) + part::cache_size(batch); }
    static constexpr size_t forward_scratch(size_t batch, bool keeps) {
        return given_size(batch) - (keeps ? kept(batch) : 0) + part::forward_scratch(batch, keeps);
    }
    /// The gradients of what f gives and gets, and f's own.
    static constexpr size_t backward_scratch(size_t batch) {
        return is_identity ? 0 : given_size(batch) + aligned<Scalar>(batch * X::size) + part::backward_scratch(batch);
    }

    template <class Context>
    static constexpr bool has_gradient() {
        return part::template has_gradient<part_context<Context>>();
    }
    template <class Context>
    static constexpr void update_statistics(const std::array<Scalar*, tensor_count>& tensors_at, const Scalar* cache,
                                            size_t rows) requires(part::traits.has_statistics) {
        part::template update_statistics<Context>(tensors_at, cache + kept(Context::batch), rows);
    }

  protected:
    template <class Context>
    using part_context = typename base::template part_context<Context, Context::outer_gradient(0)>;
    template <class Context>
    static constexpr bool runs_back() {
        if constexpr (is_identity) return Context::outer_gradient(0);
        else return part::template backward_stop<part_context<Context>>() < part::count;
    }

    /// f(x)
    template <class Context, class Call>
    static INLAY_INLINE constexpr const Scalar* give(const Call& call) {
        if constexpr (is_identity) return call.outer[0].value;
        else {
            constexpr size_t in_cache = Context::keeps ? kept(Context::batch) : 0;
            Scalar* const to = in_cache ? call.cache : call.scratch;
            base::template forward_part<Context>(call, call.outer[0].value, to,
                                                 Context::keeps ? call.cache + in_cache : nullptr,
                                                 call.scratch + (given_size(Context::batch) - in_cache));
            return to;
        }
    }
    /// Where the gradient of what f gives goes, before give_back.
    template <class Context, class Call>
    static INLAY_INLINE constexpr Scalar* given_gradient(const Call& call) {
        return call.scratch;
    }
    /// x's gradient from `dy`, that of f(x), which may be overwritten.
    template <class Context, class Call>
    static INLAY_INLINE constexpr void give_back(const Call& call, Scalar* dy) {
        constexpr size_t batch = Context::batch;
        Scalar* const dx = call.scratch + given_size(batch);
        base::template backward_part<part_context<Context>>(call, call.outer[0].value, call.cache,
                                                            call.cache + kept(batch),
                                                            dx + aligned<Scalar>(batch * X::size), dy, dx);
        if constexpr (Context::outer_gradient(0))
            kernels::add<typename Context::backend, batch * X::size>(call.outer[0].gradient, dx);
    }
};

template <class Scalar, class X, class Scope, class... Layers>
inline constexpr bool part_needs_output = part_on<Scalar, X, Scope, Layers...>::part::traits.backward_needs_output;

template <class Scalar, class In, class X, fixed_text Name, class Scope, class... Layers>
struct plus_on : reader_on<Scalar, In, In, X, Name, part_needs_output<Scalar, X, Scope, Layers...>, Scope, Layers...> {
    using base = reader_on<Scalar, In, In, X, Name, part_needs_output<Scalar, X, Scope, Layers...>, Scope, Layers...>;
    static constexpr layer_traits traits =
        traits_with<base>({.backward_needs_input = false, .in_place = true, .takes_epilogue = true});

    // y = v + f(x)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        const Scalar* const given = base::template give<Context>(call);
        kernels::map<typename Context::backend, Context::batch * In::size>(
            call.output, [](auto v, auto f) INLAY_INLINE { return Context::epilogue::apply(v + f); }, call.input,
            given);
    }
    // dv = dy, dx = f'(x)ᵀ·dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        constexpr size_t count = Context::batch * In::size;
        if constexpr (base::template runs_back<Context>()) {
            if constexpr (base::is_identity)
                kernels::add<typename Context::backend, count>(call.outer[0].gradient, call.output_gradient);
            else if constexpr (Context::input_gradient) {
                kernels::copy<count>(call.scratch, call.output_gradient);
                base::template give_back<Context>(call, call.scratch);
            } else base::template give_back<Context>(call, call.output_gradient);
        }
        if constexpr (Context::input_gradient)
            if (call.input_gradient != call.output_gradient)
                kernels::copy<count>(call.input_gradient, call.output_gradient);
    }
};

template <class Scalar, class In, class X, fixed_text Name, class Scope, class... Layers>
struct times_on : reader_on<Scalar, In, In, X, Name, true, Scope, Layers...> {
    using base = reader_on<Scalar, In, In, X, Name, true, Scope, Layers...>;
    static constexpr layer_traits traits = traits_with<base>({.in_place = true, .takes_epilogue = true});

    // y = v ⊙ f(x)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        const Scalar* const given = base::template give<Context>(call);
        kernels::map<typename Context::backend, Context::batch * In::size>(
            call.output, [](auto v, auto f) INLAY_INLINE { return Context::epilogue::apply(v * f); }, call.input,
            given);
    }
    // dv = dy ⊙ f(x), dx = f'(x)ᵀ·(dy ⊙ v)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        constexpr size_t count = Context::batch * In::size;
        const Scalar* given = call.outer[0].value;
        if constexpr (!base::is_identity) {
            given = call.cache;
            if constexpr (base::template runs_back<Context>())
                kernels::map<backend, count>(
                    call.scratch, [](auto dy, auto v) INLAY_INLINE { return dy * v; }, call.output_gradient,
                    call.input);
        } else if constexpr (base::template runs_back<Context>())
            kernels::map<backend, count>(
                call.outer[0].gradient, [](auto dx, auto dy, auto v) INLAY_INLINE { return fma(dy, v, dx); },
                call.outer[0].gradient, call.output_gradient, call.input);
        if constexpr (Context::input_gradient)
            kernels::map<backend, count>(
                call.input_gradient, [](auto dy, auto f) INLAY_INLINE { return dy * f; }, call.output_gradient, given);
        if constexpr (!base::is_identity && base::template runs_back<Context>())
            base::template give_back<Context>(call, call.scratch);
    }
};

template <class Scalar, class In, class X, class Scope, class... Layers>
using concat_shape = decltype(joined<In, typename part_on<Scalar, X, Scope, Layers...>::part::output>());

template <class Scalar, class In, class X, fixed_text Name, class Scope, class... Layers>
struct concat_on : reader_on<Scalar, In, concat_shape<Scalar, In, X, Scope, Layers...>, X, Name,
                             part_needs_output<Scalar, X, Scope, Layers...>, Scope, Layers...> {
    using output = concat_shape<Scalar, In, X, Scope, Layers...>;
    using base =
        reader_on<Scalar, In, output, X, Name, part_needs_output<Scalar, X, Scope, Layers...>, Scope, Layers...>;
    static constexpr layer_traits traits = traits_with<base>({.backward_needs_input = false});
    static constexpr size_t left = In::last, right = output::last - In::last, rows = In::size / In::last;

    // y = (v, f(x))
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        const Scalar* const given = base::template give<Context>(call);
        for (size_t r = 0; r < Context::batch * rows; ++r) {
            kernels::copy<left>(call.output + r * output::last, call.input + r * left);
            kernels::copy<right>(call.output + r * output::last + left, given + r * right);
        }
    }
    // (dv, df(x)) = dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        for (size_t r = 0; r < Context::batch * rows; ++r) {
            const Scalar* const dy = call.output_gradient + r * output::last;
            if constexpr (Context::input_gradient) kernels::copy<left>(call.input_gradient + r * left, dy);
            if constexpr (!base::template runs_back<Context>()) continue;
            else if constexpr (base::is_identity)
                kernels::add<typename Context::backend, right>(call.outer[0].gradient + r * right, dy + left);
            else kernels::copy<right>(call.scratch + r * right, dy + left);
        }
        if constexpr (!base::is_identity && base::template runs_back<Context>())
            base::template give_back<Context>(call, call.scratch);
    }
};

/// What accumulate and output share: f of what arrives, which passes on.
template <class Scalar, class In, fixed_text Name, class Scope, class... Layers>
struct writer_on : with_outer<Scalar, In, In, In, Name, false, Scope, Layers...> {
    using base = with_outer<Scalar, In, In, In, Name, false, Scope, Layers...>;
    using base::is_identity, base::given_size, base::tensor_count;
    using typename base::part;
    static constexpr layer_traits traits =
        traits_with<base>({.backward_needs_input = !is_identity && part::traits.backward_needs_input,
                           .in_place = true,
                           .gives_input = true});

    /// The gradients of what f gives and gets, and f's own.
    static constexpr size_t backward_scratch(size_t batch) {
        return is_identity ? 0 : given_size(batch) + aligned<Scalar>(batch * In::size) + part::backward_scratch(batch);
    }
    template <class Context>
    static constexpr bool has_gradient() {
        return !Context::outer_gradient(0) || part::template has_gradient<part_context<Context>>();
    }

  protected:
    template <class Context>
    using part_context =
        typename base::template part_context<Context, (Context::input_gradient && !part::traits.ignores_input)>;

    // dv = dy + f'(v)ᵀ·df, df being the gradient of what f gave, `to`; f may overwrite it where it is `Spent`
    template <class Context, bool Spent, class Call>
    static INLAY_INLINE constexpr void give_back(const Call& call, const Scalar* to, const Scalar* cache) {
        using backend = typename Context::backend;
        constexpr size_t batch = Context::batch, count = batch * In::size;
        constexpr auto sum = [](auto dy, auto df) INLAY_INLINE { return dy + df; };
        if constexpr (Context::outer_gradient(0)) {
            if constexpr (is_identity) {
                if constexpr (Context::input_gradient)
                    kernels::map<backend, count>(call.input_gradient, sum, call.output_gradient,
                                                 call.outer[0].gradient);
                return;
            } else {
                if constexpr (!Spent) kernels::copy<batch * base::given::size>(call.scratch, call.outer[0].gradient);
                Scalar *const df = Spent ? call.outer[0].gradient : call.scratch, *const dx =
                                                                                      call.scratch +
                                                                                      (Spent ? 0 : given_size(batch));
                base::template backward_part<part_context<Context>>(call, call.input, to, cache,
                                                                    dx + aligned<Scalar>(count), df, dx);
                if constexpr (part_context<Context>::input_gradient) {
                    kernels::map<backend, count>(call.input_gradient, sum, call.output_gradient, dx);
                    return;
                }
            }
        }
        if constexpr (Context::input_gradient)
            if (call.input_gradient != call.output_gradient)
                kernels::copy<count>(call.input_gradient, call.output_gradient);
    }
};

template <class Scalar, class In, fixed_text Name, bool Starts, class Scope, class... Layers>
struct accumulate_on : writer_on<Scalar, In, Name, Scope, Layers...> {
    using base = writer_on<Scalar, In, Name, Scope, Layers...>;
    using base::is_identity, base::given_size, base::tensor_count;
    using typename base::part, typename base::given;

    /// What f gave, where its backward reads it: the sum holds something else.
    static constexpr bool keeps_given = !is_identity && part::traits.backward_needs_output;
    static constexpr size_t kept(size_t batch) { return keeps_given ? given_size(batch) : 0; }
    static constexpr size_t cache_size(size_t batch) { return kept(batch) + part::cache_size(batch); }
    static constexpr size_t forward_scratch(size_t batch, bool keeps) {
        return (Starts ? 0 : given_size(batch) - (keeps ? kept(batch) : 0)) + part::forward_scratch(batch, keeps);
    }
    /// The gradients of what f gives and gets, and f's own.
    static constexpr size_t backward_scratch(size_t batch) {
        return is_identity ? 0 : given_size(batch) + aligned<Scalar>(batch * In::size) + part::backward_scratch(batch);
    }

    // s = s + f(v)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t batch = Context::batch, count = batch * given::size;
        constexpr size_t in_cache = Context::keeps ? kept(batch) : 0;
        Scalar* const sum = call.outer[0].to;
        const Scalar* from = call.input;
        if constexpr (!is_identity) {
            Scalar* const to = in_cache ? call.cache : Starts ? sum : call.scratch;
            base::template forward_part<Context>(call, call.input, to, Context::keeps ? call.cache + in_cache : nullptr,
                                                 call.scratch + (Starts ? 0 : given_size(batch) - in_cache));
            from = to;
        }
        if constexpr (!Starts) kernels::add<typename Context::backend, count>(sum, from);
        else if (from != sum) kernels::copy<count>(sum, from);
        if (call.output) kernels::copy<batch * In::size>(call.output, call.input);
    }
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        base::template give_back<Context, false>(call, call.cache, call.cache + kept(Context::batch));
    }
    template <class Context>
    static constexpr void update_statistics(const std::array<Scalar*, tensor_count>& tensors_at, const Scalar* cache,
                                            size_t rows) requires(part::traits.has_statistics) {
        part::template update_statistics<Context>(tensors_at, cache + kept(Context::batch), rows);
    }
};

template <class Scalar, class In, fixed_text Name, class Scope, class... Layers>
struct output_on : writer_on<Scalar, In, Name, Scope, Layers...> {
    using base = writer_on<Scalar, In, Name, Scope, Layers...>;
    using base::is_identity, base::tensor_count;
    using typename base::part;

    static constexpr size_t cache_size(size_t batch) { return part::cache_size(batch); }
    static constexpr size_t forward_scratch(size_t batch, bool keeps) { return part::forward_scratch(batch, keeps); }
    /// The gradient of what f gets, and f's own.
    static constexpr size_t backward_scratch(size_t batch) {
        return is_identity ? 0 : aligned<Scalar>(batch * In::size) + part::backward_scratch(batch);
    }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t count = Context::batch * In::size;
        if constexpr (is_identity) kernels::copy<count>(call.outer[0].to, call.input);
        else base::template forward_part<Context>(call, call.input, call.outer[0].to, call.cache, call.scratch);
        if (call.output) kernels::copy<count>(call.output, call.input);
    }
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        base::template give_back<Context, true>(call, call.outer[0].value, call.cache);
    }
    template <class Context>
    static constexpr void update_statistics(const std::array<Scalar*, tensor_count>& tensors_at, const Scalar* cache,
                                            size_t rows) requires(part::traits.has_statistics) {
        part::template update_statistics<Context>(tensors_at, cache, rows);
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
