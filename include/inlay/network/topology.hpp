// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The only door to Boost.Hana: a list of layers, the shapes that travel through it, and the verdict on lists that do not
// fit. Only types are folded; offsets and sizes live in plain constexpr arrays elsewhere, which keeps a list of a hundred
// layers cheap to compile.
#pragma once

#include <inlay/layers/layer.hpp>

#include <concepts>
#include <utility>

#include <inlay/core/macros_aside.inc>

#include <boost/hana/at.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

namespace inlay::inline INLAY_TARGET {

/// Gives a layer a name, for summaries, error messages and parameter paths: `named<"hidden", dense<32>>`.
template <fixed_text Name, class Layer>
struct named {
    using layer = Layer;
    static constexpr auto name = Layer::name;
    static constexpr std::string_view given_name = Name.view();

    template <class In>
    static constexpr auto output_shape(In in) requires requires {
        Layer::output_shape(in);
    }
    { return Layer::output_shape(in); }
    template <class Scalar, class In>
    using on = typename Layer::template on<Scalar, In>;
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

/// One step of the fold: what layer Layer makes of State. A function object with a name: a generic lambda here makes
/// g++ 12 accept wrong lists.
template <class State, class Layer>
struct next {
    using type = State; // a verdict passes on
};
template <class... Shapes, class Layer>
struct next<fits<Shapes...>, Layer> {
    using in = typename newest<fits<Shapes...>>::type;
    static constexpr size_t index = sizeof...(Shapes) - 1;

    template <class Result>
    struct judged {
        using type = bad<not_a_layer, at_layer<index>, which_is<Layer>, takes<>, typename extents_of<in>::type>;
    };
    template <size_t... Extents>
    struct judged<shape<Extents...>> {
        using type = fits<Shapes..., shape<Extents...>>;
    };
    template <class Why, class Takes>
    struct judged<refuse<Why, Takes>> {
        using type = bad<Why, at_layer<index>, which_is<Layer>, Takes, typename extents_of<in>::type>;
    };
    template <class Why, class Takes, size_t... Extents>
    struct judged<refuse<Why, Takes, but_gets<Extents...>>> {
        using type = bad<Why, at_layer<index>, which_is<Layer>, Takes, but_gets<Extents...>>;
    };
    template <class Why, size_t... Path, class Inner, class Takes, class Gets> // from a composite
    struct judged<bad<Why, at_layer<Path...>, Inner, Takes, Gets>> {
        using type = bad<Why, at_layer<index, Path...>, Inner, Takes, Gets>;
    };
    static constexpr auto judge() {
        if constexpr (layer_for<Layer, in>) return hana::type<decltype(Layer::output_shape(in{}))>{};
        else return hana::type<void>{};
    }
    using type = typename judged<typename decltype(judge())::type>::type;
};

struct infer {
    template <class State, class Layer>
    constexpr auto operator()(State, Layer) const {
        return hana::type<typename next<typename State::type, typename Layer::type>::type>{};
    }
};

/// The verdict on layers after an input of shape In: `fits<In, shapes…>` or `bad<…>`.
template <class In, class... Layers>
using verdict = typename decltype(hana::fold_left(list<Layers...>{}, hana::type<fits<In>>{}, infer{}))::type;

template <class Verdict>
inline constexpr bool is_fit = false;
template <class... Shapes>
inline constexpr bool is_fit<fits<Shapes...>> = true;

/// The one place where a wrong list stops the compiler: the assertion prints the verdict. A function, because clang takes a
/// class whose assertion fails for unusable and then complains about every use of the network.
template <class Verdict>
consteval bool accepted() {
    static_assert(is_fit<Verdict>, "inlay: this network does not fit together; the reason stands in bad<>");
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

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
