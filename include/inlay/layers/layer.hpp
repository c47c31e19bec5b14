// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What a layer is. A layer is an empty type with three members:
//
//     struct my_layer {
//         static constexpr auto name = "my_layer";
//         template <class In> static constexpr auto output_shape(In);     // shape<…>, or refuse<why, takes<…>>
//         template <class Scalar, class In> struct on;                    // the layer, once its input shape is known
//     };
//
// `on` derives from `layer_on<Scalar, In, Out>` and has what it needs of: its tensors, its traits, its memory, `forward`
// and `backward`. Sizes are constants, memory comes from the caller, nothing is allocated. A list of layers checks all of
// it: what is missing or misspelt is named by one error. examples/09_own_layer.cpp is a layer written outside the library.
#pragma once

#include <inlay/core/random.hpp>
#include <inlay/core/shape.hpp>
#include <inlay/core/text.hpp>
#include <inlay/kernels/map.hpp>

#include <array>
#include <cstdint>

#include <inlay/core/macros_aside.inc>

namespace inlay {

// ---- why a layer does not fit ------------------------------------------------------------------------------------------

template <size_t... Extents>
struct takes {}; ///< extents that a layer accepts
template <size_t... Extents>
struct but_gets {}; ///< extents that reach it

/// An option of layers that would have a bias: none, as PyTorch's bias = False.
struct without_bias {};

struct input_of_another_size {};
struct needs_real_numbers {}; ///< elements of the network's scalar type
template <class Element>
struct but_gets_elements {}; ///< type of the elements that reach a layer
struct kernel_larger_than_its_input {};
struct needs_an_image_of_height_width_channels {};
struct needs_a_vector_so_put_flatten_before_it {};
struct needs_a_vector_or_a_sequence {};
struct needs_a_sequence_of_time_features {};
struct needs_a_sequence_or_an_image {};
struct needs_a_padding_of_one_number_or_left_and_right {}; ///< a sequence has no top and no bottom
struct needs_a_stride_of_1_or_tensorflow_same {};          ///< `same`, as in PyTorch
struct branches_with_different_shapes {};
struct not_a_layer {};
struct extent_must_not_be_0 {};
struct argument_must_not_be_negative {};
struct has_an_output_larger_than_any_memory {}; ///< as of a negative number of units
struct an_input_has_one_to_three_extents {};
struct needs_a_gradient {};
struct needs_a_larger_batch {};
struct needs_a_probability_from_0_to_below_1 {};
struct needs_a_positive_argument {};
struct has_no_such_axis {}; ///< they are counted from 0, without the batch
struct needs_a_lower_limit_below_the_upper_one {};
struct needs_outputs_or_inputs_and_outputs {};
struct has_no_parameter_of_that_name {};
struct has_the_name_of_a_layer_before_it {};      ///< or none that a parameter's path can hold: empty, or with a dot
struct has_a_parameter_whose_path_is_too_long {}; ///< for label::capacity, 95 characters
struct has_an_option_that_is_none {
}; ///< or two of one kind, or one that contradicts another: the layer's comment names its options
struct needs_a_layer {};
struct a_network_starts_with_an_input {};

// What a layer of one's own lacks: see layers/layer.hpp.
struct lacks_on {};                     ///< template <class Scalar, class In> struct on
struct lacks_the_base_layer_on {};      ///< on<Scalar, In> derives from layer_on<Scalar, In, Out>
struct lacks_traits_of_layer_traits {}; ///< static constexpr layer_traits traits{…}
struct its_traits_do_not_compile {};
struct lacks_forward {};           ///< template <class Context, class Call> static constexpr void forward(const Call&)
struct lacks_backward {};          ///< the same for backward; or .differentiable = false among its traits
struct lacks_update_statistics {}; ///< what .has_statistics = true promises
struct lacks_memory_sizes {}; ///< cache_size(batch), forward_scratch(batch, keeps), backward_scratch(batch): functions
struct its_output_is_not_what_output_shape_says {};
struct a_trait_stands_outside_of_traits {}; ///< such as in_place: a member of `traits`

/// What a shape rule returns for an input that the layer cannot take. Gets is filled in with the input's extents unless
/// the rule names others.
template <class Why, class Takes = takes<>, class Gets = void>
struct refuse {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET {

/// What a tensor is for: `initialize` chooses start values by it, and weight decay leaves out all but weights.
enum class tensor_role {
    weight,   ///< multiplies what comes in: products with several inputs are summed
    bias,     ///< is added
    scale,    ///< multiplies one value each, such as a normalisation's weight; starts at its layer's default (1)
    statistic ///< is measured, not trained, such as a running mean: what PyTorch calls a buffer
};

/// What one number of a tensor is.
enum class element_type {
    scalar, ///< the network's scalar type
    int8    ///< std::int8_t: see stored_as
};

/// One tensor of a layer, in the order and under the name of PyTorch's state_dict: a parameter, or a statistic.
///
///     tensor_spec::of("weight", outputs, inputs).with_fans(inputs, outputs, inputs)
///     tensor_spec::of("running_var", channels).as(tensor_role::statistic).starting_at(1)
struct tensor_spec {
    label name{};
    std::array<size_t, 4> extents{}; ///< canonical (PyTorch's) extents; unused ones are 0
    size_t rank = 0;
    size_t size = 0; ///< elements
    tensor_role role = tensor_role::weight;
    element_type element = element_type::scalar;
    size_t fan_in = 0, fan_out = 0; ///< as in torch.nn.init
    double default_fan = 0;         ///< PyTorch's default start is uniform(±1/√default_fan); 0: the two that follow
    double default_value = 0;
    double default_deviation = 0; ///< normal(default_value, default_deviation), where that is not 0
    bool trainable = true;        ///< false for frozen parameters and for statistics

