// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/network.hpp>

#include <new>

#include <inlay/core/macros_aside.inc>

namespace inlay {

// Why networks cannot stand in for each other: bad<why, at_network<…>, which_is<…>, has<…>, but_the_first_has<…>>.
struct another_input_shape {};
struct another_output_shape {};
struct another_scalar_type {};
template <size_t Index>
struct at_network {}; ///< counted from 0
template <class What>
struct has {};
template <class What>
struct but_the_first_has {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// One of several trivially copyable types, in the memory of the largest.
template <class...>
union one_of {};
template <class First, class... Rest>
union one_of<First, Rest...> {
    First first;
    one_of<Rest...> rest;

    template <class... Value>
    constexpr explicit one_of(std::integral_constant<size_t, 0>, const Value&... value) noexcept : first(value...) {}
    template <size_t Index, class... Value>
    constexpr explicit one_of(std::integral_constant<size_t, Index>, const Value&... value) noexcept
        : rest(std::integral_constant<size_t, Index - 1>{}, value...) {}

    template <size_t Index>
    constexpr auto& get() noexcept {
        if constexpr (Index == 0) return first;
        else return rest.template get<Index - 1>();
    }
    template <size_t Index>
    constexpr const auto& get() const noexcept {
        if constexpr (Index == 0) return first;
        else return rest.template get<Index - 1>();
    }
    /// Starts alternative Index where it will stay: no network passes over the stack.
    template <size_t Index, class... Value>
    void emplace(const Value&... value) noexcept {
        if constexpr (Index == 0) ::new (static_cast<void*>(&first)) First(value...);
        else rest.template emplace<Index - 1>(value...);
    }
};

/// The first of Others, counted from Index, that differs from First; or fits<>.
template <class First, size_t Index>
constexpr auto judge_alike() {
    return topology::fits<>{};
}
template <class First, size_t Index, class Other, class... Rest>
constexpr auto judge_alike() {
    using at = at_network<Index>;
    using which = which_is<Other>;
    if constexpr (!std::is_same_v<typename First::scalar_type, typename Other::scalar_type>)
        return bad<another_scalar_type, at, which, has<typename Other::scalar_type>,
                   but_the_first_has<typename First::scalar_type>>{};
    else if constexpr (!std::is_same_v<typename First::input_shape, typename Other::input_shape>)
        return bad<another_input_shape, at, which, has<typename Other::input_shape>,
                   but_the_first_has<typename First::input_shape>>{};
    else if constexpr (!std::is_same_v<typename First::output_shape, typename Other::output_shape>)
        return bad<another_output_shape, at, which, has<typename Other::output_shape>,
                   but_the_first_has<typename First::output_shape>>{};
    else return judge_alike<First, Index + 1, Rest...>();
}

template <class Verdict>
consteval bool alike() {
    static_assert(topology::is_fit<Verdict>,
                  "inlay: any_of holds networks that take and give the same; see bad<> below");
    return true;
}

} // namespace detail

/// One of several networks with the same input and output, chosen at run time:
///
///     any_of<small, large> model{trained_small};
///     y = model(x);
///     model = trained_large;
///
/// No heap, no lock, no virtual call: the object is as large as its largest network, and a call is a comparison of
/// `index()` and the call of that network. Not for one thread to change while another one calls: give each its own, or
/// two of them and exchange an index.
template <class First, class... Others>
class any_of {
    using verdict = decltype(detail::judge_alike<First, 1, Others...>());
    static_assert(detail::alike<verdict>());
    static_assert(std::is_trivially_copyable_v<First> && (std::is_trivially_copyable_v<Others> && ...),
                  "inlay: any_of holds trivially copyable networks");

  public:
    using scalar_type = typename First::scalar_type;
    using input_shape = typename First::input_shape;
    using output_shape = typename First::output_shape;
    using input_element = typename First::input_element;
    using input_type = typename First::input_type;
    using output_type = typename First::output_type;

