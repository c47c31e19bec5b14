// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The only door to Boost.Hana: a list of layers, the shapes that travel through it, and the verdict on lists that do not
// fit. Only types are folded; offsets and sizes live in plain constexpr arrays elsewhere, which keeps a list of a hundred
// layers cheap to compile.
#pragma once

#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

#include <boost/hana/at.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

#include <concepts>
#include <utility>

namespace inlay::inline INLAY_TARGET::detail {

template <class Layer>
concept has_given_name = requires {
    Layer::given_name;
};

/// What `named` calls a layer; empty for others.
template <class Layer>
consteval std::string_view given_name() {
    if constexpr (has_given_name<Layer>) return Layer::given_name;
    else return {};
}

/// What a layer's parameters are called by in their list: its given name, or its number.
template <class Layer>
constexpr label name_in_list(size_t index) {
    label name(given_name<Layer>());
    if constexpr (!has_given_name<Layer>) name += index;
    return name;
}

/// The first layer whose name another one before it has, or which `named` gives a name that is none; else their count.
template <class... Layers>
consteval size_t first_bad_name() {
    if constexpr (!(has_given_name<Layers> || ...)) return sizeof...(Layers);
    else {
        size_t index = 0;
        const label names[] = {name_in_list<Layers>(index++)...};
        for (size_t i = 0; i < sizeof...(Layers); ++i) {
            const std::string_view name = names[i].view();
            if (name.empty() || name.find('.') != name.npos) return i;
            for (size_t j = 0; j < i; ++j)
                if (names[j] == name) return i;
        }
        return sizeof...(Layers);
    }
}

/// Whether a layer keeps values under names or asks for kept ones: see network/scope.hpp.
template <class Layer>
inline constexpr bool uses_names = requires {
    requires Layer::uses_names;
};
/// Whether it keeps one under this name.
template <class Layer>
consteval bool keeps(std::string_view name) {
    if constexpr (requires { Layer::kept_name; }) return Layer::kept_name == name;
    else return false;
}

/// A wrapper's name: that of the layer it wraps, if it has one.
template <class Layer>
struct name_of {};
template <has_given_name Layer>
struct name_of<Layer> {
    static constexpr std::string_view given_name = Layer::given_name;
};

/// Characters of the longest path of a parameter inside a layer.
template <class Bound>
consteval size_t longest_path() {
    if constexpr (requires { Bound::longest_path(); }) return Bound::longest_path();
    else {
        size_t longest = 0;
        for (const tensor_spec& spec : Bound::tensors)
            longest = spec.name.length > longest ? spec.name.length : longest;
        return longest;
    }
}
/// The same with the layer's own name or number, and the dot.
template <class Layer, class Bound>
consteval size_t longest_path_in_list() {
    const size_t inside = longest_path<Bound>();
    return inside ? (has_given_name<Layer> ? given_name<Layer>().size() : 4) + 1 + inside : 0;
}

/// Whether a trait stands beside `traits`, where nothing reads it.
template <class Bound>
concept has_a_stray_trait = requires {
    Bound::backward_needs_input;
}
|| requires { Bound::backward_needs_output; }
|| requires { Bound::in_place; }
|| requires { Bound::takes_epilogue; }
|| requires { Bound::takes_slope; }
|| requires { Bound::differentiable; }
|| requires { Bound::has_statistics; }
|| requires { Bound::overwrites_gradients; }
|| requires { Bound::steps_in_backward; }
|| requires { Bound::random_in_training; }
|| requires { Bound::mixes_samples; }
|| requires { Bound::needs_whole_sequence; }
|| requires { Bound::same_bits_in_blocks; }
|| requires { Bound::gives_input; }
|| requires { Bound::gives_outer; }
|| requires { Bound::ignores_input; };

/// Whether traits can be used. A specialisation, because after an error in them it is the only form that adds none.
template <class Bound, class Traits = const layer_traits>
struct has_traits : std::false_type {};
template <class Bound>
struct has_traits<Bound, std::enable_if_t<(Bound::traits.differentiable || true), decltype(Bound::traits)>>
    : std::true_type {};

/// Whether all elements of a shape can be counted: twice as many would not be, so that a negative number is none.
template <class Shape>
inline constexpr bool is_addressable = [] {
    size_t left = std::numeric_limits<size_t>::max() / 2;
    for (size_t axis = 0; axis < Shape::rank; ++axis) left /= Shape::extent(axis);
    return left > 0;
}();

/// What a layer lacks that gives Out for In; void if nothing. Only declarations are looked at.
template <class Layer, class In, class Out>
struct what_lacks {
    using type =
        has_an_output_larger_than_any_memory; // clang says of dense<-3> that it narrows, and goes on with 2⁶⁴ − 3
};
template <class Layer, class In, class Out>
requires is_addressable<Out>
struct what_lacks<Layer, In, Out> {
    using how = context<kernels::scalar, context_options{}>;