    /// A weight if it has two extents or more, else a bias: `as` says otherwise.
    template <class... Extent>
    static constexpr tensor_spec of(std::string_view name, Extent... extent) {
        tensor_spec spec;
        spec.name = label(name);
        ((spec.extents[spec.rank++] = static_cast<size_t>(extent)), ...);
        spec.size = (static_cast<size_t>(extent) * ... * size_t{1});
        spec.role = spec.rank > 1 ? tensor_role::weight : tensor_role::bias;
        return spec;
    }
    /// The same in another role. A statistic is not trainable.
    constexpr tensor_spec as(tensor_role other) const {
        tensor_spec spec = *this;
        spec.role = other;
        spec.trainable = other != tensor_role::statistic;
        return spec;
    }
    /// The same with elements of one byte, which are stored at forward_call::stored. Such a tensor is not trainable.
    constexpr tensor_spec stored_as(element_type other) const {
        tensor_spec spec = *this;
        spec.element = other;
        spec.trainable = other == element_type::scalar;
        return spec;
    }
    /// What the rows of a stored tensor are multiplied by: its name with `_scale` after it, one number for each element of
    /// its first extent.
    static constexpr tensor_spec scale_of(const tensor_spec& stored) {
        tensor_spec spec = of("", stored.extents[0]).as(tensor_role::scale).untrained().starting_at(1);
        spec.name = stored.name;
        spec.name += "_scale";
        return spec;
    }
    constexpr tensor_spec untrained() const {
        tensor_spec spec = *this;
        spec.trainable = false;
        return spec;
    }
    /// The same with a constant for its default start.
    constexpr tensor_spec starting_at(double value) const {
        tensor_spec spec = *this;
        spec.default_fan = 0;
        spec.default_value = value;
        return spec;
    }
    constexpr tensor_spec with_fans(size_t in, size_t out, double fan_of_default) const {
        tensor_spec spec = *this;
        spec.fan_in = in;
        spec.fan_out = out;
        spec.default_fan = fan_of_default;
        return spec;
    }
    /// The same with xavier_uniform for its default start.
    constexpr tensor_spec with_xavier() const {
        tensor_spec spec = *this;
        spec.default_fan = static_cast<double>(fan_in + fan_out) / 6;
        return spec;
    }
    constexpr tensor_spec with_deviation(double deviation) const {
        tensor_spec spec = *this;
        spec.default_deviation = deviation;
        return spec;
    }
};

namespace detail {
// The primitives of core/math.hpp for plain scalars; those for packs are found through their argument.
using math::abs, math::copysign, math::fma, math::max, math::min, math::select, math::sqrt;
} // namespace detail

// ---- how a layer is called ---------------------------------------------------------------------------------------------

/// All trainable parameters get a gradient, and statistics move.
struct all_trainable {
    static constexpr bool trainable(size_t) { return true; }
};
/// None does: only the gradient of the input is wanted.
struct none_trainable {
    static constexpr bool trainable(size_t) { return false; }
};

/// What a pass through a network is for.
enum class pass {
    inference,  ///< only the outputs count
    evaluation, ///< as inference, but what backward reads is kept: gradients of the network as it will be used
    training    ///< what backward reads is kept, and layers that differ in training do so: dropout drops
};

/// What backward does with the gradient of a parameter.
enum class gradient_mode {
    add,       ///< adds it to what is there
    overwrite, ///< overwrites what is there. Only layers with `overwrites_gradients` are asked to.
    sgd_step ///< takes a step of gradient descent with it: `gradients` are the parameters themselves. Only layers with
             ///< `steps_in_backward` are asked to, and those need their parameters no more once they have changed them.
};

/// What a call knows at compile time, beside its types.
struct context_options {
    size_t batch = 1;                          ///< samples per call; activations are stored one sample after the other
    inlay::pass pass = inlay::pass::inference; ///< what the call is for
    bool input_gradient = false;               ///< whether backward must write the gradient of the input
    gradient_mode into = gradient_mode::add;   ///< what becomes of the gradients of parameters
    std::uint64_t outer_gradients = 0;         ///< bit k: whether the gradient of outer value k is wanted

