// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Names of values: which of them a list of layers keeps, and which it asks the lists around it for. Only lists with such
// layers (network/keep.hpp) come here. A layer that uses names has, beside what every layer has,
//
//     static constexpr bool uses_names = true;
//     template <class In, class Scope> static constexpr auto in_scope(In, Scope);    // given<shape<…>, Scope after it>, or
//                                                                                    // refuse<…>
//     template <class Scalar, class In, class Scope> using on_in = …;                // `on`, where those names are visible
//
// and `on_in` lists in `outer` what it asks for. Names are lexical: a layer sees what the lists around it kept before it,
// and what its own list kept hides what has the same name outside. A sum starts with the first layer that adds to it, and
// belongs to the innermost list that both adds to it and reads it; nothing is added once it has been read.
#pragma once

#include <inlay/network/topology.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

// Why a layer that uses names does not fit.
template <fixed_text Name>
struct no_value_is_called {}; ///< neither in this list, before this layer, nor in one around it
template <fixed_text Name>
struct is_used_before_it_is_kept {};
struct is_kept_but_never_used {};
struct is_added_up_but_never_used {};
struct has_the_name_of_a_value_before_it {};
struct hides_a_value_that_its_list_has_used {}; ///< which of the two was meant would not be told
struct adds_to_a_value_that_is_no_sum {};
struct adds_to_a_sum_that_has_been_read {};
struct is_an_output_where_none_can_be {}; ///< in a wrapper that knows of no names
struct has_more_outer_values_than_64 {};

namespace topology {

enum class value_kind {
    kept,
    sum,
    read_sum, ///< a sum that is complete
    output
};

/// A visible name. `Used` by the list whose scope this is; `Outer` is what lists around it keep.
template <fixed_text Name, class Shape, value_kind Kind, bool Used = false, bool Outer = false>
struct entry {
    static constexpr std::string_view name = Name.view();
    using shape = Shape;
    static constexpr value_kind kind = Kind;
    static constexpr bool used = Used, outer = Outer;
    template <value_kind NewKind, bool NowUsed, bool IsOuter>
    using with = entry<Name, Shape, NewKind, NowUsed, IsOuter>;
};

/// The names visible at a place, the innermost last.
template <class... Entries>
struct scope {
    static constexpr size_t count = sizeof...(Entries);
    /// The innermost value of that name; `count` if there is none.
    static constexpr size_t find([[maybe_unused]] std::string_view name) {
        size_t found = count, i = 0;
        ((found = Entries::name == name ? i : found, ++i), ...);
        return found;
    }
    template <size_t I>
    using get = at<I, list<Entries...>>;
    template <class Entry>
    using with = scope<Entries..., Entry>;
    /// What a list inside starts from.
    using inside = scope<typename Entries::template with<Entries::kind, false, true>...>;
};

template <size_t I, class Entry, class Indices, class Scope>
struct replaced;
template <size_t I, class Entry, size_t... J, class... Entries>
struct replaced<I, Entry, std::index_sequence<J...>, scope<Entries...>> {
    using type = scope<std::conditional_t<I == J, Entry, Entries>...>;
};
/// The scope after value I was used, and is of that kind now.
template <size_t I, value_kind Kind, class Scope>
using use =
    typename replaced<I, typename Scope::template get<I>::template with<Kind, true, Scope::template get<I>::outer>,
                      std::make_index_sequence<Scope::count>, Scope>::type;

/// What a layer that uses names gives: a shape, and what is visible after it.
template <class Shape, class Scope>
struct given {
    using shape = Shape;
    using scope = Scope;
};
template <class Result>
inline constexpr bool is_given = false;
template <class Shape, class Scope>
inline constexpr bool is_given<given<Shape, Scope>> = true;

/// The innermost value called Name, for a layer that reads it: its shape and the scope after that; or refuse<…>.
template <fixed_text Name, class Scope>
consteval auto read() {
    constexpr size_t found = Scope::find(Name.view());
    if constexpr (found == Scope::count) return refuse<no_value_is_called<Name>>{};
    else {
        using value = typename Scope::template get<found>;
        if constexpr (value::kind == value_kind::output) return refuse<no_value_is_called<Name>>{};
        else
            return given<
                typename value::shape,
                use<found, value::kind == value_kind::kept ? value_kind::kept : value_kind::read_sum, Scope>>{};
    }
}

/// The inputs of layers that use names, what is visible before each, and in `Names::own` what their composite keeps.
template <class Shapes, class Scopes, class Names>
struct inputs_in_scopes {};

// ---- the fold ------------------------------------------------------------------------------------------------------------

/// A value that a list keeps, or a sum that is its own.
struct own_value {
    std::string_view name;
    size_t size = 0; ///< per sample
    bool sum = false;
};
struct keeps_nothing {
    static constexpr std::array<own_value, 0> own{};
};

/// The state of the fold over a list that uses names: the shapes so far, and what is visible at each place; or a verdict.
template <class Shapes, class... Scopes>
struct naming {};

template <class State, class Layer>
struct next_naming {
    using type = State; // a verdict passes on
};
template <class... Shapes, class... Scopes, class Layer>
struct next_naming<naming<fits<Shapes...>, Scopes...>, Layer> {
    using in = typename newest<fits<Shapes...>>::type;
    using here = typename newest<fits<Scopes...>>::type;
    static constexpr size_t index = sizeof...(Shapes) - 1;

