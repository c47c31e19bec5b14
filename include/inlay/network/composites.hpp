// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Layers made of layers. Each is a list inside the list; its parameters carry their path: "2.0.weight" is the weight of
// the first layer inside layer 2.
#pragma once

#include <inlay/kernels/map.hpp>
#include <inlay/network/chain.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

template <class Scalar, class In, class Scope, class... Layers>
struct residual_on;
template <class Scalar, class In, class Out, class Inputs, class... Branches>
struct parallel_on;

template <class Shape>
struct as_takes;
template <size_t... Extents>
struct as_takes<shape<Extents...>> {
    using type = takes<Extents...>;
    using gets = but_gets<Extents...>;
};
template <class Element, size_t... Extents>
struct as_takes<shape_of<Element, Extents...>> : as_takes<shape<Extents...>> {};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y = f_n(… f_1(x)): several layers as one, for instance as a branch of `parallel`.
template <class... Layers>
struct sequential {
    static constexpr auto name = "sequential";
    // For transforms such as folded: the layers inside, this composite of other layers, and how they are connected.
    template <template <class...> class To>
    using parts = To<Layers...>;
    template <class... Others>
    using of = sequential<Others...>;
    static constexpr bool one_after_the_other = true;
    template <class>
    static constexpr bool takes_elements = true; // as its layers say
    static constexpr bool uses_names = (detail::uses_names<Layers> || ...);

    template <class In>
    static constexpr auto output_shape(In) {
        using verdict = topology::verdict<In, Layers...>;
        if constexpr (sizeof...(Layers) == 0) return refuse<needs_a_layer>{};
        else if constexpr (topology::is_fit<verdict>) return typename topology::newest<verdict>::type{};
        else return verdict{};
    }
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        return topology::list_in_scope<In, Scope, Layers...>();
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, Layers...>;
    template <class Scalar, class In, class Scope>
    using on_in = chain_in_scope<Scalar, In, Scope, Layers...>;
};

/// y = x + f(x) with f = Layers… one after the other (He et al. 2016). f must give the shape it gets.
template <class... Layers>
struct residual {
    static constexpr auto name = "residual";
    template <template <class...> class To>
    using parts = To<Layers...>;
    template <class... Others>
    using of = residual<Others...>;
    static constexpr bool one_after_the_other = true;
    static constexpr bool uses_names = (detail::uses_names<Layers> || ...);

    template <class In>
    static constexpr auto output_shape(In in) {
        using out = decltype(sequential<Layers...>::output_shape(in));
        if constexpr (!is_shape<out>) return out{};
        else if constexpr (!std::is_same_v<out, In>) return differ<In, out>{};
        else return in;
    }
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        using result = decltype(topology::list_in_scope<In, Scope, Layers...>());
        if constexpr (!topology::is_given<result>) return result{};
        else if constexpr (!std::is_same_v<typename result::shape, In>) return differ<In, typename result::shape>{};
        else return result{};
    }
    template <class Scalar, class In>
    using on = detail::residual_on<Scalar, In, topology::scope<>, Layers...>;
    template <class Scalar, class In, class Scope>
    using on_in = detail::residual_on<Scalar, In, Scope, Layers...>;

  private:
    template <class In, class Out>
    using differ = refuse<branches_with_different_shapes, typename detail::as_takes<In>::type,
                          typename detail::as_takes<Out>::gets>;
};

template <class Scalar, class In, class Scope, class... Layers>
struct detail::residual_on : chain_in<Scalar, In, Scope, Layers...> {
    using inner = chain_in<Scalar, In, Scope, Layers...>;
    static constexpr layer_traits traits = [] {
        layer_traits all = inner::traits;
        // y is the sum and dx is one: neither is what f's last and first layer would make of it.
        all.backward_needs_output = all.in_place = all.takes_epilogue = all.takes_slope = all.ignores_input = false;
        return all;
    }();
    // The chain writes straight into y and reads it back in backward where its last layer needs that. y holds the sum
    // then, so what f gave is kept apart, but only in that case.
    static constexpr bool keeps_branch = inner::traits.backward_needs_output;
    static constexpr size_t kept(size_t batch) { return keeps_branch ? aligned<Scalar>(batch * In::size) : 0; }
    static constexpr size_t cache_size(size_t batch) { return kept(batch) + inner::cache_size(batch); }
    static constexpr size_t backward_scratch(size_t batch) {
        return aligned<Scalar>(batch * In::size) + inner::backward_scratch(batch);
    }

