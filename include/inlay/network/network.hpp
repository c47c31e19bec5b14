// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/chain.hpp>

#include <span>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// The first item of a network: the shape of one sample. `input<64>` is a vector, `input<time, features>` a sequence,
/// `input<height, width, channels>` an image, channels last.
template <size_t... Extents>
struct input {
    using shape_type = shape<Extents...>;
};

namespace detail {

template <class... Items>
struct network_verdict {
    using type = bad<a_network_starts_with_an_input, at_layer<0>, which_is<void>, takes<>, but_gets<>>;
};
template <class First, class... Rest>
struct network_verdict<First, Rest...> {
    using type = bad<a_network_starts_with_an_input, at_layer<0>, which_is<First>, takes<>, but_gets<>>;
};
template <size_t... Extents, class... Layers>
struct network_verdict<input<Extents...>, Layers...> {
    template <class Why, class Layer, size_t... Path>
    using wrong = bad<Why, at_layer<Path...>, which_is<Layer>, takes<>, but_gets<Extents...>>;

    static constexpr auto judge() {
        if constexpr (sizeof...(Extents) < 1 || sizeof...(Extents) > 3)
            return wrong<an_input_has_one_to_three_extents, input<Extents...>>{};
        else if constexpr (((Extents == 0) || ...)) return wrong<extent_must_not_be_0, input<Extents...>>{};
        else if constexpr (sizeof...(Layers) == 0) return wrong<needs_a_layer, void, 0>{};
        else return typename topology::template verdict<shape<Extents...>, Layers...>{};
    }
    using type = decltype(judge());
};

// What stands in for the layers of a list that does not fit: one that gives what the list's last layer would, if that can
// be told. So the list's users compile, and one mistake is one error.
template <class Out>
struct stand_in {
    static constexpr auto name = "stand_in";
    template <class In>
    static constexpr auto output_shape(In) {
        return Out{};
    }
    template <class Scalar, class In>
    struct on : layer_on<Scalar, In, Out> {
        template <class Context, class Epilogue, class Call>
        static constexpr void forward(const Call&) {}
        template <class Context, class Call>
        static constexpr void backward(const Call&) {}
    };
};
template <class Verdict, class Last, class Otherwise>
struct last_shape {
    using type = Otherwise;
};
template <class... Shapes, class Last, class Otherwise>
struct last_shape<topology::fits<Shapes...>, Last, Otherwise> : topology::newest<topology::fits<Shapes...>> {};
template <class Why, class At, class Which, size_t... Extents, class Gets, class Last, class Otherwise>
requires(!std::is_void_v<Last> && sizeof...(Extents) >= 1 &&
         sizeof...(Extents) <= 3) struct last_shape<bad<Why, At, Which, takes<Extents...>, Gets>, Last, Otherwise>
    : last_shape<topology::verdict<shape<Extents...>, Last>, void, Otherwise> {
};

template <class Scalar, class Verdict, class... Items>
struct network_chain {
    using type = chain<Scalar, shape<1>, stand_in<shape<1>>>;
};
template <class Scalar, class... Reason, size_t... Extents, class First, class... Rest>
requires(sizeof...(Extents) >= 1 && sizeof...(Extents) <= 3 &&
         ((Extents > 0) && ...)) struct network_chain<Scalar, bad<Reason...>, input<Extents...>, First, Rest...> {
    using in = shape<Extents...>;
    using last = topology::at<sizeof...(Rest), topology::list<First, Rest...>>;
    using type = chain<Scalar, in, stand_in<typename last_shape<topology::verdict<in, last>, last, in>::type>>;
};
template <class Scalar, class... Shapes, size_t... Extents, class... Layers>
struct network_chain<Scalar, topology::fits<Shapes...>, input<Extents...>, Layers...> {
    using type = chain<Scalar, shape<Extents...>, Layers...>;
};

template <class Index>
concept index_like = std::is_convertible_v<Index, size_t>;

/// What asking for a parameter gives that is not there: the error has been reported, its uses add none.
template <class Scalar>
struct no_parameter {
    Scalar& operator[](size_t) const;
    template <class... Index>
    Scalar& operator()(Index...) const;
    template <class Values>
    void operator=(const Values&) const;
};

} // namespace detail

/// One tensor of a network, under its canonical (PyTorch) indices: `view(out, in)`, or `view[i]` in row-major order.
template <class Scalar, class Chain, size_t Tensor>
class parameter_view {
  public:
    static constexpr const tensor_spec& spec = Chain::tensors[Tensor];
    using value_type = std::remove_const_t<Scalar>;

