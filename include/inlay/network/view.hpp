// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// One network's parameters used with another input: what `net.as<input<64, 1>>()` and `net.stream` are made of.
#pragma once

#include <inlay/network/chain.hpp>

#include <array>
#include <span>

#include <inlay/core/macros_aside.inc>

namespace inlay {

// Why parameters do not serve another input, or a sequence cannot go in pieces.
struct its_tensors_depend_on_the_input {};
struct its_state_depends_on_the_input {};
struct needs_the_whole_sequence {}; ///< see layer_traits::needs_whole_sequence

} // namespace inlay

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Where a network's numbers are stored.
template <class Scalar>
struct parameter_data {
    const Scalar* scalars;     ///< the flat buffer
    const std::int8_t* stored; ///< tensors of one byte an element
};

/// Whether two forms of a layer have the same tensors, laid out alike. Of a large tensor 64 places are compared: a layout
/// follows from extents.
template <class One, class Other>
consteval bool has_same_tensors() {
    if constexpr (One::tensors.size() != Other::tensors.size()) return false;
    else {
        for (size_t t = 0; t < One::tensors.size(); ++t) {
            const tensor_spec &a = One::tensors[t], &b = Other::tensors[t];
            if (a.name.view() != b.name.view() || a.rank != b.rank || a.extents != b.extents ||
                a.trainable != b.trainable || a.element != b.element)
                return false;
            const size_t step = a.size / 64 + 1;
            for (size_t i = 0; i < a.size; i += step)
                if (One::packed_index(t, i) != Other::packed_index(t, i)) return false;
        }
        return true;
    }
}

/// `fits<>`, or the first layer that is another one in Other, a chain of the same layers on another input.
template <class Chain, class Other, size_t I = 0>
constexpr auto judge_view() {
    if constexpr (I == Chain::count) return topology::fits<>{};
    else {
        using one = typename Chain::template bound<I>;
        using other = typename Other::template bound<I>;
        using layer = typename Chain::template layer<I>;
        using gets = typename topology::extents_of<typename Other::template input_of<I>>::type;
        if constexpr (!has_same_tensors<one, other>())
            return bad<its_tensors_depend_on_the_input, at_layer<I>, which_is<layer>, takes<>, gets>{};
        else if constexpr (one::state_size != other::state_size)
            return bad<its_state_depends_on_the_input, at_layer<I>, which_is<layer>, takes<>, gets>{};
        else return judge_view<Chain, Other, I + 1>();
    }
}
template <class Verdict>
consteval bool serves() {
    static_assert(topology::is_fit<Verdict>,
                  "inlay: these parameters do not serve a network with that input; see bad<> below");
    return topology::is_fit<Verdict>;
}

/// `fits<>`, or the first layer that has to see a sequence as a whole.
template <class Chain, size_t I = 0>
constexpr auto judge_pieces() {
    if constexpr (!Chain::traits.needs_whole_sequence) return topology::fits<>{};
    else if constexpr (Chain::template bound<I>::traits.needs_whole_sequence)
        return bad<needs_the_whole_sequence, at_layer<I>, which_is<typename Chain::template layer<I>>, takes<>,
                   but_gets<>>{};
    else return judge_pieces<Chain, I + 1>();
}
template <class Verdict>
consteval bool goes_in_pieces() {
    static_assert(
        topology::is_fit<Verdict>,
        "inlay: a layer of this network needs the whole sequence at once, so no call can go on where another left "
        "off; see bad<> below");
    return topology::is_fit<Verdict>;
}

/// What `as` gives for an input that does not fit: the error has been reported, its use adds none.
template <class Network>
struct no_view {
    using output_type = typename Network::output_type;
    template <class... Arguments>
    output_type operator()(const Arguments&...) const;
    output_type operator()(const typename Network::input_type&) const;
    output_type operator()(const typename Network::input_type&, typename Network::state_type&) const;
};

} // namespace detail

/// The parameters of a network as those of `Network`, which has the same layers but another input: what `net.as<…>()`
/// gives. It points to them: the network it comes from must outlive it. Called as a network is, with the same state.
template <class Network>
class network_view {
  public:
    using network_type = Network;
    using scalar_type = typename Network::scalar_type;
    using input_shape = typename Network::input_shape;
    using output_shape = typename Network::output_shape;
    using input_element = typename Network::input_element;
    using input_type = typename Network::input_type;
    using output_type = typename Network::output_type;
    using state_type = typename Network::state_type;
    static constexpr size_t input_size = Network::input_size, output_size = Network::output_size;

    /// `parameters`: those of a network with the layers of Network.
    constexpr explicit network_view(detail::parameter_data<scalar_type> parameters) noexcept
        : parameters_(parameters) {}

    /// The outputs for one input; from a state of zeros, which is not kept.
    [[nodiscard]] constexpr output_type operator()(const input_type& x) const noexcept {
        return Network::run(parameters_, x.data(), nullptr);
    }
    [[nodiscard]] constexpr output_type operator()(std::span<const input_element, input_size> x) const noexcept {
        return Network::run(parameters_, x.data(), nullptr);
    }
    /// The same, going on where the call before left off.
    [[nodiscard]] constexpr output_type operator()(const input_type& x, state_type& state) const noexcept {
        if constexpr (detail::goes_in_pieces<decltype(detail::judge_pieces<typename Network::chain_type>())>())
            return Network::run(parameters_, x.data(), state.data());
        else return output_type{};
    }

  private:
    detail::parameter_data<scalar_type> parameters_;
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