    // y = x + f(x)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t count = Context::batch * In::size, skip = Context::keeps ? kept(Context::batch) : 0;
        Call branch = call;
        if constexpr (Context::keeps && keeps_branch) branch.output = call.cache;
        if constexpr (Context::keeps) branch.cache = call.cache + skip;
        inner::template forward<Context>(branch);
        kernels::map<typename Context::backend, count>(
            call.output, [](auto x, auto f) INLAY_INLINE { return x + f; }, call.input, branch.output);
    }

    // dx = dy + f'(x)ᵀ·dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        constexpr size_t count = Context::batch * In::size;
        Call branch = call;
        if constexpr (keeps_branch) branch.output = call.cache;
        branch.cache = call.cache + kept(Context::batch);
        branch.scratch = call.scratch + aligned<Scalar>(count);
        if constexpr (Context::input_gradient) {
            kernels::copy<count>(call.scratch, call.output_gradient); // the chain uses dy as scratch
            inner::template backward<Context>(branch);
            kernels::add<typename Context::backend, count>(call.input_gradient, call.scratch);
        } else inner::template backward<Context>(branch);
    }

    template <class Context>
    static constexpr void update_statistics(const std::array<Scalar*, inner::tensor_count>& tensors_at,
                                            const Scalar* cache, size_t rows) {
        inner::template update_statistics<Context>(tensors_at, cache + kept(Context::batch), rows);
    }
};

namespace detail {

/// Whether a value's elements are scalars.
template <class Shape>
inline constexpr bool is_real = std::is_void_v<typename Shape::template element<void>>;

/// The shape of two values side by side along the last extent; or refuse<…>.
template <class Left, class Right>
consteval auto joined() {
    if constexpr (!is_real<Left>) return but_gets_elements<typename Left::template element<void>>{};
    else if constexpr (!is_real<Right>) return but_gets_elements<typename Right::template element<void>>{};
    else if constexpr (Left::rank != Right::rank || Left::size / Left::last != Right::size / Right::last)
        return refuse<branches_with_different_shapes, typename as_takes<Left>::type, typename as_takes<Right>::gets>{};
    else if constexpr (Left::rank == 1) return shape<Left::last + Right::last>{};
    else if constexpr (Left::rank == 2) return shape<Left::extent(0), Left::last + Right::last>{};
    else if constexpr (Left::extent(0) != Right::extent(0))
        return refuse<branches_with_different_shapes, typename as_takes<Left>::type, typename as_takes<Right>::gets>{};
    else return shape<Left::extent(0), Left::extent(1), Left::last + Right::last>{};
}

/// Branches on one input, from number Index on: `result` as topology::list_in_scope has it, `scopes` what is visible before
/// each.
template <size_t Index, class In, class Scope, class... Branches>
struct branches_in_scope;
template <size_t Index, class In, class Scope, class First, class... Rest>
struct branches_in_scope<Index, In, Scope, First, Rest...> {
    template <class Why, size_t... Path, class Inner, class Takes, class Gets>
    static constexpr auto moved(bad<Why, at_layer<0, Path...>, Inner, Takes, Gets>) {
        return bad<Why, at_layer<Index, Path...>, Inner, Takes, Gets>{};
    }
    static constexpr auto judge() {
        using left = decltype(topology::list_in_scope<In, Scope, First>());
        if constexpr (!topology::is_given<left>) return moved(left{});
        else if constexpr (sizeof...(Rest) == 0) return left{};
        else {
            using right = typename branches_in_scope<Index + 1, In, typename left::scope, Rest...>::result;
            if constexpr (!topology::is_given<right>) return right{};
            else {
                using both = decltype(joined<typename left::shape, typename right::shape>());
                if constexpr (is_shape<both>) return topology::given<both, typename right::scope>{};
                else return both{};
            }
        }
    }
    using result = decltype(judge());
};
/// What is visible before each branch; Before is topology::fits of those so far.
template <class In, class Scope, class Before, class... Branches>
struct scopes_of_branches : topology::shapes_of<Before> {};
template <class In, class Scope, class... Before, class First, class... Rest>
struct scopes_of_branches<In, Scope, topology::fits<Before...>, First, Rest...>
    : scopes_of_branches<In, typename decltype(topology::list_in_scope<In, Scope, First>())::scope,
                         topology::fits<Before..., Scope>, Rest...> {};

} // namespace detail