    constexpr explicit parameter_view(Scalar* tensor) : tensor_(tensor) {}
    static constexpr size_t size() { return spec.size; }
    static constexpr std::string_view name() { return spec.name.view(); }

    /// Element `index` in row-major order of the canonical extents; index < size().
    constexpr Scalar& operator[](size_t index) const { return tensor_[Chain::packed_index(Tensor, index)]; }

    /// One index per canonical extent.
    template <detail::index_like... Index>
    constexpr Scalar& operator()(Index... index) const {
        static_assert(sizeof...(Index) == Chain::tensors[Tensor].rank, "inlay: one index per extent of the tensor");
        size_t flat = 0, axis = 0;
        ((flat = flat * spec.extents[axis++] + static_cast<size_t>(index)), ...);
        return (*this)[flat];
    }
    /// Takes the values in row-major order.
    constexpr void operator=(const std::array<value_type, Chain::tensors[Tensor].size>& values) const {
        for (size_t i = 0; i < spec.size; ++i) (*this)[i] = values[i];
    }

  private:
    Scalar* tensor_;
};

/// What an inference is built for. On a chip the two differ several times in both; elsewhere `size` is only slower.
namespace policy {
using speed = kernels::native;
using size = kernels::compact;
} // namespace policy

/// A network: an input and layers, with `Scalar` arithmetic. An object holds the parameters and nothing else, in one flat
/// buffer; calling it is const and re-entrant. `network<input<…>, layers…>` is the float form.
///
/// Lists that do not fit do not compile; the message names the layer (counted from 0 after the input), what it takes and
/// what it gets.
template <class Scalar, class... Items>
class basic_network {
    using verdict = typename detail::network_verdict<Items...>::type;
    static_assert(topology::accepted<verdict>());

  public:
    using scalar_type = Scalar;
    /// The layers, bound to their shapes.
    using chain_type = typename detail::network_chain<Scalar, verdict, Items...>::type;
    using input_shape = typename chain_type::input;
    using output_shape = typename chain_type::output;
    using input_type = std::array<Scalar, input_shape::size>;
    using output_type = std::array<Scalar, output_shape::size>;
    /// What recurrent layers carry from call to call; starts as zeros.
    using state_type = std::array<Scalar, chain_type::state_size>;
    /// The same network with another scalar type.
    template <class Other>
    using with_scalar = basic_network<Other, Items...>;

    static constexpr size_t input_size = input_shape::size;
    static constexpr size_t output_size = output_shape::size;
    static constexpr size_t layer_count = chain_type::count;
    /// The layer with number I, counted from 0 after the input.
    template <size_t I>
    using layer = typename chain_type::template layer<I>;
    template <size_t I>
    using layer_input = typename chain_type::template input_of<I>;
    template <size_t I>
    using layer_output = typename chain_type::template output_of<I>;

    // ---- parameters --------------------------------------------------------------------------------------------------------

    /// The tensors in the order and under the names of PyTorch's state_dict.
    static constexpr auto& tensors = chain_type::tensors;
    static constexpr size_t tensor_count = chain_type::tensor_count;
    /// Numbers in all tensors, frozen ones included.
    static constexpr size_t parameter_count = [] {
        size_t count = 0;
        for (const tensor_spec& spec : chain_type::tensors) count += spec.size;
        return count;
    }();
    /// Numbers in the tensors that training changes.
    static constexpr size_t trainable_count = [] {
        size_t count = 0;
        for (const tensor_spec& spec : chain_type::tensors) count += spec.trainable ? spec.size : 0;
        return count;
    }();

  private:
    // Trainable tensors lie first, so that gradients and the optimiser's moments are flat buffers with the same offsets.
    struct layout_table {
        std::array<size_t, tensor_count + 1> offset{};
        size_t trainable = 0, all = 0;
    };
    static constexpr layout_table layout = [] {
        layout_table table;
        for (const bool trainable : {true, false}) {
            for (size_t t = 0; t < tensor_count; ++t)
                if (chain_type::tensors[t].trainable == trainable) {
                    table.offset[t] = table.all;
                    table.all += detail::aligned<Scalar>(chain_type::tensors[t].size);
                }
            if (trainable) table.trainable = table.all;
        }
        return table;
    }();

