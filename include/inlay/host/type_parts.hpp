// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the types of networks and layers are made of. Templates are taken apart by their kind, so that a layer needs no entry
// here: its spelling in C++ and its description in files are both made of these parts.
#pragma once

#include <inlay/layers/window.hpp>
#include <inlay/network/composites.hpp>
#include <inlay/network/frozen.hpp>
#include <inlay/network/network.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

template <auto Value>
struct value_part {};
template <class Type>
struct type_part {};
template <class... Parts>
struct type_parts {};

/// Whether a template takes nothing but values.
template <class Type>
inline constexpr bool has_values_only = false;
template <template <auto...> class Template, auto... Values>
inline constexpr bool has_values_only<Template<Values...>> = true;

/// `type` is type_parts<…>, or void for what fits no kind.
template <class Type>
struct parts_of {
    using type = void;
};
template <template <auto...> class Template, auto... Values>
struct parts_of<Template<Values...>> {
    using type = type_parts<value_part<Values>...>;
};
template <template <class...> class Template, class... Types>
struct parts_of<Template<Types...>> {
    using type = type_parts<type_part<Types>...>;
};
template <template <size_t, class...> class Template, size_t A, class... Types> // gru<8, relu>
requires(!has_values_only<Template<A, Types...>>) struct parts_of<Template<A, Types...>> {
    using type = type_parts<value_part<A>, type_part<Types>...>;
};
template <template <size_t, size_t, class...> class Template, size_t A, size_t B,
          class... Types> // causal_self_attention<2, 8, rotary<>>
requires(!has_values_only<Template<A, B, Types...>>) struct parts_of<Template<A, B, Types...>> {
    using type = type_parts<value_part<A>, value_part<B>, type_part<Types>...>;
};
template <template <size_t, size_t, size_t, padding, class...> class Template, size_t A, size_t B, size_t C, padding D,
          class... Types> // conv1d<4, 3, 1, same, without_bias>
requires(!has_values_only<Template<A, B, C, D, Types...>>) struct parts_of<Template<A, B, C, D, Types...>> {
    using type = type_parts<value_part<A>, value_part<B>, value_part<C>, value_part<D>, type_part<Types>...>;
};
template <template <size_t, size_t, size_t, padding, size_t, class...> class Template, size_t A, size_t B, size_t C,
          padding D, size_t E, class... Types>
requires(!has_values_only<Template<A, B, C, D, E, Types...>>) struct parts_of<Template<A, B, C, D, E, Types...>> {
    using type =
        type_parts<value_part<A>, value_part<B>, value_part<C>, value_part<D>, value_part<E>, type_part<Types>...>;
};
template <template <size_t, size_t, padding, class...> class Template, size_t A, size_t B, padding C, class... Types>
requires(!has_values_only<Template<A, B, C, Types...>>) struct parts_of<Template<A, B, C, Types...>> {
    using type = type_parts<value_part<A>, value_part<B>, value_part<C>, type_part<Types>...>;
};
template <template <size_t, window, window, padding, class...> class Template, size_t A, window B, window C, padding D,
          class... Types> // conv2d<4, 3, 1, 0, groups<2>>
requires(!has_values_only<Template<A, B, C, D, Types...>>) struct parts_of<Template<A, B, C, D, Types...>> {
    using type = type_parts<value_part<A>, value_part<B>, value_part<C>, value_part<D>, type_part<Types>...>;
};
template <template <size_t, window, window, padding, window, class...> class Template, size_t A, window B, window C,
          padding D, window E, class... Types>
requires(!has_values_only<Template<A, B, C, D, E, Types...>>) struct parts_of<Template<A, B, C, D, E, Types...>> {
    using type =
        type_parts<value_part<A>, value_part<B>, value_part<C>, value_part<D>, value_part<E>, type_part<Types>...>;
};
template <template <window, class...> class Template, window A, class... Types>
requires(!has_values_only<Template<A, Types...>>) struct parts_of<Template<A, Types...>> {
    using type = type_parts<value_part<A>, type_part<Types>...>;
};
template <template <window, window, padding, class...> class Template, window A, window B, padding C, class... Types>
requires(!has_values_only<Template<A, B, C, Types...>>) struct parts_of<Template<A, B, C, Types...>> {
    using type = type_parts<value_part<A>, value_part<B>, value_part<C>, type_part<Types>...>;
};
template <template <fixed_text, class...> class Template, fixed_text A, class... Types> // plus<"x", dense<3>>
requires(!has_values_only<Template<A, Types...>>) struct parts_of<Template<A, Types...>> {
    using type = type_parts<value_part<A>, type_part<Types>...>;
};
template <template <fixed_text, size_t, class...> class Template, fixed_text A, size_t B, class... Types>
requires(!has_values_only<Template<A, B, Types...>>) struct parts_of<Template<A, B, Types...>> {
    using type = type_parts<value_part<A>, value_part<B>, type_part<Types>...>;
};
template <class Layer, fixed_text... Names>
struct parts_of<frozen<Layer, Names...>> {
    using type = type_parts<type_part<Layer>, value_part<Names>...>;
};
template <class Element, size_t... Extents>
struct parts_of<input_of<Element, Extents...>> {
    using type = type_parts<type_part<Element>, value_part<Extents>...>;
};
template <fixed_text Name, size_t... Extents>
struct parts_of<in<Name, Extents...>> {
    using type = type_parts<value_part<Name>, value_part<Extents>...>;
};

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
