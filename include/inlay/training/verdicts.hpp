// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the compiler says about a network, a loss, an optimiser and samples that do not go together. The first thing that
// is wrong is reported alone: every function more that is named on the way makes the message longer.
#pragma once

#include <inlay/layers/activations.hpp>
#include <inlay/layers/softmax.hpp>
#include <inlay/loss/loss.hpp>
#include <inlay/network/composites.hpp>
#include <inlay/network/frozen.hpp>
#include <inlay/network/network.hpp>
#include <inlay/optimizer/sgd.hpp>

#include <iterator>
#include <span>

namespace inlay {

template <class Type>
struct takes_inputs {};
template <class Type>
struct but_gets_inputs {};
/// The verdict on inputs of the wrong type.
template <class Takes, class Gets>
struct bad_inputs {};

struct takes_logits {};
template <class Layer>
struct but_gets_outputs_of {};
/// The verdict on a loss that does not suit a network's last layer.
template <class Loss, class Takes, class Gets>
struct bad_loss {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// The last layer behind names, frozen and sequential.
template <class Layer>
struct innermost {
    using type = Layer;
};
template <fixed_text Name, class Layer>
struct innermost<named<Name, Layer>> : innermost<Layer> {};
template <class Layer, fixed_text... Names>
struct innermost<frozen<Layer, Names...>> : innermost<Layer> {};
template <class First, class... Rest>
struct innermost<sequential<First, Rest...>> : innermost<topology::at<sizeof...(Rest), topology::list<First, Rest...>>> {};

template <class Layer>
inline constexpr bool gives_probabilities =
    std::is_same_v<Layer, softmax> || std::is_same_v<Layer, log_softmax> || std::is_same_v<Layer, sigmoid>;

template <class Loss>
concept takes_only_logits = requires {
    requires Loss::takes_logits;
};

template <class Network, class Loss>
consteval auto judge_loss() {
    using last = typename innermost<typename Network::template layer<Network::layer_count - 1>>::type;
    if constexpr (takes_only_logits<Loss> && gives_probabilities<last>)
        return bad_loss<Loss, takes_logits, but_gets_outputs_of<last>>{};
    else return std::true_type{};
}

/// True, or a compile-time error.
template <class Verdict>
consteval bool suits() {
    static_assert(std::is_same_v<Verdict, std::true_type>,
                  "inlay: this loss takes logits; leave out the last layer, or put identity after it if it is meant");
    return std::is_same_v<Verdict, std::true_type>;
}

/// Whether Loss can compare the outputs of Network with such a target; the message stands where it is asked.
template <class Network, class Loss, class Target>
using target_verdict = typename target_plan<Loss, typename Network::scalar_type, typename Network::output_shape,
                                            Target>::verdict;

/// What a contiguous range holds; void for anything else. And how many, where its type says so, else 0.
template <class Range>
struct range_of {
    using element = void;
    static constexpr size_t known = 0;
};
template <class Range>
requires requires(const Range& range) { std::data(range), std::size(range); }
struct range_of<Range> {
    using element = std::remove_cvref_t<decltype(*std::data(std::declval<const Range&>()))>;
    static constexpr size_t known = 0;
};
template <class Element, size_t Size>
struct range_of<std::array<Element, Size>> {
    using element = Element;
    static constexpr size_t known = Size;
};
template <class Element, size_t Size>
struct range_of<Element[Size]> {
    using element = std::remove_cv_t<Element>;
    static constexpr size_t known = Size;
};
template <class Element, size_t Extent>
struct range_of<std::span<Element, Extent>> {
    using element = std::remove_cv_t<Element>;
    static constexpr size_t known = Extent == std::dynamic_extent ? 0 : Extent;
};

template <size_t Wanted, size_t Actual>
consteval bool as_many_targets() {
    static_assert(Wanted == Actual, "inlay: as many targets as inputs");
    return Wanted == Actual;
}
template <size_t Batch, size_t Samples>
consteval bool fit_into_the_batch() {
    static_assert(Samples <= Batch, "inlay: more samples than the batch of the trainer holds");
    return Samples <= Batch;
}
template <class Verdict>
consteval bool are_inputs() {
    static_assert(std::is_same_v<Verdict, std::true_type>,
                  "inlay: inputs are a contiguous range of std::array<Scalar, input_size>");
    return std::is_same_v<Verdict, std::true_type>;
}

// Variables, not concepts: compilers explain at length why a concept does not hold.
template <class Optimizer, class Scalar>
inline constexpr bool optimizer_for = requires {
    {Optimizer::moments};
    typename Optimizer::template rule<Scalar>;
};
template <class Loss>
inline constexpr bool loss_type = requires {
    {Loss::name};
    {Loss::template accepts<float, 2, int>};
};

/// True, or a compile-time error: whether a step can be done with them. False without one for what is no loss: the
/// trainer's constructor has reported that.
template <class Network, class Loss, size_t Batch, class Inputs, class Targets>
consteval bool accepts_samples() {
    using input = typename Network::input_type;
    using given = range_of<Inputs>;
    using wanted = range_of<Targets>;
    using inputs = std::conditional_t<
        std::is_same_v<typename given::element, input>, std::true_type,
        bad_inputs<takes_inputs<input>,
                   but_gets_inputs<std::conditional_t<std::is_void_v<typename given::element>, Inputs,
                                                      typename given::element>>>>;
    if constexpr (!loss_type<Loss>) return false;
    else if constexpr (!are_inputs<inputs>()) return false;
    else {
        static_assert(!std::is_void_v<typename wanted::element>, "inlay: a range of inputs needs a range of targets");
        if constexpr (std::is_void_v<typename wanted::element>) return false;
        else if constexpr (!suits<decltype(judge_loss<Network, Loss>())>()) return false;
        else if constexpr (!fits_target<target_verdict<Network, Loss, typename wanted::element>>()) return false;
        else if constexpr (!fit_into_the_batch<Batch, given::known>()) return false;
        else if constexpr (given::known > 0 && wanted::known > 0) return as_many_targets<given::known, wanted::known>();
        else if constexpr (given::known == 0) return fit_into_the_batch<Batch, wanted::known>();
        else return true;
    }
}

/// The same for one sample.
template <class Network, class Loss, class Target>
consteval bool accepts_target() {
    if constexpr (!loss_type<Loss>) return false;
    else if constexpr (!suits<decltype(judge_loss<Network, Loss>())>()) return false;
    else return fits_target<target_verdict<Network, Loss, Target>>();
}

// ---- a trainer's arguments -----------------------------------------------------------------------------------------------

/// The rule of an optimiser; something in its place for what is none, which the trainer's constructor reports.
template <class Scalar, class Optimizer>
struct rule_for {
    using optimizer = sgd;
    using type = sgd::rule<Scalar>;
    static constexpr type from(const Optimizer&) noexcept { return type(sgd{}); }
};
template <class Scalar, class Optimizer>
requires(optimizer_for<Optimizer, Scalar>)
struct rule_for<Scalar, Optimizer> {
    using optimizer = Optimizer;
    using type = typename Optimizer::template rule<Scalar>;
    static constexpr type from(const Optimizer& optimizer) noexcept { return type(optimizer); }
};

/// True, or a compile-time error.
template <class Rule>
consteval bool has_momentum() {
    constexpr bool has = requires(Rule rule) { rule.momentum(double(0)); };
    static_assert(has, "inlay: this optimizer has no momentum; sgd_momentum, adam and adamw have one");
    return has;
}
template <class Loss>
consteval bool is_a_loss() {
    static_assert(loss_type<Loss>, "inlay: the type is trainer<network, loss, optimizer, batch<n>>: this is no loss");
    return loss_type<Loss>;
}
template <class Optimizer, class Scalar>
consteval bool is_an_optimizer() {
    static_assert(optimizer_for<Optimizer, Scalar>,
                  "inlay: the type is trainer<network, loss, optimizer, batch<n>>: this is no optimizer");
    return optimizer_for<Optimizer, Scalar>;
}

} // namespace detail

} // namespace inlay::inline INLAY_TARGET