    static constexpr auto judge() {
        if constexpr (!requires { typename Layer::template on<float, In>; }) return lacks_on{};
        else {
            using bound = typename Layer::template on<float, In>;
            if constexpr (!requires {
                              typename bound::output;
                              typename bound::input;
                              bound::tensors.size();
                              bound::outer.size();
                          })
                return lacks_the_base_layer_on{};
            else if constexpr (!std::is_same_v<typename bound::output, Out>)
                return its_output_is_not_what_output_shape_says{};
            else if constexpr (!requires { requires std::is_same_v<decltype(bound::traits), const layer_traits>; })
                return lacks_traits_of_layer_traits{};
            else if constexpr (!has_traits<bound>::value) return its_traits_do_not_compile{};
            else if constexpr (has_a_stray_trait<bound>) return a_trait_stands_outside_of_traits{};
            else if constexpr (longest_path_in_list<Layer, bound>() > label::capacity)
                return has_a_parameter_whose_path_is_too_long{};
            else if constexpr (!requires(size_t one) {
                                   { bound::cache_size(one) } -> std::convertible_to<size_t>;
                                   { bound::forward_scratch(one, true) } -> std::convertible_to<size_t>;
                                   { bound::backward_scratch(one) } -> std::convertible_to<size_t>;
                               })
                return lacks_memory_sizes{};
            else if constexpr (!requires(const forward_call_of<bound>& call) { bound::template forward<how>(call); })
                return lacks_forward{};
            else if constexpr (bound::traits.differentiable &&
                               !requires(const backward_call_of<bound>& call) { bound::template backward<how>(call); })
                return lacks_backward{};
            else if constexpr (bound::traits.has_statistics &&
                               !requires(const std::array<float*, bound::tensors.size()>& all, const float* cache) {
                                   bound::template update_statistics<how>(all, cache, size_t{1});
                               })
                return lacks_update_statistics{};
            else return;
        }
    }
    using type = decltype(judge());
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

namespace topology {
/// Whether a layer takes elements of the type that reaches it. Composites leave it to their layers.
template <class Layer, class In>
inline constexpr bool takes_elements = true;
template <class Layer, class Element, size_t... Extents>
inline constexpr bool takes_elements<Layer, shape_of<Element, Extents...>> = requires {
    requires Layer::template takes_elements<Element>;
};

/// A layer bound to its input, where it stands in a list.
template <bool Names>
struct binder {
    template <class Scalar, class Layer, class In, class>
    using bound = typename Layer::template on<Scalar, In>;
};
template <>
struct binder<true> {
    template <class Scalar, class Layer, class In, class Scope>
    using bound = typename Layer::template on_in<Scalar, In, typename Scope::inside>;
};
template <class Scalar, class Layer, class In, class Scope>
using bound_in = typename binder<detail::uses_names<Layer>>::template bound<Scalar, Layer, In, Scope>;

} // namespace topology

/// Gives a layer a name, for summaries, error messages and parameter paths: `named<"hidden", dense<32>>`. A name is not
/// empty, has no dot, and no two layers of a list share one (the others are called by their numbers).
template <fixed_text Name, class Layer>
struct named {
    using layer = Layer;
    static constexpr auto name = Layer::name;
    static constexpr std::string_view given_name = Name.view();
    template <class Element>
    static constexpr bool takes_elements = topology::takes_elements<Layer, shape_of<Element, 1>>;