  public:
    /// Scalars in the flat buffer, alignment included; and how many of them, from its start, training changes.
    static constexpr size_t parameter_extent = layout.all;
    static constexpr size_t trainable_extent = layout.trainable;
    /// Where tensor number `tensor` starts in the flat buffer.
    static constexpr size_t tensor_offset(size_t tensor) { return layout.offset[tensor]; }
    /// Where canonical element `index` of tensor `tensor` lies in the flat buffer.
    static constexpr size_t parameter_index(size_t tensor, size_t index) {
        return layout.offset[tensor] + chain_type::packed_index(tensor, index);
    }
    /// The number of the tensor called `name`; tensor_count if there is none.
    static constexpr size_t find_tensor(std::string_view name) {
        for (size_t t = 0; t < tensor_count; ++t)
            if (chain_type::tensors[t].name == name) return t;
        return tensor_count;
    }

    /// All parameters 0. `initialize` gives them their start values.
    constexpr basic_network() = default;

    /// The flat buffer, in the library's own layout.
    constexpr std::span<Scalar, parameter_extent> parameters() {
        return std::span<Scalar, parameter_extent>(data_, parameter_extent);
    }
    constexpr std::span<const Scalar, parameter_extent> parameters() const {
        return std::span<const Scalar, parameter_extent>(data_, parameter_extent);
    }

    /// A tensor by its name: `net.parameter<"0.weight">()(out, in)`.
    template <fixed_text Name>
    constexpr auto parameter() {
        constexpr size_t tensor = find_tensor(Name.view());
        static_assert(tensor < tensor_count, "inlay: the network has no parameter of that name");
        if constexpr (tensor < tensor_count)
            return parameter_view<Scalar, chain_type, tensor>(data_ + layout.offset[tensor]);
        else return detail::no_parameter<Scalar>{};
    }
    template <fixed_text Name>
    constexpr auto parameter() const {
        constexpr size_t tensor = find_tensor(Name.view());
        static_assert(tensor < tensor_count, "inlay: the network has no parameter of that name");
        if constexpr (tensor < tensor_count)
            return parameter_view<const Scalar, chain_type, tensor>(data_ + layout.offset[tensor]);
        else return detail::no_parameter<const Scalar>{};
    }

    /// All parameters in canonical order: tensor by tensor, each row-major, as PyTorch's
    /// torch.nn.utils.parameters_to_vector gives them.
    constexpr std::array<Scalar, parameter_count> canonical() const {
        std::array<Scalar, parameter_count> values{};
        each_parameter([&, at = size_t{0}](size_t index) mutable { values[at++] = data_[index]; });
        return values;
    }
    /// Takes all parameters in canonical order.
    constexpr void assign(std::span<const Scalar, parameter_count> values) {
        each_parameter([&, at = size_t{0}](size_t index) mutable { data_[index] = values[at++]; });
    }
    /// Calls `body(index in the flat buffer)` for every parameter in canonical order.
    template <class Body>
    static constexpr void each_parameter(Body body) {
        topology::walk<0, layer_count>([&](auto i) {
            using one = typename chain_type::template bound<i>;
            for (size_t t = 0; t < one::tensors.size(); ++t)
                for (size_t k = 0; k < one::tensors[t].size; ++k)
                    body(layout.offset[chain_type::tensor_starts[i] + t] + one::packed_index(t, k));
        });
    }

    // ---- inference ---------------------------------------------------------------------------------------------------------

    /// The network's outputs for one sample. Needs only stack: `inference_scratch` scalars.
    constexpr output_type operator()(const input_type& x) const { return run(x.data(), nullptr); }
    /// The same with x anywhere in memory.
    constexpr output_type operator()(std::span<const Scalar, input_size> x) const { return run(x.data(), nullptr); }
    template <class Other>
    requires(!std::is_convertible_v<const Other&, std::span<const Scalar, input_size>>) constexpr output_type
    operator()(const Other&) const {
        static_assert(std::is_void_v<Other>,
                      "inlay: a network takes a std::array<Scalar, input_size> or a span of one");
        return output_type{};
    }
    /// One call of a recurrent network that goes on where the call before left off.
    constexpr output_type operator()(const input_type& x, state_type& state) const {
        return run(x.data(), state.data());
    }