    constexpr context_options with_input_gradient(bool wanted) const {
        context_options other = *this;
        other.input_gradient = wanted;
        return other;
    }
    constexpr context_options with_gradient_mode(gradient_mode mode) const {
        context_options other = *this;
        other.into = mode;
        return other;
    }
    constexpr context_options with_outer_gradients(std::uint64_t wanted) const {
        context_options other = *this;
        other.outer_gradients = wanted;
        return other;
    }
};

/// What a call knows at compile time.
///   Backend     kernels::native or kernels::scalar
///   Options    see context_options
///   Gradients  `trainable(j)`: whether tensor j, if it can be trained at all, wants its gradient, or, for a statistic,
///              moves in training: false where it is frozen
///   Epilogue   what forward applies to its results while they are in registers: for layers with `takes_epilogue`
///   Slope      the activation before, where backward is to multiply the gradient of the input by its slope; or void
template <class Backend, context_options Options, class Gradients = all_trainable, class Epilogue = kernels::identity,
          class Slope = void>
struct context {
    using backend = Backend;
    using gradients = Gradients;
    using epilogue = Epilogue;                          ///< what forward applies to its results
    using slope = Slope;                                ///< the activation whose slope backward multiplies in, or void
    static constexpr context_options options = Options; ///< all that is no type
    static constexpr size_t batch = Options.batch;
    /// Whether a backward pass may follow: what it reads is kept.
    static constexpr bool keeps = Options.pass != pass::inference;
    static constexpr bool training = Options.pass == pass::training;
    static constexpr bool input_gradient = Options.input_gradient;
    static constexpr gradient_mode into = Options.into;
    static constexpr bool takes_slope = !std::is_void_v<Slope>;
    /// What a gradient's sums start from.
    static constexpr kernels::start begin =
        into == gradient_mode::add ? kernels::start::accumulate : kernels::start::zero;
    /// What becomes of them.
    template <class Call>
    static INLAY_INLINE constexpr auto sink(const Call& call) {
        if constexpr (into == gradient_mode::sgd_step) return call.descent;
        else return kernels::store_with<kernels::identity>{};
    }
    /// What becomes of the gradient of the input.
    template <class Call>
    static INLAY_INLINE constexpr auto input_sink(const Call& call) {
        if constexpr (takes_slope)
            return kernels::times_slope<Slope, std::remove_cvref_t<decltype(*call.input)>>{call.input,
                                                                                           call.input_gradient};
        else return kernels::store_with<kernels::identity>{};
    }
    /// The same for a few of its values dx, x being the input there.
    template <class V>
    static INLAY_INLINE constexpr V sloped(V dx, [[maybe_unused]] V x) {
        if constexpr (takes_slope) return dx * Slope::slope_from_output(x);
        else return dx;
    }
    template <class Other>
    using with_gradients = context<Backend, Options, Other, Epilogue, Slope>;
    /// The same context with another epilogue.
    template <class Other>
    using with_epilogue = context<Backend, Options, Gradients, Other, Slope>;
    template <class Other>
    using with_slope = context<Backend, Options, Gradients, Epilogue, Other>;
    /// The same context, the gradient of the input wanted or not.
    template <bool Wanted>
    using with_input_gradient = context<Backend, Options.with_input_gradient(Wanted), Gradients, Epilogue, Slope>;
    /// The same context, the gradients of parameters dealt with in another way.
    template <gradient_mode Other>
    using with_gradient_mode = context<Backend, Options.with_gradient_mode(Other), Gradients, Epilogue, Slope>;
    /// The same context, the gradients of these outer values wanted: bit k for number k.
    template <std::uint64_t Wanted>
    using with_outer_gradients = context<Backend, Options.with_outer_gradients(Wanted), Gradients, Epilogue, Slope>;
    /// Whether backward is to add its part to the gradient of outer value k; of a sum: whether it has a gradient.
    static constexpr bool outer_gradient(size_t k) { return (Options.outer_gradients >> k & 1) != 0; }
};

namespace detail {

/// all[First] to all[First + Count - 1]
template <size_t First, size_t Count, class Pointer, size_t All>
INLAY_INLINE constexpr std::array<Pointer, Count> slice(const std::array<Pointer, All>& all) {
    return [&]<size_t... I>(std::index_sequence<I...>) INLAY_INLINE {
        return std::array<Pointer, Count>{all[First + I]...};
    }
    (std::make_index_sequence<Count>{});
}

/// The pointer, or null if it points to something else.
template <class Wanted, class Element>
INLAY_INLINE constexpr Wanted* if_of(Element* pointer) {
    if constexpr (std::is_same_v<Wanted, Element>) return pointer;
    else return nullptr;
}

} // namespace detail

namespace detail {
/// An empty array takes no room, and no time to copy.
template <class Element, size_t Count>
struct array_or_nothing : std::array<Element, Count> {};
template <class Element>
struct array_or_nothing<Element, 0> {};
} // namespace detail

/// A value of one of the lists around a layer, which it asks for by name: `bound::outer` is an array of these (see
/// network/keep.hpp). The call then holds pointers to them, in that order.
struct outer_value {
    std::string_view name;
    size_t size = 0;     ///< per sample
    bool reads = false;  ///< whether the layer reads it
    bool writes = false; ///< whether the layer keeps it, adds to it or gives it as an output
};
/// Where it is, in forward: `to` for layers that write it.
template <class Scalar>
struct outer_pointers {
    const Scalar* value = nullptr;
    Scalar* to = nullptr;
};
/// And in backward. Layers that read the value add to its gradient, where Context::outer_gradient says so; others read it.
template <class Scalar>
struct outer_gradient_pointers {
    const Scalar* value = nullptr;
    Scalar* gradient = nullptr;
};

/// A tensor of another layer that a layer uses as its own: [rows, columns], row by row, under its path from the network on.
/// See network/tied.hpp.
struct tied_tensor {
    std::string_view path;
    size_t rows = 0, columns = 0;
};

/// The arguments of `forward`. `cache` lasts until backward, `scratch` until return; `state` (for layers that carry one
/// from call to call, such as gru) may be null: start from zero and keep nothing.
template <class Scalar, size_t Tensors, class Input = Scalar, class Output = Scalar, size_t Outer = 0>
struct forward_call {
    std::array<const Scalar*, Tensors> parameters;
    const Input* input;
    Output* output;
    Scalar* cache;
    Scalar* scratch;
    Scalar* state;
    random_generator* random;
    size_t rows;                         ///< samples that count: batch, or fewer in a last, partial batch
    const std::int8_t* stored = nullptr; ///< the layer's tensors of element_type::int8, one after the other
    const Scalar* const* ties = nullptr; ///< the tensors of other layers that it uses (`ties`)
    [[no_unique_address]] detail::array_or_nothing<outer_pointers<Scalar>, Outer> outer{};

