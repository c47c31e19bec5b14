// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/network.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

template <class Layer, class In>
inline constexpr bool has_stored_form = requires {
    typename Layer::template on_stored<float, In, std::int8_t>;
};
template <class Layer, class Scalar, class In, class Element>
struct stored_form {};
template <class Layer, class Scalar, class In, class Element>
requires has_stored_form<Layer, In>
struct stored_form<Layer, Scalar, In, Element> {
    using type = typename Layer::template on_stored<Scalar, In, Element>;
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct has_no_form_with_stored_weights {};          ///< dense has one
struct weights_are_stored_as_int8_or_not_at_all {}; ///< std::int8_t

/// A layer whose weights are stored in one byte each, a quarter of the memory, and become numbers of the network's type as
/// they are used: `stored_as<std::int8_t, dense<32>>`. Everything else is computed as ever:
///
///     W[o, …] = weight_scale[o] · weight[o, …]        weight from −128 to 127
///
/// Tensors: the layer's own, and beside each stored one its scale, one number for every output. In inference only; what
/// comes after such a layer can be trained. `quantized<Stored>(net)` makes a network of such layers from one without.
template <class Element, class Layer>
struct stored_as : detail::name_of<Layer> {
    static constexpr auto name = Layer::name;

    template <class In>
    static constexpr auto output_shape(In in) requires requires {
        Layer::output_shape(in);
    }
    {
        if constexpr (!is_shape<decltype(Layer::output_shape(in))>) return Layer::output_shape(in);
        else if constexpr (!std::is_same_v<Element, std::int8_t>)
            return refuse<weights_are_stored_as_int8_or_not_at_all>{};
        else if constexpr (!detail::has_stored_form<Layer, In>) return refuse<has_no_form_with_stored_weights>{};
        else return Layer::output_shape(in);
    }
    template <class Scalar, class In>
    using on = typename detail::stored_form<Layer, Scalar, In, Element>::type;
};

} // namespace inlay

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Whether Stored has all tensors of Network, and else only scales.
template <class Stored, class Network>
consteval bool stores_the_same() {
    size_t found = 0, scales = 0;
    for (const tensor_spec& spec : Network::tensors) {
        const size_t t = Stored::find_tensor(spec.name.view());
        if (t == Stored::tensor_count || Stored::tensors[t].extents != spec.extents) return false;
        if (spec.element == element_type::int8 && Stored::tensors[t].element != element_type::int8) return false;
        ++found;
        if (Stored::tensors[t].element != spec.element) ++scales;
    }
    return found + scales == Stored::tensor_count;
}

} // namespace detail

/// The network `Stored`, which has the layers of `net`, some of them under `stored_as`, with the numbers of `net`: every row
/// of a stored tensor is rounded to the nearest of 255 steps of its scale,
///
///     weight_scale[o] = max |W[o, …]| / 127        weight = W / weight_scale
///
/// so that a weight is off by half a step at most. `Stored` must have every tensor of `net` under the same name and with the
/// same extents. Weights are finite numbers.
template <class Stored, class Network>
[[nodiscard]] constexpr Stored quantized(const Network& net) {
    using Scalar = typename Network::scalar_type;
    static_assert(std::is_same_v<Scalar, typename Stored::scalar_type>, "inlay: both networks have one scalar type");
    static_assert(detail::stores_the_same<Stored, Network>(),
                  "inlay: the network with stored weights has the tensors of the other one, and their scales");
    Stored result;
    topology::walk<0, Network::tensor_count>([&](auto t) {
        constexpr const tensor_spec& spec = Network::tensors[t];
        constexpr size_t to = Stored::find_tensor(spec.name.view());
        if constexpr (to < Stored::tensor_count) {
            const auto value = [&](size_t i) { return net.element(Network::parameter_index(t, i)); };
            if constexpr (Stored::tensors[to].element == spec.element)
                for (size_t i = 0; i < spec.size; ++i) result.element(Stored::parameter_index(to, i), value(i));
            else {
                constexpr size_t rows = spec.extents[0], width = spec.size / rows;
                for (size_t row = 0; row < rows; ++row) {
                    Scalar most = 0;
                    for (size_t i = 0; i < width; ++i) most = math::max(most, math::abs(value(row * width + i)));
                    const Scalar step = most > 0 ? most / Scalar(127) : Scalar(1);
                    result.element(Stored::parameter_index(to + 1, row), step);
                    for (size_t i = 0; i < width; ++i)
                        result.element(Stored::parameter_index(to, row * width + i), value(row * width + i) / step);
                }
            }
        }
    });
    return result;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
