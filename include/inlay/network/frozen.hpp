// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/scope.hpp>

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
        static constexpr bool trainable(size_t j) { return !is_frozen(Bound::tensors[j]) && Outer::trainable(j); }
    };
    template <class Context>
    using context_of = typename Context::template with_gradients<without_frozen<typename Context::gradients>>;

    static constexpr layer_traits traits = [] {
        layer_traits all = Bound::traits;
        bool moving = false;
        for (const tensor_spec& spec : Bound::tensors)
            moving = moving || (spec.role == tensor_role::statistic && !is_frozen(spec));
        if (all.has_statistics && !moving) all.has_statistics = all.mixes_samples = false;
        return all;
    }();

    // A layer with statistics computes otherwise when they are frozen.
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        if constexpr (Bound::traits.has_statistics) Bound::template forward<context_of<Context>>(call);
        else Bound::template forward<Context>(call);
    }
    template <class Context>
    static constexpr void update_statistics(const std::array<typename Bound::scalar_type*, tensors.size()>& tensors_at,
                                            const typename Bound::scalar_type* cache, size_t rows) {
        Bound::template update_statistics<context_of<Context>>(tensors_at, cache, rows);
    }
    template <class Context>
    static constexpr size_t least_batch() {
        return Bound::template least_batch<context_of<Context>>();
    }

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

/// A layer whose tensors training leaves alone: they cost no gradient memory, no moments and no time. With names, only
/// those tensors: `frozen<dense<1>, "weight">` trains the bias. Gradients still pass through to layers before it. Running
/// statistics are frozen too, and their layer then computes as in inference.
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

    static constexpr bool uses_names = detail::uses_names<Layer>;
    template <class In, class Scope>
    static constexpr auto in_scope(In in, Scope scope) {
        using result = decltype(Layer::in_scope(in, scope));
        if constexpr (topology::is_given<result>) {
            using bound = topology::bound_in<float, Layer, In, Scope>;
            if constexpr ((detail::has_parameter<bound>(Names.view()) && ...)) return result{};
            else return refuse<has_no_parameter_of_that_name>{};
        } else return result{};
    }
    template <class Scalar, class In, class Scope>
    using on_in = detail::frozen_on<topology::bound_in<Scalar, Layer, In, Scope>, Names...>;
};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

/// A layer without what is put around it: named<"x", frozen<dense<3>>> is dense<3>.
template <class Layer>
struct bare_layer {
    using type = Layer;
};
template <fixed_text Name, class Layer>
struct bare_layer<named<Name, Layer>> : bare_layer<Layer> {};
template <class Layer, fixed_text... Names>
struct bare_layer<frozen<Layer, Names...>> : bare_layer<Layer> {};

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
