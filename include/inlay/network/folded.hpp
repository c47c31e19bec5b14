// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A network without its normalisations: in inference they scale and shift what the layer before them gives, and that layer can
// do so itself.
//
// A layer takes part by what stands in its own header (layers/batch_norm.hpp, layers/dense.hpp). One that disappears:
//
//     static constexpr bool scales_channels = true;   // y = scale·x + shift in inference, one of each per channel
//     on<…>::scale_and_shift(tensors, scale, shift)   // writes them, in double
//
// One that it disappears into:
//
//     using with_scale = dense<Sizes...>;             // the form of this layer that can scale and shift its outputs
//     on<…>::scale_outputs(tensors, scale, shift)     // of that form: changes the tensors so that it does
//
// A composite has `parts`, `of` and `one_after_the_other` (network/composites.hpp).
#pragma once

#include <inlay/network/composites.hpp>
#include <inlay/network/frozen.hpp>
#include <inlay/network/network.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// What becomes of a layer. `type` is the layer with what is inside it folded; `with_scale` the same when one that scales
/// channels is to disappear into it, or void; `carry<From, To>` copies the tensors of the bound layer From, number `from` of
/// `net` and on, to those of To, number `to` of `result` and on.
template <class Layer>
struct left_alone {
    using type = Layer;
    using with_scale = void;
    static constexpr bool scales_channels = false;

    template <class From, class To, class Network, class Result>
    static constexpr void carry(const Network& net, Result& result, size_t from, size_t to) {
        for (size_t t = 0; t < From::tensors.size(); ++t)
            for (size_t i = 0; i < From::tensors[t].size; ++i)
                result.element(Result::tensor_offset(to + t) + To::packed_index(t, i),
                               net.element(Network::tensor_offset(from + t) + From::packed_index(t, i)));
    }
};
template <class Layer>
struct folding : left_alone<Layer> {
    static constexpr bool scales_channels = requires { requires Layer::scales_channels; };
};
template <class Layer>
requires requires { typename Layer::with_scale; }
struct folding<Layer> : left_alone<Layer> {
    using with_scale = typename Layer::with_scale;
};

template <class... Layers>
struct folded_list {
    template <template <class...> class To>
    using parts = To<Layers...>;
};

/// The layers of a list, of which those that scale channels disappear after a layer that can do it.
template <bool InOrder, class... Layers>
struct folded_layers {
    static constexpr size_t count = sizeof...(Layers);
    template <size_t I>
    using part = folding<topology::at<I, topology::list<Layers...>>>;

    static constexpr std::array<bool, count> disappears = [] {
        std::array<bool, count> all{};
        if constexpr (InOrder)
            topology::walk<1, count>([&](auto i) {
                all[i] = part<i>::scales_channels && (all[i - 1] || !std::is_void_v<typename part<i - 1>::with_scale>);
            });
        return all;
    }();
    /// The place of layer I among those that stay; for one that disappears that of the layer it disappears into.
    template <size_t I>
    static constexpr size_t place = [] {
        size_t at = 0;
        for (size_t i = 1; i <= I; ++i) at += !disappears[i];
        return at;
    }();

    /// The layers that stay, from I on; `Scale`: a layer after the list is to disappear into its last one.
    template <size_t I, bool Scale, class... Done>
    static constexpr auto stay() {
        if constexpr (I == count) return folded_list<Done...>{};
        else if constexpr (disappears[I]) return stay<I + 1, Scale, Done...>();
        else {
            constexpr bool takes = I + 1 < count ? disappears[I + 1 < count ? I + 1 : 0] : Scale;
            using one = std::conditional_t<takes, typename part<I>::with_scale, typename part<I>::type>;
            return stay<I + 1, Scale, Done..., one>();
        }
    }
    template <bool Scale>
    using staying = decltype(stay<0, Scale>());
    static constexpr bool takes_scale = disappears[count - 1] || !std::is_void_v<typename part<count - 1>::with_scale>;

    template <class From, class To, class Network, class Result>
    static constexpr void carry(const Network& net, Result& result, size_t from, size_t to) {
        topology::walk<0, count>([&](auto i) {
            using one = typename From::template bound<i>;
            using other = typename To::template bound<place<i>>;
            const size_t first = from + From::tensor_starts[i], target = to + To::tensor_starts[place<i>];
            if constexpr (!disappears[i]) part<i>::template carry<one, other>(net, result, first, target);
            else {
                double scale[one::output::last]{}, shift[one::output::last]{};
                one::scale_and_shift(pointers_from<one>(net.pointers(), first), scale, shift);
                apply<other>(result, target, scale, shift);
            }
        });
    }

