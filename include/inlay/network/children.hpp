// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What all layers made of layers share: the tensors of the layers inside and their names, their state, their traits, and
// how they are called. A composite says only where its layers' inputs, outputs and caches are.
#pragma once

#include <inlay/network/plan.hpp>
#include <inlay/network/scope.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// The trainability of the tensors from First on.
template <class Gradients, size_t First>
struct gradients_from {
    static constexpr bool trainable(size_t j) { return Gradients::trainable(First + j); }
};
template <class Gradients, size_t First>
using gradients_slice =
    std::conditional_t<std::is_same_v<Gradients, all_trainable> || std::is_same_v<Gradients, none_trainable>, Gradients,
                       gradients_from<Gradients, First>>;

/// How layers are bound to their inputs, a topology::list of shapes.
template <class Inputs>
struct binding {
    static constexpr bool uses_names = false;
    static constexpr std::array<topology::own_value, 0> own{};
    template <size_t I>
    using input = topology::at<I, Inputs>;
    template <class Scalar, class Layer, size_t I>
    using bound = typename Layer::template on<Scalar, input<I>>;
};
/// And where they use names of values.
template <class Shapes, class Scopes, class Names>
struct binding<topology::inputs_in_scopes<Shapes, Scopes, Names>> {
    static constexpr bool uses_names = true;
    static constexpr auto own = Names::own;
    template <size_t I>
    using input = topology::at<I, Shapes>;
    template <class Scalar, class Layer, size_t I>
    using bound = topology::bound_in<Scalar, Layer, topology::at<I, Shapes>, topology::at<I, Scopes>>;
};

/// Values of outer lists that parts ask for, each name once, but for those that a composite has itself.
template <class... Parts>
constexpr auto outer_of_parts([[maybe_unused]] const auto& own) {
    constexpr size_t most = (Parts::outer.size() + ... + size_t{0});
    struct {
        std::array<outer_value, most> all{};
        size_t count = 0;
    } found;
    const auto add = [&](const outer_value& value) {
        for (const auto& mine : own)
            if (mine.name == value.name) return;
        size_t i = 0;
        while (i < found.count && found.all[i].name != value.name) ++i;
        if (i == found.count) found.all[found.count++] = value;
        found.all[i].reads |= value.reads;
        found.all[i].writes |= value.writes;
    };
    const auto add_all = [&](const auto& values) {
        for (const outer_value& value : values) add(value);
    };
    (add_all(Parts::outer), ...);
    return found;
}
template <size_t Count, size_t All>
constexpr std::array<outer_value, Count> first_of(const std::array<outer_value, All>& all) {
    std::array<outer_value, Count> some{};
    for (size_t i = 0; i < Count; ++i) some[i] = all[i];
    return some;
}

/// Where in `outer` and then in `own` each of the values is that a part asks for.
template <size_t Count>
constexpr std::array<size_t, Count> places_of(const std::array<outer_value, Count>& asked, const auto& outer,
                                              const auto& own) {
    std::array<size_t, Count> places{};
    for (size_t k = 0; k < Count; ++k) {
        for (size_t i = 0; i < outer.size(); ++i)
            if (outer[i].name == asked[k].name) places[k] = i;
        for (size_t i = 0; i < own.size(); ++i)
            if (own[i].name == asked[k].name) places[k] = outer.size() + i;
    }
    return places;
}

/// Layers, each on the input of its place in Inputs (a topology::list of shapes; or topology::inputs_in_scopes, for layers
/// that use names of values), as parts of one layer from In to Out.
template <class Scalar, class In, class Out, class Inputs, class... Layers>
struct children : layer_on<Scalar, In, Out> {
    static constexpr size_t count = sizeof...(Layers);
    using layers = topology::list<Layers...>;

    template <size_t I>
    using layer = topology::at<I, layers>;
    template <size_t I>
    using input_of = typename binding<Inputs>::template input<I>;
    template <size_t I>
    using bound = typename binding<Inputs>::template bound<Scalar, layer<I>, I>;
    template <size_t I>
    using input_element = typename input_of<I>::template element<Scalar>;
    template <size_t I>
    using output_element = typename bound<I>::output::template element<Scalar>;