/// y = (f_1(x), …, f_n(x)) side by side along the last extent: features or channels. Every branch is one layer
/// (`sequential` makes several one) and gets the same x; all other extents must agree. A kept value is joined to others so
/// too: `parallel<take<"before">, identity>`.
template <class... Branches>
struct parallel {
    static constexpr auto name = "parallel";
    template <template <class...> class To>
    using parts = To<Branches...>;
    template <class... Others>
    using of = parallel<Others...>;
    static constexpr bool one_after_the_other = false;
    template <class>
    static constexpr bool takes_elements = true; // as its branches say
    static constexpr bool uses_names = (detail::uses_names<Branches> || ...);

    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (has_no_branch || clash < sizeof...(Branches)) return bad_list<In>();
        else return join<0, In>(typename topology::template verdict<In, Branches>{}...);
    }
    template <class In, class Scope>
    static constexpr auto in_scope(In, Scope) {
        if constexpr (clash < sizeof...(Branches)) return bad_list<In>();
        else return typename detail::branches_in_scope<0, In, Scope, Branches...>::result{};
    }
    template <class Scalar, class In>
    using on = detail::parallel_on<Scalar, In, decltype(parallel::output_shape(In{})),
                                   topology::list<std::conditional_t<true, In, Branches>...>, Branches...>;
    template <class Scalar, class In, class Scope>
    using on_in =
        detail::parallel_on<Scalar, In, typename decltype(parallel::in_scope(In{}, Scope{}))::shape,
                            topology::inputs_in_scopes<
                                topology::list<std::conditional_t<true, In, Branches>...>,
                                typename detail::scopes_of_branches<In, Scope, topology::fits<>, Branches...>::shapes,
                                topology::keeps_nothing>,
                            Branches...>;

  private:
    static constexpr bool has_no_branch = sizeof...(Branches) == 0;
    static constexpr size_t clash = detail::first_bad_name<Branches...>();
    template <class In>
    static constexpr auto bad_list() {
        if constexpr (has_no_branch) return refuse<needs_a_layer>{};
        else
            return bad<has_the_name_of_a_layer_before_it, at_layer<clash>,
                       which_is<topology::at<clash, topology::list<Branches...>>>, takes<>,
                       typename topology::extents_of<In>::type>{};
    }
    template <size_t Index, class Why, size_t... Path, class Inner, class Takes, class Gets>
    static constexpr auto moved(bad<Why, at_layer<0, Path...>, Inner, Takes, Gets>) {
        return bad<Why, at_layer<Index, Path...>, Inner, Takes, Gets>{};
    }
    template <size_t Index, class In, class First, class... Rest>
    static constexpr auto join(First first, Rest... rest) {
        if constexpr (!topology::is_fit<First>) return moved<Index>(first);
        else {
            using left = typename topology::newest<First>::type;
            if constexpr (!detail::is_real<left>) return but_gets_elements<typename left::template element<void>>{};
            else if constexpr (sizeof...(Rest) == 0) return left{};
            else {
                using right = decltype(join<Index + 1, In>(rest...));
                if constexpr (!is_shape<right>) return right{};
                else return detail::joined<left, right>();
            }
        }
    }
};

template <class Scalar, class In, class Out, class Inputs, class... Branches>
struct detail::parallel_on : children<Scalar, In, Out, Inputs, Branches...> {
    using output = Out;
    using base = children<Scalar, In, Out, Inputs, Branches...>;
    using base::count, base::tensor_count;
    template <size_t I>
    using bound = typename base::template bound<I>;
    static constexpr size_t rows = output::size / output::last;

    static constexpr layer_traits traits = [] {
        layer_traits all = base::traits_of_parts();
        // Each branch reads x, and has a copy of what it gave.
        all.backward_needs_input = base::any(&layer_traits::backward_needs_input);
        return all;
    }();

    static constexpr size_t token_count = [] {
        size_t fewest = 0;
        topology::walk<0, count>([&](auto i) {
            constexpr size_t one = bound<i>::token_count;
            fewest = one > 0 && (fewest == 0 || one < fewest) ? one : fewest;
        });
        return fewest;
    }();

  private:
    static constexpr auto column_starts = base::starts([](auto i) { return bound<i>::output::last; });
    /// What a branch gives, in memory of its own.
    template <size_t I>
    static constexpr size_t branch_output_size(size_t batch) {
        return aligned<Scalar>(batch * bound<I>::output::size);
    }
    static constexpr auto cache_starts(size_t batch) {
        return base::starts(
            [batch](auto i) { return branch_output_size<i>(batch) + aligned<Scalar>(bound<i>::cache_size(batch)); });
    }