  private:
    /// Those of a layer's tensors, whose first has that number.
    template <class Bound, class Pointer, size_t All>
    static constexpr auto pointers_from(const std::array<Pointer, All>& all, size_t first) {
        std::array<Pointer, Bound::tensors.size()> own{};
        for (size_t t = 0; t < own.size(); ++t) own[t] = all[first + t];
        return own;
    }
    /// A list's outputs are those of its last layer.
    template <class Bound, class Result>
    static constexpr void apply(Result& result, size_t to, const double* scale, const double* shift) {
        if constexpr (requires { Bound::scale_outputs; })
            Bound::scale_outputs(pointers_from<Bound>(result.pointers(), to), scale, shift);
        else
            apply<typename Bound::template bound<Bound::count - 1>>(result, to + Bound::tensor_starts[Bound::count - 1],
                                                                    scale, shift);
    }
};

template <class Composite>
struct folded_inside {
    template <class... Layers>
    using fold_layers = folded_layers<Composite::one_after_the_other, Layers...>;
    using layers = typename Composite::template parts<fold_layers>;
};
template <class Composite>
requires requires { Composite::one_after_the_other; }
struct folding<Composite> : folded_inside<Composite>::layers {
    using layers = typename folded_inside<Composite>::layers;
    using type = typename layers::template staying<false>::template parts<Composite::template of>;
    using with_scale = void;
    static constexpr bool scales_channels = false;
};
template <class... Layers>
struct folding<sequential<Layers...>> : folded_layers<true, Layers...> {
    using layers = folded_layers<true, Layers...>;
    using type = typename layers::template staying<false>::template parts<sequential>;
    static constexpr auto after() {
        if constexpr (layers::takes_scale)
            return std::type_identity<typename layers::template staying<true>::template parts<sequential>>{};
        else return std::type_identity<void>{};
    }
    using with_scale = typename decltype(after())::type;
    static constexpr bool scales_channels = false;
};

/// Wrap<Layer>, or void.
template <class Layer, template <class> class Wrap>
struct wrapped {
    using type = Wrap<Layer>;
};
template <template <class> class Wrap>
struct wrapped<void, Wrap> {
    using type = void;
};
template <fixed_text Name, class Layer>
struct folding<named<Name, Layer>> : folding<Layer> {
    template <class Other>
    using wrap = named<Name, Other>;
    using type = wrap<typename folding<Layer>::type>;
    using with_scale = typename wrapped<typename folding<Layer>::with_scale, wrap>::type;
};
template <class Layer, fixed_text... Names>
struct folding<frozen<Layer, Names...>> : folding<Layer> {
    template <class Other>
    using wrap = frozen<Other, Names...>;
    using type = wrap<typename folding<Layer>::type>;
    using with_scale = typename wrapped<typename folding<Layer>::with_scale, wrap>::type;
};
/// A list with frozen tensors stays as it is: the layers inside would move up, and the names be those of others.
template <class Layer, fixed_text... Names>
requires(sizeof...(Names) > 0 && requires { Layer::one_after_the_other; }) struct folding<frozen<Layer, Names...>>
    : left_alone<frozen<Layer, Names...>> {
};

template <class Network>
struct folded_network {
    static_assert(std::is_void_v<Network>, "inlay: folded<…> takes a network");
    using type = Network;
};
template <class Scalar, class Input, class... Layers>
struct folded_network<basic_network<Scalar, Input, Layers...>> {
    using layers = folded_layers<true, Layers...>;
    template <class... Others>
    using of = basic_network<Scalar, Input, Others...>;
    using type = typename layers::template staying<false>::template parts<of>;
};

} // namespace detail

/// The network type without the normalisations that directly follow a layer which can do their work, such as dense and
/// conv2d, also within lists. Those that follow something else stay. The layers after one that disappears move up.
///
///     using small = folded<network<input<64>, dense_without_bias<32>, batch_norm<>, relu, dense<10>>>;
///     // network<input<64>, dense<32>, relu, dense<10>>
template <class Network>
using folded = typename detail::folded_network<Network>::type;

/// The network as `folded` has it: what it computes in inference, to rounding (1e-6 of the outputs' norm in float).
///
///     const auto small = fold(trained);
///     export_header(small, "model.hpp");
template <class Scalar, class... Items>
[[nodiscard]] constexpr folded<basic_network<Scalar, Items...>> fold(const basic_network<Scalar, Items...>& net) {
    using network = basic_network<Scalar, Items...>;
    using layers = typename detail::folded_network<network>::layers;
    folded<network> result;
    layers::template carry<typename network::chain_type, typename folded<network>::chain_type>(net, result, 0, 0);
    return result;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