    template <class Result>
    struct after {
        using type = Result;
    };
    template <class... More>
    struct after<fits<More...>> {
        using type = naming<fits<More...>, Scopes..., here>;
    };
    template <class Out, class Scope>
    struct after<given<Out, Scope>> {
        using bound = typename Layer::template on_in<float, in, typename here::inside>;
        template <class Why>
        using wrong = bad<Why, at_layer<index>, which_is<Layer>, takes<>, typename extents_of<in>::type>;
        static constexpr auto judge() {
            if constexpr (detail::longest_path_in_list<Layer, bound>() > label::capacity)
                return wrong<has_a_parameter_whose_path_is_too_long>{};
            else if constexpr (bound::outer.size() > 64) return wrong<has_more_outer_values_than_64>{};
            else return naming<fits<Shapes..., Out>, Scopes..., Scope>{};
        }
        using type = decltype(judge());
    };
    static constexpr auto judge() {
        if constexpr (!detail::uses_names<Layer>)
            return hana::type<typename after<typename next<fits<Shapes...>, Layer>::type>::type>{};
        else if constexpr (!takes_elements<Layer, in>)
            return hana::type<typename judged<fits<Shapes...>, Layer,
                                              but_gets_elements<typename in::template element<void>>>::type>{};
        else {
            using result = decltype(Layer::in_scope(in{}, here{}));
            if constexpr (is_given<result>) return hana::type<typename after<result>::type>{};
            else return hana::type<typename judged<fits<Shapes...>, Layer, result>::type>{};
        }
    }
    using type = typename decltype(judge())::type;
};

struct infer_naming {
    template <class State, class Layer>
    constexpr auto operator()(State, Layer) const {
        return hana::type<typename next_naming<typename State::type, typename Layer::type>::type>{};
    }
};

// ---- what a list makes of it -----------------------------------------------------------------------------------------------

/// A list of layers on an input of shape In where the names of Outer (a scope::inside) are visible:
///   verdict  fits<In, shapes…> or bad<…>
///   result   given<Out, what is visible after it>, where names of its own are gone; or bad<…>
///   scopes   what is visible before each layer
///   own      its names
template <class In, class Outer, class... Layers>
struct naming_list {
    using state = typename decltype(hana::fold_left(list<Layers...>{}, hana::type<naming<fits<In>, Outer>>{},
                                                    infer_naming{}))::type;

    template <class State>
    struct parts {
        using verdict = State;
    };
    /// A name that is there after all, but too late.
    template <fixed_text Name, size_t Index, size_t... Path, class... Rest>
    struct parts<bad<no_value_is_called<Name>, at_layer<Index, Path...>, Rest...>> {
        static constexpr bool comes_later = [] {
            size_t i = 0;
            return ((i++ > Index && detail::keeps<Layers>(Name.view())) || ...);
        }();
        using why = std::conditional_t<comes_later, is_used_before_it_is_kept<Name>, no_value_is_called<Name>>;
        using verdict = bad<why, at_layer<Index, Path...>, Rest...>;
    };
    template <class... Shapes, class First, class... Scopes>
    struct parts<naming<fits<Shapes...>, First, Scopes...>> {
        using last = typename newest<fits<First, Scopes...>>::type;
        static constexpr size_t counts[1 + sizeof...(Scopes)] = {First::count, Scopes::count...};
        /// The layer that brought value number k.
        static constexpr size_t brought(size_t k) {
            size_t i = 0;
            while (counts[i + 1] <= k) ++i;
            return i;
        }
        static constexpr size_t inner = last::count - Outer::count;
        template <size_t K>
        using value = typename last::template get<Outer::count + K>;
        template <size_t K>
        static constexpr bool is_own = value<K>::kind == value_kind::kept || value<K>::kind == value_kind::read_sum;

        static constexpr size_t unused = []<size_t... K>(std::index_sequence<K...>) {
            size_t found = inner;
            ((found = value<K>::kind == value_kind::kept && !value<K>::used && found == inner ? K : found), ...);
            return found;
        }
        (std::make_index_sequence<inner>{});