  public:
    static constexpr size_t cache_size(size_t batch) { return cache_starts(batch)[count]; }
    /// Scratch of branch I in inference, its output included.
    template <size_t I>
    static constexpr size_t branch_scratch(size_t batch, bool keeps) {
        return (keeps ? 0 : branch_output_size<I>(batch)) + bound<I>::forward_scratch(batch, keeps);
    }
    static constexpr size_t forward_scratch(size_t batch, bool keeps) {
        return base::largest([=](auto i) { return branch_scratch<i>(batch, keeps); });
    }
    static constexpr size_t backward_scratch(size_t batch) {
        return aligned<Scalar>(batch * In::size) + base::largest([=](auto i) {
                   return branch_output_size<i>(batch) + aligned<Scalar>(bound<i>::backward_scratch(batch));
               });
    }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        topology::walk<0, count>([&](auto i) INLAY_INLINE {
            constexpr size_t width = bound<i>::output::last, all = Context::batch * rows;
            constexpr size_t start = cache_starts(Context::batch)[i], size = branch_output_size<i>(Context::batch);
            auto inner = base::template call_in<i, Context::batch>(call);
            inner.output = Context::keeps ? call.cache + start : call.scratch;
            inner.cache = Context::keeps ? call.cache + start + size : nullptr;
            inner.scratch = Context::keeps ? call.scratch : call.scratch + size;
            bound<i>::template forward<
                typename base::template context_in<Context, i>::template with_epilogue<kernels::identity>>(inner);
            for (size_t r = 0; r < all; ++r)
                kernels::copy<width>(call.output + r * output::last + column_starts[i], inner.output + r * width);
        });
    }

    template <class Context>
    static constexpr bool has_gradient() {
        bool all = true;
        topology::walk<0, count>([&](auto i) {
            if constexpr (runs_back<Context, i>())
                all = all && base::template child_has_gradient<backward_context<Context, i>, i>();
        });
        return all;
    }

    // dx = Σ over branches; where they use names, the last one first, as on the way back through a list
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        constexpr size_t elements = Context::batch * In::size;
        if constexpr (Context::input_gradient && first_to_give == count)
            kernels::fill<elements>(call.input_gradient, Scalar(0));
        topology::walk<base::uses_names ? count : 0, base::uses_names ? 0 : count>([&](auto i) INLAY_INLINE {
            if constexpr (runs_back<Context, i>()) {
                using inner_context = backward_context<Context, i>;
                constexpr size_t width = bound<i>::output::last, all = Context::batch * rows;
                constexpr size_t start = cache_starts(Context::batch)[i], size = branch_output_size<i>(Context::batch);
                constexpr bool first = i == first_to_give;
                auto inner = base::template call_in<i>(call);
                inner.output = call.cache + start;
                inner.cache = call.cache + start + size;
                inner.output_gradient = call.scratch + aligned<Scalar>(elements);
                inner.scratch = inner.output_gradient + size;
                inner.input_gradient = !inner_context::input_gradient ? nullptr
                                       : first                        ? call.input_gradient
                                                                      : call.scratch;
                for (size_t r = 0; r < all; ++r)
                    kernels::copy<width>(inner.output_gradient + r * width,
                                         call.output_gradient + r * output::last + column_starts[i]);
                base::template backward_child<inner_context, i>(inner);
                if constexpr (!first && inner_context::input_gradient)
                    kernels::add<typename Context::backend, elements>(call.input_gradient, call.scratch);
            }
        });
    }

    template <class Context>
    static constexpr void update_statistics(const std::array<Scalar*, tensor_count>& tensors_at, const Scalar* cache,
                                            size_t rows_) {
        base::template update_children<Context>(tensors_at, cache, rows_, [](auto i) {
            return cache_starts(Context::batch)[i] + branch_output_size<i>(Context::batch);
        });
    }

  private:
    /// The first branch on the way back whose gradient of x is not 0.
    static constexpr size_t first_to_give = [] {
        size_t first = count;
        topology::walk<base::uses_names ? 0 : count, base::uses_names ? count : 0>(
            [&](auto i) { first = bound<i>::traits.ignores_input ? first : size_t{i}; });
        return first;
    }();
    template <class Context, size_t I>
    using backward_context =
        typename base::template context_in<Context, I>::template with_slope<void>::template with_input_gradient<(
            Context::input_gradient && !bound<I>::traits.ignores_input)>;
    /// A branch without anything to train need not be walked back through for its parameters' sake.
    template <class Context, size_t I>
    static constexpr bool runs_back() {
        return Context::input_gradient || base::template trains<Context, I>();
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