    template <class In>
    static constexpr auto output_shape(In in) requires requires {
        Layer::output_shape(in);
    }
    { return Layer::output_shape(in); }
    template <class Scalar, class In>
    using on = typename Layer::template on<Scalar, In>;

    static constexpr bool uses_names = detail::uses_names<Layer>;
    template <class In, class Scope>
    static constexpr auto in_scope(In in, Scope scope) {
        return Layer::in_scope(in, scope);
    }
    template <class Scalar, class In, class Scope>
    using on_in = topology::bound_in<Scalar, Layer, In, Scope>;
};

// What an error message is made of.
template <size_t... Path>
struct at_layer {}; ///< counted from 0 after the input; two numbers mean a layer inside a composite
template <class Layer>
struct which_is {};
/// The verdict on a list that does not fit: why, at which layer, what that takes and what reaches it.
template <class Why, class At, class Layer, class Takes, class Gets>
struct bad {};

namespace topology {

namespace hana = boost::hana;

template <class... Items>
using list = hana::tuple<hana::type<Items>...>;

template <size_t Index, class List>
using at = typename std::remove_cvref_t<decltype(hana::at_c<Index>(std::declval<const List&>()))>::type;

/// The state of the fold: the shapes so far, the newest last; or a verdict.
template <class... Shapes>
struct fits {
    static constexpr size_t count = sizeof...(Shapes);
};

template <class>
struct newest;
template <class Only>
struct newest<fits<Only>> {
    using type = Only;
};
template <class First, class... Rest>
struct newest<fits<First, Rest...>> : newest<fits<Rest...>> {};

template <class Shape>
struct extents_of;
template <size_t... Extents>
struct extents_of<shape<Extents...>> {
    using type = but_gets<Extents...>;
};
template <class Element, size_t... Extents>
struct extents_of<shape_of<Element, Extents...>> {
    using type = but_gets<Extents...>;
};

/// What a list is after layer Layer, whose shape rule returned Result: `fits` or `bad`.
template <class State, class Layer, class Result>
struct judged;
template <class... Shapes, class Layer, class Result>
struct judged<fits<Shapes...>, Layer, Result> {
    using in = typename newest<fits<Shapes...>>::type;
    static constexpr size_t index = sizeof...(Shapes) - 1;
    template <class Why, class Takes = takes<>, class Gets = typename extents_of<in>::type>
    using wrong = bad<Why, at_layer<index>, which_is<Layer>, Takes, Gets>;

    template <class Other>
    struct of {
        using type = wrong<not_a_layer>;
    };
    template <class Out>
    requires is_shape<Out>
    struct of<Out> {
        using lacks = typename detail::what_lacks<Layer, in, Out>::type;
        using type = std::conditional_t<std::is_void_v<lacks>, fits<Shapes..., Out>, wrong<lacks>>;
    };
    template <class Element>
    struct of<but_gets_elements<Element>> {
        using type = wrong<needs_real_numbers, takes<>, but_gets_elements<Element>>;
    };
    template <class Why, class Takes>
    struct of<refuse<Why, Takes>> {
        using type = wrong<Why, Takes>;
    };
    template <class Why, class Takes, size_t... Extents>
    struct of<refuse<Why, Takes, but_gets<Extents...>>> {
        using type = wrong<Why, Takes, but_gets<Extents...>>;
    };
    template <class Why, size_t... Path, class Inner, class Takes, class Gets> // from a composite
    struct of<bad<Why, at_layer<Path...>, Inner, Takes, Gets>> {
        using type = bad<Why, at_layer<index, Path...>, Inner, Takes, Gets>;
    };
    using type = typename of<Result>::type;
};

/// One step of the fold: what layer Layer makes of State. A function object with a name: a generic lambda here makes
/// g++ 12 accept wrong lists.
template <class State, class Layer>
struct next {
    using type = State; // a verdict passes on
};
template <class... Shapes, class Layer>
struct next<fits<Shapes...>, Layer> {
    using in = typename newest<fits<Shapes...>>::type;