        static constexpr auto judge() {
            constexpr size_t name = detail::first_bad_name<Layers...>();
            constexpr size_t where = name < sizeof...(Layers) ? name
                                     : unused < inner         ? brought(Outer::count + unused)
                                                              : sizeof...(Layers);
            if constexpr (where == sizeof...(Layers)) return fits<Shapes...>{};
            else
                return bad<std::conditional_t<name == where, has_the_name_of_a_layer_before_it, is_kept_but_never_used>,
                           at_layer<where>, which_is<at<where, list<Layers...>>>, takes<>,
                           typename extents_of<at<where, list<Shapes...>>>::type>{};
        }
        using verdict = decltype(judge());
        using scopes = list<First, Scopes...>;

        /// Numbers of the names that are this list's own, or of those that are not.
        template <bool Own>
        static constexpr auto numbers() {
            return []<size_t... K>(std::index_sequence<K...>) {
                std::array<size_t, ((is_own<K> == Own ? size_t{1} : size_t{0}) + ... + size_t{0})> all{};
                size_t at = 0;
                ((is_own<K> == Own ? void(all[at++] = K) : void()), ...);
                return all;
            }
            (std::make_index_sequence<inner>{});
        }
        /// The layer that brought number k of the names that are not its own.
        static constexpr size_t open_from(size_t k) { return brought(Outer::count + numbers<false>()[k]); }
        static constexpr auto own = [] {
            constexpr auto all = numbers<true>();
            return [&]<size_t... I>(std::index_sequence<I...>) {
                return std::array<own_value, all.size()>{own_value{value<all[I]>::name, value<all[I]>::shape::size,
                                                                   value<all[I]>::kind == value_kind::read_sum}...};
            }
            (std::make_index_sequence<all.size()>{});
        }();
        /// What the list leaves: the names of Outer, and those that its outer lists must find a place for.
        static constexpr auto left() {
            [[maybe_unused]] constexpr auto all = numbers<false>();
            return []<size_t... K, size_t... I>(std::index_sequence<K...>, std::index_sequence<I...>) {
                [[maybe_unused]] constexpr auto numbered = numbers<false>();
                return scope<typename last::template get<K>..., value<numbered[I]>...>{};
            }
            (std::make_index_sequence<Outer::count>{}, std::make_index_sequence<all.size()>{});
        }
    };
    using part = parts<state>;
    using verdict = typename part::verdict;
    static constexpr bool fit = is_fit<verdict>;

    static constexpr auto judge() {
        if constexpr (fit) return given<typename newest<verdict>::type, decltype(part::left())>{};
        else return verdict{};
    }
    using result = decltype(judge());
};

/// What the scope around a list has become when the list has used it.
template <class Before, class After, class Indices>
struct merged;
template <class Before, class... After, size_t... I>
struct merged<Before, scope<After...>, std::index_sequence<I...>> {
    template <size_t K, class Entry>
    static constexpr auto one() {
        if constexpr (K < Before::count) {
            using old = typename Before::template get<K>;
            return hana::type<typename Entry::template with<Entry::kind, Entry::used || old::used, old::outer>>{};
        } else return hana::type<typename Entry::template with<Entry::kind, Entry::used, false>>{};
    }
    using type = scope<typename decltype(one<I, After>())::type...>;
};
template <class Scope, class Result>
struct around {
    using type = Result;
};
template <class Scope, class Out, class After>
struct around<Scope, given<Out, After>> {
    using type = given<Out, typename merged<Scope, After, std::make_index_sequence<After::count>>::type>;
};
/// What a list inside a list gives: given<Out, Scope after it> or bad<…>.
template <class In, class Scope, class... Layers>
consteval auto list_in_scope() {
    return typename around<Scope, typename naming_list<In, typename Scope::inside, Layers...>::result>::type{};
}

/// The same for the part of a layer, which may be no layers at all.
template <class In, class Scope, class... Layers>
consteval auto part_in_scope() {
    if constexpr (sizeof...(Layers) == 0) return given<In, Scope>{};
    else return list_in_scope<In, Scope, Layers...>();
}

/// The verdict on a list that has no lists around it: what it leaves open is an error.
template <class In, class... Layers>
struct verdict_of<true, In, Layers...> {
    using list_type = naming_list<In, scope<>, Layers...>;

    template <class Result>
    struct judged_result {
        using type = Result;
    };
    template <class Out, class First, class... Open>
    struct judged_result<given<Out, scope<First, Open...>>> {
        static constexpr size_t layer = list_type::part::open_from(0);
        using why = std::conditional_t<First::kind == value_kind::output, is_an_output_where_none_can_be,
                                       is_added_up_but_never_used>;
        using type = bad<why, at_layer<layer>, which_is<at<layer, list<Layers...>>>, takes<>,
                         typename extents_of<typename First::shape>::type>;
    };
    template <class Out>
    struct judged_result<given<Out, scope<>>> {
        using type = typename list_type::verdict;
    };
    using type = typename judged_result<typename list_type::result>::type;
};

} // namespace topology

} // namespace inlay

#include <inlay/core/macros_back.inc>