    /// How many networks there are to choose from.
    static constexpr size_t count = 1 + sizeof...(Others);
    /// Network number I.
    template <size_t I>
    using alternative = topology::at<I, topology::list<First, Others...>>;
    /// The number of Network, the first if it occurs more than once; `count` if it does not.
    template <class Network>
    static constexpr size_t number_of = [] {
        const bool same[] = {std::is_same_v<Network, First>, std::is_same_v<Network, Others>...};
        size_t i = 0;
        while (i < count && !same[i]) ++i;
        return i;
    }();

    static constexpr size_t input_size = First::input_size;
    static constexpr size_t output_size = First::output_size;
    /// What recurrent layers carry from call to call, enough for each of the networks; starts as zeros. After another
    /// network was chosen, start anew.
    static constexpr size_t state_size = [] {
        size_t most = First::chain_type::state_size;
        for (const size_t size : {size_t{0}, Others::chain_type::state_size...})
            if (most < size) most = size;
        return most;
    }();
    using state_type = std::array<scalar_type, state_size>;

    /// The first network, all parameters 0.
    constexpr any_of() noexcept : held_(std::integral_constant<size_t, 0>{}) {}
    template <class Network>
    requires(number_of<Network> < count) constexpr any_of(const Network& net) noexcept
        : held_(std::integral_constant<size_t, number_of<Network>>{}, net), index_(number_of<Network>) {}
    template <class Network>
    requires(number_of<Network> < count) constexpr any_of& operator=(const Network& net) noexcept {
        emplace<number_of<Network>>(net);
        return *this;
    }

    /// Network number I from now on, all parameters 0.
    template <size_t I>
    constexpr alternative<I>& emplace() noexcept {
        return start<I>();
    }
    /// Network number I from now on, a copy of `net`; which must not be the one held.
    template <size_t I>
    constexpr alternative<I>& emplace(const alternative<I>& net) noexcept {
        return start<I>(net);
    }

    /// The number of the network held.
    constexpr size_t index() const noexcept { return index_; }
    template <class Network>
    constexpr bool holds() const noexcept {
        return index_ == number_of<Network>;
    }
    /// Network number I if it is the one held, else null.
    template <size_t I>
    constexpr alternative<I>* get_if() noexcept {
        return index_ == I ? &held_.template get<I>() : nullptr;
    }
    template <size_t I>
    constexpr const alternative<I>* get_if() const noexcept {
        return index_ == I ? &held_.template get<I>() : nullptr;
    }

    /// body(network held). What it returns has one type for all networks.
    template <class Body>
    constexpr decltype(auto) visit(Body&& body) {
        return visit_from<0>(*this, body);
    }
    template <class Body>
    constexpr decltype(auto) visit(Body&& body) const {
        return visit_from<0>(*this, body);
    }

    /// The outputs of the network held for one sample.
    constexpr output_type operator()(const input_type& x) const noexcept {
        return (*this)(std::span<const input_element, input_size>(x));
    }
    constexpr output_type operator()(std::span<const input_element, input_size> x) const noexcept {
        if constexpr (!topology::is_fit<verdict>) return output_type{};
        else return visit([&](const auto& net) { return net(x); });
    }
    /// One call that goes on where the call before left off.
    constexpr output_type operator()(const input_type& x, state_type& state) const noexcept {
        if constexpr (!topology::is_fit<verdict>) return output_type{};
        else
            return visit([&](const auto& net) {
                typename std::remove_cvref_t<decltype(net)>::state_type own{};
                for (size_t i = 0; i < own.size(); ++i) own[i] = state[i];
                const output_type y = net(x, own);
                for (size_t i = 0; i < own.size(); ++i) state[i] = own[i];
                return y;
            });
    }

  private:
    template <size_t I, class... Value>
    constexpr alternative<I>& start(const Value&... value) noexcept {
        if (std::is_constant_evaluated())
            held_ = detail::one_of<First, Others...>(std::integral_constant<size_t, I>{}, value...);
        else held_.template emplace<I>(value...);
        index_ = I;
        return held_.template get<I>();
    }
    template <size_t I, class Self, class Body>
    static constexpr decltype(auto) visit_from(Self& self, Body& body) {
        if constexpr (I + 1 == count) return body(self.held_.template get<I>());
        else return self.index_ == I ? body(self.held_.template get<I>()) : visit_from<I + 1>(self, body);
    }

    detail::one_of<First, Others...> held_;
    size_t index_ = 0;
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
