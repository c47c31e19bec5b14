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

template <class Element>
struct takes_range_of {}; ///< contiguous: std::array, std::span, std::vector …
template <class Type>
struct but_gets_type {};
/// The verdict on memory for outputs, on gradients of outputs, on memory for gradients of inputs, and on states.
template <class Takes, class Gets>
struct bad_outputs {};
template <class Takes, class Gets>
struct bad_output_gradients {};
template <class Takes, class Gets>
struct bad_input_gradients {};
template <class Takes, class Gets>
struct bad_states {};

/// The verdict on asking for the gradient of an input whose elements are no real numbers (input_of).
struct no_gradient_of_integers {};

struct takes_logits {};
template <class Layer>
struct but_gets_outputs_of {};
/// The verdict on a loss that does not suit a network's last layer.
template <class Loss, class Takes, class Gets>
struct bad_loss {};

} // namespace inlay::inline INLAY_TARGET

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// The last layer inside names, frozen and sequential.
template <class Layer, class Bare = typename bare_layer<Layer>::type>
struct innermost {
    using type = Bare;
};
template <class Layer, class First, class... Rest>
struct innermost<Layer, sequential<First, Rest...>>
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

/// What is wrong with a range of inputs.
template <class Network, size_t Batch, class Inputs>
consteval auto judge_inputs() {
    using input = typename Network::input_type;
    using given = range_of<Inputs>;
    if constexpr (std::is_void_v<typename given::element>)
        return bad_inputs<takes_inputs<input>, but_gets_inputs<Inputs>>{};
    else if constexpr (!std::is_same_v<typename given::element, input>)
        return bad_inputs<takes_inputs<input>, but_gets_inputs<typename given::element>>{};
    else if constexpr (given::known > Batch) return bad_batch<holds<Batch>, but_gets_samples<given::known>>{};
    else return std::true_type{};
}
template <class Network, size_t Batch, class Inputs>
using inputs_verdict = decltype(judge_inputs<Network, Batch, Inputs>());

/// And with inputs and targets.
template <class Network, class Loss, size_t Batch, class Inputs, class Targets>
consteval auto judge_samples() {
    using given = range_of<Inputs>;
    using wanted = range_of<Targets>;
    using of_inputs = inputs_verdict<Network, size_t(-1), Inputs>;
    if constexpr (!std::is_same_v<of_inputs, std::true_type>) return of_inputs{};
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

/// A range of Element with room for Least samples and, if it is read as a whole, no more than Most.
template <template <class, class> class Bad, class Element, size_t Least, size_t Most, class Range>
consteval auto judge_range() {
    using given = range_of<std::remove_cvref_t<Range>>;
    if constexpr (!std::is_same_v<typename given::element, Element>)
        return Bad<takes_range_of<Element>, but_gets_type<std::remove_cvref_t<Range>>>{};
    else if constexpr (given::known > 0 && given::known < Least)
        return Bad<holds<Least>, but_gets_samples<given::known>>{};
    else if constexpr (given::known > Most) return bad_batch<holds<Most>, but_gets_samples<given::known>>{};
    else return std::true_type{};
}
/// The same, to be written.
template <template <class, class> class Bad, class Element, size_t Least, class Range>
consteval auto judge_room() {
    using verdict = decltype(judge_range<Bad, Element, Least, size_t(-1), Range>());
    if constexpr (!std::is_same_v<verdict, std::true_type>) return verdict{};
    else if constexpr (!std::is_same_v<decltype(std::data(std::declval<Range&>())), Element*>)
        return Bad<takes_range_of<Element>, but_gets_type<const Element>>{};
    else return std::true_type{};
}
/// The first verdict that is not true_type.
template <class First, class... Rest>
consteval auto judge_all() {
    if constexpr (sizeof...(Rest) == 0 || !std::is_same_v<First, std::true_type>) return First{};
    else return judge_all<Rest...>();
}
template <class... Verdicts>
using first_fault = decltype(judge_all<Verdicts...>());

template <class Network, size_t Samples, class States>
using states_verdict = decltype(judge_room<bad_states, typename Network::state_type, Samples, States>());
template <class Network, size_t Samples, class Outputs>
using outputs_verdict = decltype(judge_room<bad_outputs, typename Network::output_type, Samples, Outputs>());
template <class Network, size_t Batch, class Gradients>
using output_gradients_verdict =
    decltype(judge_range<bad_output_gradients, typename Network::output_type, 0, Batch, Gradients>());
template <class Network>
using real_input_verdict = std::conditional_t<Network::has_input_gradient, std::true_type, no_gradient_of_integers>;
template <class Network, size_t Samples, class Gradients>
using input_gradients_verdict =
    first_fault<real_input_verdict<Network>,
                decltype(judge_room<bad_input_gradients, typename Network::input_type, Samples, Gradients>())>;
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
    static_assert(!is_a<bad_outputs, Verdict>, "inlay: outputs are written to as many std::array<Scalar, output_size>");
    static_assert(!is_a<bad_output_gradients, Verdict>,
                  "inlay: gradients of outputs are a contiguous range of std::array<Scalar, output_size>");
    static_assert(!is_a<bad_input_gradients, Verdict>,
                  "inlay: gradients of inputs are written to as many std::array<Scalar, input_size>");
    static_assert(!std::is_same_v<Verdict, no_gradient_of_integers>, "inlay: an input of integers has no gradient");
    static_assert(!is_a<bad_states, Verdict>, "inlay: every sample of a batch has a Network::state_type");
    return std::is_same_v<Verdict, std::true_type>;
}

// ---- a trainer's arguments -----------------------------------------------------------------------------------------------

/// The rule of an optimiser; something in its place for what is none, which the trainer's constructor reports.
template <class Scalar, class Optimizer>
struct rule_for {
    using options = Optimizer;
    using optimizer = sgd;
    using type = sgd::rule<Scalar>;
    static constexpr type from(const Optimizer&) noexcept { return type(sgd{}); }
};
template <class Scalar, class Optimizer>
requires(optimizer_for<Optimizer, Scalar>) struct rule_for<Scalar, Optimizer> {
    using options = Optimizer;
    using optimizer = Optimizer;
    using type = typename Optimizer::template rule<Scalar>;
    static constexpr type from(const Optimizer& optimizer) noexcept { return type(optimizer); }
};

/// Says so where it is false.
template <bool Named>
consteval void has_a_name() {
    static_assert(Named, "inlay: backward needs the input of forward, and this one is a temporary: give it a name");
}
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