    /// The same call for one of the layers inside, whose tensors are number First to First + Count - 1 of these.
    /// Input and output are null where their elements have another type; outer values are for the composite to fill in.
    template <size_t First, size_t Count, class InnerInput = Input, class InnerOutput = Output, size_t InnerOuter = 0>
    INLAY_INLINE constexpr forward_call<Scalar, Count, InnerInput, InnerOutput, InnerOuter> for_tensors() const {
        return {detail::slice<First, Count>(parameters),
                detail::if_of<const InnerInput>(input),
                detail::if_of<InnerOutput>(output),
                cache,
                scratch,
                state,
                random,
                rows,
                stored,
                ties};
    }
};

/// The arguments of `backward`. What becomes of the gradients of parameters Context::into says, the gradient of the input
/// is overwritten, and the gradient of the output may be used as scratch. `input` and `output` are what forward saw, where
/// the layer asks for them (`backward_needs_input`, `backward_needs_output`).
template <class Scalar, size_t Tensors, class Input = Scalar, class Output = Scalar, size_t Outer = 0>
struct backward_call {
    std::array<const Scalar*, Tensors> parameters;
    std::array<Scalar*, Tensors> gradients;
    const Input* input;
    const Output* output;
    const Scalar* cache;
    Scalar* scratch;
    Scalar* output_gradient;
    Scalar* input_gradient;
    size_t rows;
    kernels::sgd_update<Scalar> descent{};  ///< for gradient_mode::sgd_step
    Scalar* gradient_scratch = nullptr;     ///< for gradient_mode::sgd_step: gradients of a layer that does not descend
    const Scalar* const* ties = nullptr;    ///< the tensors of other layers that it uses (`ties`)
    Scalar* const* tie_gradients = nullptr; ///< and their gradients, added to; null for those that are not trained
    [[no_unique_address]] detail::array_or_nothing<outer_gradient_pointers<Scalar>, Outer> outer{};

