// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/topology.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

template <class Bound>
constexpr bool has_parameter(std::string_view name) {
    for (const tensor_spec& spec : Bound::tensors)
        if (spec.name == name) return true;
    return false;
}

template <class Bound, fixed_text... Names>
struct frozen_on : Bound {
    static constexpr bool is_frozen(const tensor_spec& spec) {
        if constexpr (sizeof...(Names) == 0) return true;
        else return ((spec.name == Names.view()) || ...);
    }
    static constexpr auto tensors = [] {
        auto all = Bound::tensors;
        for (tensor_spec& spec : all)
            if (is_frozen(spec)) spec.trainable = false;
        return all;
    }();
    template <class Outer>
    struct without_frozen {
        static constexpr bool trainable(size_t j) { return tensors[j].trainable && Outer::trainable(j); }
    };

    template <class Context>
    using context_of = typename Context::template with_gradients<without_frozen<typename Context::gradients>>;

    template <class Context>
    static constexpr bool has_gradient() {
        return Bound::template has_gradient<context_of<Context>>();
    }
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        Bound::template backward<context_of<Context>>(call);
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// A layer whose parameters training leaves alone: they cost no gradient memory, no moments and no time. With names, only
/// those tensors: `frozen<dense<1>, "weight">` trains the bias. Gradients still pass through to layers before it.
template <class Layer, fixed_text... Names>
struct frozen : detail::name_of<Layer> {
    static constexpr auto name = Layer::name;
    template <class Element>
    static constexpr bool takes_elements = topology::takes_elements<Layer, shape_of<Element, 1>>;

    template <class In>
    static constexpr auto output_shape(In in) requires requires {
        Layer::output_shape(in);
    }
    {
        if constexpr (is_shape<decltype(Layer::output_shape(in))> && sizeof...(Names) > 0) {
            if constexpr ((detail::has_parameter<typename Layer::template on<float, In>>(Names.view()) && ...))
                return Layer::output_shape(in);
            else return refuse<has_no_parameter_of_that_name>{};
        } else return Layer::output_shape(in);
    }
    template <class Scalar, class In>
    using on = detail::frozen_on<typename Layer::template on<Scalar, In>, Names...>;
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
