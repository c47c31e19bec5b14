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

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

template <class Type>
struct takes_inputs {};
template <class Type>
struct but_gets_inputs {};
/// The verdict on inputs of the wrong type.
template <class Takes, class Gets>
struct bad_inputs {};

template <size_t Samples>
struct holds {};
template <size_t Samples>
struct but_gets_samples {};
/// The verdict on more samples than the batch of a trainer holds.
template <class Holds, class Gets>
struct bad_batch {};
template <size_t Inputs>
struct gets_inputs {};
template <size_t Targets>
struct gets_targets {};
/// The verdict on inputs and targets of which there are not as many.
template <class Inputs, class Targets>
struct bad_counts {};
struct no_range_of_targets {};

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
struct innermost<sequential<First, Rest...>>
    : innermost<topology::at<sizeof...(Rest), topology::list<First, Rest...>>> {};

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

/// What is wrong with a target for the outputs of a network; true_type if nothing, false_type for what is no loss: a
/// trainer's constructor reports that.
template <class Network, class Loss, class Target>
consteval auto judge_target() {
    if constexpr (!loss_type<Loss>) return std::false_type{};
    else if constexpr (!std::is_same_v<decltype(judge_loss<Network, Loss>()), std::true_type>)
        return judge_loss<Network, Loss>();
    else
        return typename target_plan<Loss, typename Network::scalar_type, typename Network::output_shape,
                                    Target>::verdict{};
}
template <class Network, class Loss, class Target>
using target_verdict = decltype(judge_target<Network, Loss, Target>());

/// The same for ranges of samples.
template <class Network, class Loss, size_t Batch, class Inputs, class Targets>
consteval auto judge_samples() {
    using input = typename Network::input_type;
    using given = range_of<Inputs>;
    using wanted = range_of<Targets>;
    if constexpr (std::is_void_v<typename given::element>)
        return bad_inputs<takes_inputs<input>, but_gets_inputs<Inputs>>{};
    else if constexpr (!std::is_same_v<typename given::element, input>)
        return bad_inputs<takes_inputs<input>, but_gets_inputs<typename given::element>>{};
    else if constexpr (std::is_void_v<typename wanted::element>) return no_range_of_targets{};
    else if constexpr (!std::is_same_v<target_verdict<Network, Loss, typename wanted::element>, std::true_type>)
        return judge_target<Network, Loss, typename wanted::element>();
    else if constexpr (given::known > 0 && wanted::known > 0 && given::known != wanted::known)
        return bad_counts<gets_inputs<given::known>, gets_targets<wanted::known>>{};
    else if constexpr (given::known > Batch || wanted::known > Batch)
        return bad_batch<holds<Batch>, but_gets_samples<(given::known > 0 ? given::known : wanted::known)>>{};
    else return std::true_type{};
}
template <class Network, class Loss, size_t Batch, class Inputs, class Targets>
using samples_verdict = decltype(judge_samples<Network, Loss, Batch, Inputs, Targets>());

template <template <class...> class Kind, class Verdict>
inline constexpr bool is_a = false;
template <template <class...> class Kind, class... Parts>
inline constexpr bool is_a<Kind, Kind<Parts...>> = true;

/// True, or a compile-time error that names what is wrong. The one place for all of them: it is asked in the function that
/// the user calls, or clang's message grows with every function between.
template <class Verdict>
consteval bool may_learn() {
    static_assert(!is_a<bad_inputs, Verdict>, "inlay: inputs are a contiguous range of std::array<Scalar, input_size>");
    static_assert(!std::is_same_v<Verdict, no_range_of_targets>, "inlay: a range of inputs needs a range of targets");
    static_assert(!is_a<bad_target, Verdict>, "inlay: the target does not fit the loss and the network's outputs");
    static_assert(!is_a<bad_loss, Verdict>, "inlay: this loss takes logits; leave out the last layer, or put identity "
                                            "after it if it is meant");
    static_assert(!is_a<bad_counts, Verdict>, "inlay: as many targets as inputs");
    static_assert(!is_a<bad_batch, Verdict>, "inlay: more samples than the batch of the trainer holds");
    return std::is_same_v<Verdict, std::true_type>;
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
requires(optimizer_for<Optimizer, Scalar>) struct rule_for<Scalar, Optimizer> {
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

#include <inlay/core/macros_back.inc>