  protected:
    /// Where each layer's share of something starts that takes `size(i)` in turn; at `count` the sum.
    template <class Size>
    static constexpr auto starts(Size size) {
        std::array<size_t, count + 1> all{};
        topology::walk<0, count>([&](auto i) { all[i + 1] = all[i] + size(i); });
        return all;
    }
    template <class Size>
    static constexpr size_t largest(Size size) {
        size_t most = 0;
        topology::walk<0, count>([&](auto i) { most = size(i) > most ? size(i) : most; });
        return most;
    }
    /// Whether some layer, or every one, has a trait.
    static constexpr bool any(bool layer_traits::*trait) {
        bool found = false;
        topology::walk<0, count>([&](auto i) { found = found || bound<i>::traits.*trait; });
        return found;
    }
    static constexpr bool all(bool layer_traits::*trait) {
        bool found = true;
        topology::walk<0, count>([&](auto i) { found = found && bound<i>::traits.*trait; });
        return found;
    }
    /// The traits that do not depend on how a composite connects its layers. What a composite leaves at its default here
    /// it must set: those about input, output and registers.
    static constexpr layer_traits traits_of_parts() {
        return {.has_statistics = any(&layer_traits::has_statistics),
                .overwrites_gradients = true, // backward_child clears what a layer cannot overwrite
                .steps_in_backward = true,    // and stores what one cannot apply at once
                .random_in_training = any(&layer_traits::random_in_training),
                .mixes_samples = any(&layer_traits::mixes_samples),
                .needs_whole_sequence = any(&layer_traits::needs_whole_sequence),
                .same_bits_in_blocks = all(&layer_traits::same_bits_in_blocks)};
    }

  public:
    // ---- parameters: those of the layers, in order, their names after the layer's number or given name -----------------

    static constexpr auto tensor_starts = starts([](auto i) { return bound<i>::tensors.size(); });
    static constexpr size_t tensor_count = tensor_starts[count];
    template <size_t I>
    static constexpr size_t tensors_of = tensor_starts[I + 1] - tensor_starts[I];