    /// The same call for one of the layers inside, whose tensors are number First to First + Count - 1 of these.
    template <size_t First, size_t Count, class InnerInput = Input, class InnerOutput = Output, size_t InnerOuter = 0>
    INLAY_INLINE constexpr backward_call<Scalar, Count, InnerInput, InnerOutput, InnerOuter> for_tensors() const {
        return {detail::slice<First, Count>(parameters),
                detail::slice<First, Count>(gradients),
                detail::if_of<const InnerInput>(input),
                detail::if_of<const InnerOutput>(output),
                cache,
                scratch,
                output_gradient,
                input_gradient,
                rows,
                descent,
                gradient_scratch,
                ties,
                tie_gradients};
    }
};

/// What a network needs to know of a layer, as data: `static constexpr layer_traits traits{.in_place = true};`. A name
/// that is none does not compile. Composites derive theirs from those of their layers.
struct layer_traits {
    /// Whether backward reads the input; if not, it may be overwritten after forward.
    bool backward_needs_input = true;
    /// Whether backward reads the output.
    bool backward_needs_output = false;
    /// Whether output and input (and their gradients) may be the same memory.
    bool in_place = false;
    /// Whether forward applies Context::epilogue, an element-wise function, to its results while they are in registers.
    bool takes_epilogue = false;
    /// Whether backward multiplies the gradient of the input by the slope of the activation before, where Context says so
    /// (input_sink, sloped), while it is in registers.
    bool takes_slope = false;
    /// False for layers such as step: asking for a gradient is a compile-time error, and `backward` may be missing.
    bool differentiable = true;
    /// Whether the layer has, for tensors that it changes itself in training (running means and variances),
    ///
    ///     template <class Context>
    ///     static constexpr void update_statistics(const std::array<Scalar*, tensors>& tensors, const Scalar* cache,
    ///                                             size_t rows)
    ///
    /// which the trainer calls once per training pass, with the cache that forward filled. Such tensors are not trainable.
    bool has_statistics = false;
    /// Whether backward can overwrite gradients (gradient_mode::overwrite); else they are cleared before it.
    bool overwrites_gradients = false;
    /// Whether backward can change the parameters at once (gradient_mode::sgd_step); else their gradients are stored in
    /// between.
    bool steps_in_backward = false;
    /// Whether training draws random numbers (dropout).
    bool random_in_training = false;
    /// Whether in training the samples of a batch see each other (batch normalisation, unless its statistics are frozen).
    bool mixes_samples = false;
    /// Whether a step's output depends on later steps, as where a layer runs backwards in time or attends to all steps: such
    /// a sequence cannot go in blocks, and `net(x, state)` and `net.stream` are errors.
    bool needs_whole_sequence = false;
    /// Whether a sequence [time, features] in one call has the bits of its steps one by one, the state carried on. Where all
    /// layers say so, `net.stream` goes in blocks. A layer that is not asked about sequences, or sums them in another order,
    /// leaves it false.
    bool same_bits_in_blocks = false;
    /// Whether the output is the input itself (keep). In a list that keeps values both are the same memory then, and
    /// call.output is null.
    bool gives_input = false;
    /// Whether the output is outer value 0 itself (take); again call.output is null where they are the same memory.
    bool gives_outer = false;
    /// Whether the output does not depend on the input, whose gradient is 0.
    bool ignores_input = false;
};

/// The defaults of a layer whose input shape is known. Every member may be hidden by the layer's own.
template <class Scalar, class In, class Out>
struct layer_on {
    using scalar_type = Scalar;
    using input = In;
    using output = Out;

