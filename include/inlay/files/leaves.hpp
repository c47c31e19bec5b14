// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A network's layers one by one, for formats that know layers rather than names.
#pragma once

#include <inlay/network/frozen.hpp>
#include <inlay/network/network.hpp>

#include <string>
#include <string_view>
#include <type_traits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

template <class Bound>
inline constexpr bool is_made_of_layers = requires {
    Bound::count;
    typename Bound::template layer<0>;
    typename Bound::template bound<0>;
};

/// Of a recurrent layer: whether it has no more tensors than its gates' weights and biases, which come last. Options add
/// others (projection), which other programs' formats do not know.
template <class Bound>
inline constexpr bool has_only_gates = Bound::tensors.back().name.view().starts_with("bias");

/// Where a layer stands: its path as in state_dict ("3", "2.1.0"), the composites around it from outside in
/// ("parallel/reversed/"), and the number of its first tensor among all of the network's.
struct leaf_place {
    std::string path{}, inside{};
    size_t first_tensor = 0;
};

/// The place of layer I of a list at `at`.
template <class Bound, size_t I>
leaf_place place_in_list(const leaf_place& at) {
    leaf_place here = at;
    const label name = name_in_list<typename Bound::template layer<I>>(I);
    here.path += (at.path.empty() ? "" : ".") + std::string(name.view());
    here.first_tensor += Bound::tensor_starts[I];
    return here;
}

/// Calls visit.operator()<Layer, Bound>(place) for every layer that is not made of layers, in the order of the list.
template <class Bound, class Visit>
void each_leaf(Visit& visit, const leaf_place& at = {}) {
    topology::walk<0, Bound::count>([&](auto i) {
        using layer = typename bare_layer<typename Bound::template layer<i>>::type;
        using bound = typename Bound::template bound<i>;
        leaf_place here = place_in_list<Bound, i>(at);
        if constexpr (is_made_of_layers<bound>) {
            here.inside += layer::name;
            here.inside += '/';
            each_leaf<bound>(visit, here);
        } else visit.template operator()<layer, bound>(here);
    });
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