    /// What layer I was called by `named`; empty if it was not.
    template <size_t I>
    static constexpr std::string_view given_name() {
        return detail::given_name<layer<I>>();
    }
    /// Of tensors' names, which would not be made if one were too long for a label: the verdict on the list asks first.
    static constexpr size_t longest_path() {
        return largest([](auto i) { return longest_path_in_list<layer<i>, bound<i>>(); });
    }
    static constexpr auto tensors = [] {
        std::array<tensor_spec, tensor_count> all{};
        topology::walk<0, count>([&](auto i) {
            size_t at = tensor_starts[i];
            for (const tensor_spec& spec : bound<i>::tensors) {
                all[at] = spec;
                all[at].name = name_in_list<layer<i>>(i);
                all[at].name += ".";
                all[at++].name += spec.name.view();
            }
        });
        return all;
    }();
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        size_t result = index;
        topology::walk<0, count>([&](auto i) {
            if (tensor >= tensor_starts[i] && tensor < tensor_starts[i + 1])
                result = bound<i>::packed_index(tensor - tensor_starts[i], index);
        });
        return result;
    }

    static constexpr auto tie_starts = starts([](auto i) { return bound<i>::ties.size(); });
    static constexpr auto ties = [] {
        std::array<tied_tensor, tie_starts[count]> all{};
        if constexpr (tie_starts[count] > 0)
            topology::walk<0, count>([&](auto i) {
                for (size_t k = 0; k < bound<i>::ties.size(); ++k) all[tie_starts[i] + k] = bound<i>::ties[k];
            });
        return all;
    }();
    static constexpr auto stored_starts = starts([](auto i) { return stored_size<bound<i>>; });
    // ---- names of values (network/scope.hpp) ---------------------------------------------------------------------------

    static constexpr bool uses_names = binding<Inputs>::uses_names;
    /// Values that the composite keeps itself.
    static constexpr auto& own = binding<Inputs>::own;
    /// Values that it asks outer lists for, since its layers do.
    static constexpr auto outer = [] {
        if constexpr (!uses_names) return std::array<outer_value, 0>{};
        else return []<size_t... I>(std::index_sequence<I...>) {
                constexpr auto found = outer_of_parts<bound<I>...>(binding<Inputs>::own);
                return first_of<found.count>(found.all);
            }
        (std::make_index_sequence<count>{});
    }();
    /// Where each value that layer I asks for is: its number in `outer`, or outer.size() and its number in `own`.
    template <size_t I>
    static constexpr auto outer_places = places_of(bound<I>::outer, outer, own);

    static constexpr size_t macs = starts([](auto i) { return bound<i>::macs; })[count];
    static constexpr size_t widest = largest([](auto i) { return bound<i>::widest; });
    static constexpr auto state_starts = starts([](auto i) { return bound<i>::state_size; });
    static constexpr size_t state_size = state_starts[count];

    /// Where the gradient of a tensor of layer I is in a call's gradient_scratch.
    template <size_t I>
    static constexpr size_t gradient_scratch_at(size_t tensor) {
        size_t at = 0;
        for (size_t t = 0; t < tensor; ++t) at += aligned<Scalar>(bound<I>::tensors[t].size);
        return at;
    }
    /// Scalars that gradient_mode::sgd_step needs for the gradients of layers that do not descend: one layer at a time.
    static constexpr size_t gradient_scratch_size() {
        return largest([](auto i) {
            return bound<i>::traits.steps_in_backward ? bound<i>::gradient_scratch_size()
                                                      : gradient_scratch_at<i>(tensors_of<i>);
        });
    }

    /// Which gradients of the values that layer I asks for are wanted: those of outer values that Context wants, and those
    /// of the composite's own where `own_gradients` has a bit.
    template <class Context, size_t I>
    static constexpr std::uint64_t outer_gradients(std::uint64_t own_gradients = 0) {
        std::uint64_t wanted = 0;
        for (size_t k = 0; k < bound<I>::outer.size(); ++k) {
            const size_t at = outer_places<I>[k];
            const bool set =
                at < outer.size() ? Context::outer_gradient(at) : (own_gradients >> (at - outer.size()) & 1) != 0;
            if (set) wanted |= std::uint64_t{1} << k;
        }
        return wanted;
    }
    /// The context of layer I: with its own tensors' trainability.
    template <class Context, size_t I>
    using context_in =
        typename Context::template with_gradients<gradients_slice<typename Context::gradients, tensor_starts[I]>>::
            template with_outer_gradients<outer_gradients<Context, I>()>;

    /// The call of layer I: all of the outer call but the other layers' tensors and state. What is elsewhere for this
    /// layer is for the composite to replace.
    template <size_t I, size_t Batch, class Input, class Output, size_t Outer>
    static INLAY_INLINE constexpr auto call_in(const forward_call<Scalar, tensor_count, Input, Output, Outer>& call) {
        auto inner = call.template for_tensors<tensor_starts[I], tensors_of<I>, input_element<I>, output_element<I>,
                                               bound<I>::outer.size()>();
        if (inner.state) inner.state += state_starts[I] * Batch;
        if constexpr (stored_starts[I] > 0) inner.stored += stored_starts[I];
        if constexpr (tie_starts[I] > 0) inner.ties += tie_starts[I];
        pass_outer<I>(call, inner);
        return inner;
    }
    template <size_t I, class Input, class Output, size_t Outer>
    static INLAY_INLINE constexpr auto call_in(const backward_call<Scalar, tensor_count, Input, Output, Outer>& call) {
        auto inner = call.template for_tensors<tensor_starts[I], tensors_of<I>, input_element<I>, output_element<I>,
                                               bound<I>::outer.size()>();
        if constexpr (tie_starts[I] > 0) {
            inner.ties += tie_starts[I];
            inner.tie_gradients += tie_starts[I];
        }
        pass_outer<I>(call, inner);
        return inner;
    }

    /// Backward of layer I. `inner` comes from call_in, Context from context_in. What the layer cannot do itself with its
    /// gradients is done here.
    template <class Context, size_t I>
    static INLAY_INLINE constexpr void backward_child(backward_call_of<bound<I>> inner) {
        using one = bound<I>;
        const std::array<Scalar*, tensors_of<I>> to = inner.gradients;
        constexpr bool in_between = Context::into == gradient_mode::sgd_step && !one::traits.steps_in_backward;
        if constexpr (in_between)
            topology::walk<0, tensors_of<I>>(
                [&](auto t) INLAY_INLINE { inner.gradients[t] = inner.gradient_scratch + gradient_scratch_at<I>(t); });
        if constexpr ((in_between || Context::into == gradient_mode::overwrite) && !one::traits.overwrites_gradients)
            topology::walk<0, tensors_of<I>>([&](auto t) INLAY_INLINE {
                if constexpr (is_trained<Context, I, t>())
                    kernels::fill<one::tensors[t].size>(inner.gradients[t], Scalar(0));
            });
        constexpr gradient_mode into =
            Context::into == gradient_mode::sgd_step && one::traits.steps_in_backward ? gradient_mode::sgd_step
            : Context::into != gradient_mode::add && one::traits.overwrites_gradients ? gradient_mode::overwrite
                                                                                      : gradient_mode::add;
        one::template backward<typename Context::template with_gradient_mode<into>>(inner);
        if constexpr (in_between)
            topology::walk<0, tensors_of<I>>([&](auto t) INLAY_INLINE {
                if constexpr (is_trained<Context, I, t>())
                    kernels::map<typename Context::backend, one::tensors[t].size>(
                        to[t], [&](auto w, auto g) INLAY_INLINE { return inner.descent.step(g, w); }, to[t],
                        inner.gradients[t]);
            });
    }

    /// Lets every layer with statistics of its own take in what the forward pass noticed; `cache_at(i)` is where layer i
    /// keeps what lasts until backward.
    template <class Context, class CacheAt>
    static constexpr void update_children(const std::array<Scalar*, tensor_count>& tensors_at, const Scalar* cache,
                                          size_t rows, CacheAt cache_at) {
        topology::walk<0, count>([&](auto i) {
            if constexpr (bound<i>::traits.has_statistics)
                bound<i>::template update_statistics<context_in<Context, i>>(
                    slice<tensor_starts[i], tensors_of<i>>(tensors_at), cache + cache_at(i), rows);
        });
    }

    template <class Context>
    static constexpr size_t least_batch() {
        return largest([](auto i) { return bound<i>::template least_batch<context_in<Context, i>>(); });
    }

    /// Whether layer I has a gradient to give.
    template <class Context, size_t I>
    static constexpr bool child_has_gradient() {
        return bound<I>::traits.differentiable && bound<I>::template has_gradient<Context>();
    }

    /// Whether layer I has a parameter to train, or a gradient to give to a value of an outer list.
    template <class Context, size_t I>
    static constexpr bool trains() {
        if (bound<I>::ties.size() > 0) return true; // a tensor of another layer
        for (size_t j = tensor_starts[I]; j < tensor_starts[I + 1]; ++j)
            if (tensors[j].trainable && Context::gradients::trainable(j)) return true;
        for (size_t k = 0; k < bound<I>::outer.size(); ++k) {
            const size_t at = outer_places<I>[k];
            if (bound<I>::outer[k].reads && at < outer.size() && Context::outer_gradient(at)) return true;
        }
        return false;
    }

  private:
    template <size_t I, class Call, class Inner>
    static INLAY_INLINE constexpr void pass_outer(const Call& call, Inner& inner) {
        topology::walk<0, bound<I>::outer.size()>([&](auto k) INLAY_INLINE {
            if constexpr (outer_places<I>[k] < outer.size()) inner.outer[k] = call.outer[outer_places<I>[k]];
        });
    }
    template <class InnerContext, size_t I, size_t T>
    static constexpr bool is_trained() {
        return InnerContext::gradients::trainable(T) && bound<I>::tensors[T].trainable;
    }
};

} // namespace detail

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