    /// The outputs for `Batch` samples at once, which is faster than one by one and agrees with it to rounding:
    /// `net(images, logits)` with arrays, or spans of fixed extent. Needs stack for the
    /// activations of the batch.
    template <size_t Batch>
    requires(Batch != std::dynamic_extent) constexpr void operator()(std::span<const input_type, Batch> x,
                                                                     std::span<output_type, Batch> y) const {
        alignas(detail::line<Scalar>) Scalar scratch[chain_type::forward_scratch(Batch, false) + 1];
        if (std::is_constant_evaluated()) // one by one: a constant expression may not run from one array into the next
            for (size_t n = 0; n < Batch; ++n) y[n] = run(x[n].data(), nullptr);
        else infer<kernels::native, Batch>(x.data()->data(), y.data()->data(), scratch);
    }
    template <size_t Batch>
    constexpr void operator()(const std::array<input_type, Batch>& x, std::array<output_type, Batch>& y) const {
        (*this)(std::span<const input_type, Batch>(x), std::span<output_type, Batch>(y));
    }

    /// The outputs for one sample, by policy: `net.infer<policy::size>(x)` takes the least code, policy::speed is
    /// `net(x)`. Both give the same bits.
    template <class Policy>
    output_type infer(const input_type& x) const {
        output_type y;
        alignas(detail::line<Scalar>) Scalar scratch[inference_scratch + 1];
        infer<Policy, 1>(x.data(), y.data(), scratch);
        return y;
    }

    /// Scratch of one inference, in scalars: the activations alive at the same time.
    static constexpr size_t inference_scratch = chain_type::forward_scratch(1, false);

    /// Low level: inference on `Batch` samples, one after the other at `x`, to `y`, in `scratch` (chain_type::
    /// forward_scratch(Batch, false) scalars). `Target` is a policy, or kernels::scalar, their bit-identical twin.
    template <class Target, size_t Batch>
    INLAY_FLATTEN constexpr void infer(const Scalar* x, Scalar* y, Scalar* scratch, Scalar* state = nullptr) const {
        const forward_call<Scalar, tensor_count> call{.parameters = pointers(),
                                                      .input = x,
                                                      .output = y,
                                                      .cache = nullptr,
                                                      .scratch = scratch,
                                                      .state = state,
                                                      .random = nullptr,
                                                      .rows = Batch};
        chain_type::template forward<context<Target, Batch, false>, kernels::identity>(call);
    }

    /// Where each tensor starts.
    constexpr std::array<const Scalar*, tensor_count> pointers() const { return offsets_from<const Scalar>(data_); }
    constexpr std::array<Scalar*, tensor_count> pointers() { return every_offset_from(data_); }
    /// The same places in a gradient buffer of trainable_extent scalars; null for frozen tensors.
    static constexpr std::array<Scalar*, tensor_count> gradient_pointers(Scalar* gradients) {
        return offsets_from<Scalar>(gradients);
    }

  private:
    static constexpr std::array<Scalar*, tensor_count> every_offset_from(Scalar* base) {
        std::array<Scalar*, tensor_count> all{};
        for (size_t t = 0; t < tensor_count; ++t) all[t] = base + layout.offset[t];
        return all;
    }
    template <class Element>
    static constexpr std::array<Element*, tensor_count> offsets_from(Element* base) {
        std::array<Element*, tensor_count> all{};
        topology::walk<0, tensor_count>([&](auto t) INLAY_INLINE {
            if constexpr (std::is_const_v<Element> || chain_type::tensors[t].trainable)
                all[t] = base + layout.offset[t];
        });
        return all;
    }

    constexpr output_type run(const Scalar* x, Scalar* state) const {
        if (std::is_constant_evaluated()) {
            output_type y{};
            Scalar scratch[inference_scratch + 1]{};
            infer<kernels::scalar, 1>(x, y.data(), scratch, state);
            return y;
        }
        return run_native(x, state);
    }
    output_type run_native(const Scalar* x, Scalar* state) const {
        output_type y;
        alignas(detail::line<Scalar>) Scalar scratch[inference_scratch + 1];
        infer<kernels::native, 1>(x, y.data(), scratch, state);
        return y;
    }

    alignas(detail::alignment<Scalar> * sizeof(Scalar)) Scalar data_[parameter_extent ? parameter_extent : 1]{};
};

/// A network with float arithmetic: `network<input<64>, dense<32>, relu, dense<10>>`. Lists that do not fit are rejected
/// where they are written.
template <class... Items>
using network = std::conditional_t<topology::accepted<typename detail::network_verdict<Items...>::type>(),
                                   basic_network<float, Items...>, void>;

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