    /// PyTorch's order.
    static constexpr std::array<tensor_spec, 0> tensors{};
    /// Tensors of other layers that the layer uses.
    static constexpr std::array<tied_tensor, 0> ties{};
    /// Values of outer lists that the layer asks for.
    static constexpr std::array<outer_value, 0> outer{};
    /// Where canonical element `index` of tensor `tensor` is stored in the layer's own layout.
    static constexpr size_t packed_index(size_t /*tensor*/, size_t index) { return index; }

    /// Scalars kept from forward to backward, beyond input and output.
    static constexpr size_t cache_size(size_t /*batch*/) { return 0; }
    /// Scalars of scratch that forward needs; `keeps` as in Context.
    static constexpr size_t forward_scratch(size_t /*batch*/, bool /*keeps*/) { return 0; }
    /// Scalars of scratch that backward needs.
    static constexpr size_t backward_scratch(size_t /*batch*/) { return 0; }
    /// Scalars carried from call to call, per sample.
    static constexpr size_t state_size = 0;
    /// Multiply-accumulates per sample.
    static constexpr size_t macs = 0;
    /// Values that are computed side by side.
    static constexpr size_t widest = Out::last;
    /// Where the input is numbers of tokens: they are below this.
    static constexpr size_t token_count = 0;
    /// Composites: scalars that gradient_mode::sgd_step needs for gradients in between.
    static constexpr size_t gradient_scratch_size() { return 0; }

    /// What the network needs to know: see layer_traits.
    static constexpr layer_traits traits{};

    /// Whether backward has a gradient to give for what Context wants trained. Composites ask their layers.
    template <class Context>
    static constexpr bool has_gradient() {
        return true;
    }
    /// How many samples a batch must hold at least to train the layer.
    template <class Context>
    static constexpr size_t least_batch() {
        return 1;
    }
};

namespace detail {
/// How many scalars have room for `count` elements of another type.
template <class Scalar, class Element>
constexpr size_t room_for(size_t count) {
    static_assert(sizeof(Element) <= sizeof(Scalar), "inlay: elements between layers are not larger than the scalars");
    return (count * sizeof(Element) + sizeof(Scalar) - 1) / sizeof(Scalar);
}
/// In with another extent in the place of number Axis.
template <class In, size_t Axis, size_t Extent>
constexpr auto with_extent() {
    return []<size_t... I>(std::index_sequence<I...>) { return shape<(I == Axis ? Extent : In::extent(I))...>{}; }
    (std::make_index_sequence<In::rank>{});
}

/// Bytes of those of a layer's tensors that are not made of scalars.
template <class Bound>
inline constexpr size_t stored_size = [] {
    size_t bytes = 0;
    for (const tensor_spec& spec : Bound::tensors) bytes += spec.element == element_type::int8 ? spec.size : 0;
    return bytes;
}();
} // namespace detail

/// The calls of a layer whose input shape is known.
template <class Bound>
using forward_call_of =
    forward_call<typename Bound::scalar_type, Bound::tensors.size(),
                 typename Bound::input::template element<typename Bound::scalar_type>,
                 typename Bound::output::template element<typename Bound::scalar_type>, Bound::outer.size()>;
template <class Bound>
using backward_call_of =
    backward_call<typename Bound::scalar_type, Bound::tensors.size(),
                  typename Bound::input::template element<typename Bound::scalar_type>,
                  typename Bound::output::template element<typename Bound::scalar_type>, Bound::outer.size()>;

namespace detail {

/// For layers whose tensors are `weight` [outputs, …] and `bias` [outputs]: from now on Bound gives scale·y + shift. What
/// scale_outputs does (network/folded.hpp).
template <class Bound, class Scalar, size_t Tensors>
constexpr void scale_rows(const std::array<Scalar*, Tensors>& to, const double* scale, const double* shift) {
    constexpr size_t size = Bound::tensors[0].size, outputs = Bound::tensors[1].size;
    for (size_t i = 0; i < size; ++i) {
        Scalar& w = to[0][Bound::packed_index(0, i)];
        w = static_cast<Scalar>(math::product(static_cast<double>(w), scale[i / (size / outputs)]));
    }
    for (size_t o = 0; o < outputs; ++o) {
        Scalar& b = to[1][Bound::packed_index(1, o)];
        b = static_cast<Scalar>(math::fma(static_cast<double>(b), scale[o], shift[o]));
    }
}

} // namespace detail

/// Whether a type can stand in a network's list: it has a shape rule and a form for a known input.
template <class Candidate, class In>
concept layer_for = requires(In in) {
    {Candidate::name};
    Candidate::output_shape(in);
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