    static constexpr auto judge() {
        if constexpr (!takes_elements<Layer, in>)
            return hana::type<but_gets_elements<typename in::template element<void>>>{};
        else if constexpr (layer_for<Layer, in>) return hana::type<decltype(Layer::output_shape(in{}))>{};
        else return hana::type<void>{};
    }
    using type = typename judged<fits<Shapes...>, Layer, typename decltype(judge())::type>::type;
};

struct infer {
    template <class State, class Layer>
    constexpr auto operator()(State, Layer) const {
        return hana::type<typename next<typename State::type, typename Layer::type>::type>{};
    }
};

/// Two layers of one name would leave one of them unreachable.
template <class Verdict, size_t Name, class... Layers>
struct names_judged {
    using type = Verdict;
};
template <class... Shapes, size_t Name, class... Layers>
requires(Name < sizeof...(Layers)) struct names_judged<fits<Shapes...>, Name, Layers...> {
    using type = bad<has_the_name_of_a_layer_before_it, at_layer<Name>, which_is<at<Name, list<Layers...>>>, takes<>,
                     typename extents_of<at<Name, list<Shapes...>>>::type>;
};

/// Lists with names of values are judged in network/scope.hpp.
template <bool Names, class In, class... Layers>
struct verdict_of
    : names_judged<typename decltype(hana::fold_left(list<Layers...>{}, hana::type<fits<In>>{}, infer{}))::type,
                   detail::first_bad_name<Layers...>(), Layers...> {};

/// The verdict on layers after an input of shape In: `fits<In, shapes…>` or `bad<…>`.
template <class In, class... Layers>
using verdict = typename verdict_of<(detail::uses_names<Layers> || ...), In, Layers...>::type;

template <class Verdict>
inline constexpr bool is_fit = false;
template <class... Shapes>
inline constexpr bool is_fit<fits<Shapes...>> = true;

/// Whether the compiler has said already what is wrong, in its own words.
template <class Verdict>
inline constexpr bool is_reported = false;
template <class At, class Layer, class Takes, class Gets>
inline constexpr bool is_reported<bad<its_traits_do_not_compile, At, Layer, Takes, Gets>> = true;

/// The one place where a wrong list stops the compiler: the assertion prints the verdict. A function, because clang takes a
/// class whose assertion fails for unusable and then complains about every use of the network.
template <class Verdict>
consteval bool accepted() {
    static_assert(is_fit<Verdict> || is_reported<Verdict>,
                  "inlay: this network does not fit together; see bad<> below");
    return true;
}

/// The shapes of a list that fits: number 0 is the input, number i + 1 what layer i gives.
template <class Verdict>
struct shapes_of;
template <class... Shapes>
struct shapes_of<fits<Shapes...>> {
    using shapes = list<Shapes...>;
    template <size_t Index>
    using get = at<Index, shapes>;
};

/// Calls `body(std::integral_constant<size_t, i>)` for i in [First, Last), or downwards in [Last, First).
template <size_t First, size_t Last, class Body>
INLAY_INLINE constexpr void walk(Body&& body) {
    if constexpr (First <= Last) [&]<size_t... I>(std::index_sequence<I...>) INLAY_INLINE {
            (body(std::integral_constant<size_t, First + I>{}), ...);
        }
    (std::make_index_sequence<Last - First>{});
    else[&]<size_t... I>(std::index_sequence<I...>) INLAY_INLINE {
        (body(std::integral_constant<size_t, First - 1 - I>{}), ...);
    }
    (std::make_index_sequence<First - Last>{});
}

} // namespace topology

} // namespace inlay

#include <inlay/core/macros_back.inc>
