// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/expects.hpp>
#include <inlay/network/ports.hpp>
#include <inlay/network/view.hpp>

#include <span>

#include <inlay/core/macros_aside.inc>

namespace inlay {

/// The first item of a network: the shape of one sample. `input<64>` is a vector, `input<time, features>` a sequence,
/// `input<height, width, channels>` an image, channels last.
template <size_t... Extents>
struct input {
    using shape_type = shape<Extents...>;
};

/// The same for samples whose elements are of a type of their own, whatever the network computes in:
/// `input_of<std::uint16_t, 12>` are twelve numbers of tokens, for `embedding`. They have no gradient.
template <class Element, size_t... Extents>
struct input_of {
    using shape_type = shape_of<Element, Extents...>;
};

// Why a layer cannot use a tensor of another one.
struct has_no_tensor_to_be_tied_to {}; ///< of that path
struct is_tied_to_a_tensor_of_other_extents {};
struct is_tied_to_a_tensor_that_does_not_lie_row_by_row {}; ///< embedding's does

// Why a call's input does not fit.
template <class Takes, class Gets>
struct bad_input {};
template <size_t Count, class Scalar>
struct takes_numbers {};
template <size_t Count>
struct but_gets_numbers {};
template <class Element>
struct but_gets_numbers_of {};
struct but_gets_a_size_known_at_run_time_only {}; ///< std::span<const float, 64>(values.data(), 64) tells the compiler

} // namespace inlay

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// What stands first in a list: `known` if it is an input, `valid` if that input can be.
template <class Item>
struct input_item {
    static constexpr bool known = false, valid = false;
};
template <size_t... Extents>
struct input_extents {
    static constexpr bool known = true, has_zero = ((Extents == 0) || ...);
    static constexpr bool has_rank = sizeof...(Extents) >= 1 && sizeof...(Extents) <= 3, valid = has_rank && !has_zero;
    using gets = but_gets<Extents...>;
};
template <size_t... Extents>
struct input_item<input<Extents...>> : input_extents<Extents...> {};
template <class Element, size_t... Extents>
struct input_item<input_of<Element, Extents...>> : input_extents<Extents...> {
    static_assert(std::is_arithmetic_v<Element> && !std::is_same_v<Element, bool>,
                  "inlay: the elements of an input are numbers");
};

template <class In>
struct extents_of_input {
    static constexpr bool known = false, has_rank = false, has_zero = false;
    static constexpr size_t size = 0;
};
template <fixed_text Name, size_t... Extents>
struct extents_of_input<in<Name, Extents...>> : input_extents<Extents...> {
    static constexpr size_t size = (Extents * ... * size_t{1});
};
template <class... Ins>
struct input_item<named_inputs<Ins...>> {
    static constexpr bool known = (extents_of_input<Ins>::known && ...) && sizeof...(Ins) > 0;
    static constexpr bool has_rank = (extents_of_input<Ins>::has_rank && ...);
    static constexpr bool has_zero = (extents_of_input<Ins>::has_zero || ...), valid = known && has_rank && !has_zero;
    using gets = but_gets<(extents_of_input<Ins>::size + ... + size_t{0})>;
};
/// The shape of a sample.
template <class Input>
struct sample_shape {
    using type = typename Input::shape_type;
};
template <class... Ins>
struct sample_shape<named_inputs<Ins...>> {
    using type = shape<(extents_of_input<Ins>::size + ...)>;
};
/// Whether a network has named inputs or outputs, or keeps values.
template <class Input, class... Layers>
inline constexpr bool has_names = (uses_names<Layers> || ...);
template <class... Ins, class... Layers>
inline constexpr bool has_names<named_inputs<Ins...>, Layers...> = true;

template <class... Items>
struct network_verdict {
    using type = bad<a_network_starts_with_an_input, at_layer<0>, which_is<void>, takes<>, but_gets<>>;
};
template <class First, class... Rest>
struct network_verdict<First, Rest...> {
    using type = bad<a_network_starts_with_an_input, at_layer<0>, which_is<First>, takes<>, but_gets<>>;
};
template <class Input, class... Layers>
requires(input_item<Input>::known) struct network_verdict<Input, Layers...> {
    using item = input_item<Input>;
    template <class Why, class Layer, size_t... Path>
    using wrong = bad<Why, at_layer<Path...>, which_is<Layer>, takes<>, typename item::gets>;

    static constexpr auto judge() {
        if constexpr (!item::has_rank) return wrong<an_input_has_one_to_three_extents, Input>{};
        else if constexpr (item::has_zero) return wrong<extent_must_not_be_0, Input>{};
        else if constexpr (sizeof...(Layers) == 0) return wrong<needs_a_layer, void, 0>{};
        else if constexpr (has_names<Input, Layers...>) return typename root<Input, Layers...>::verdict{};
        else return typename topology::template verdict<typename Input::shape_type, Layers...>{};
    }
    using type = decltype(judge());
};

// What stands in for the layers of a list that does not fit: one that gives what the list's last layer would, if that can
// be told. So the list's users compile, and one mistake is one error.
template <class Out>
struct stand_in {
    static constexpr auto name = "stand_in";
    template <class>
    static constexpr bool takes_elements = true;
    template <class In>
    static constexpr auto output_shape(In) {
        return Out{};
    }
    template <class Scalar, class In>
    struct on : layer_on<Scalar, In, Out> {
        template <class Context, class Call>
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
template <class Scalar, class... Reason, class Input, class First, class... Rest>
requires(input_item<Input>::valid) struct network_chain<Scalar, bad<Reason...>, Input, First, Rest...> {
    using in = typename sample_shape<Input>::type;
    using last = topology::at<sizeof...(Rest), topology::list<First, Rest...>>;
    using type = chain<Scalar, in, stand_in<typename last_shape<topology::verdict<in, last>, last, in>::type>>;
};
template <class Scalar, class... Shapes, class Input, class... Layers>
struct network_chain<Scalar, topology::fits<Shapes...>, Input, Layers...> {
    using type = chain<Scalar, typename Input::shape_type, Layers...>;
};
template <class Scalar, class... Shapes, class Input, class... Layers>
requires(has_names<Input, Layers...>) struct network_chain<Scalar, topology::fits<Shapes...>, Input, Layers...> {
    using whole = ports_on<Scalar, root<Input, Layers...>>;
    using type = std::conditional_t<whole::has_ports, whole, typename whole::chain_type>;
};

// What an input that does not fit is told: bad_input<takes<64>, but_gets<63>>.
template <class Scalar, size_t Size, class Other>
struct input_verdict {
    template <class Element>
    static constexpr bool is_scalar = std::is_arithmetic_v<Element>;
    static constexpr auto judge() {
        if constexpr (requires(const Other& other) {
                          std::data(other);
                          std::size(other);
                      }) {
            using element = std::remove_cvref_t<decltype(*std::data(std::declval<const Other&>()))>;
            if constexpr (!std::is_same_v<element, Scalar>)
                return bad_input<takes_numbers<Size, Scalar>, but_gets_numbers_of<element>>{};
            else if constexpr (requires { std::tuple_size<Other>::value; })
                return bad_input<takes_numbers<Size, Scalar>, but_gets_numbers<std::tuple_size<Other>::value>>{};
            else if constexpr (std::is_array_v<Other>)
                return bad_input<takes_numbers<Size, Scalar>, but_gets_numbers<std::extent_v<Other>>>{};
            else if constexpr (requires { Other::extent; }) {
                if constexpr (Other::extent != std::dynamic_extent)
                    return bad_input<takes_numbers<Size, Scalar>, but_gets_numbers<Other::extent>>{};
                else return bad_input<takes_numbers<Size, Scalar>, but_gets_a_size_known_at_run_time_only>{};
            } else return bad_input<takes_numbers<Size, Scalar>, but_gets_a_size_known_at_run_time_only>{};
        } else return bad_input<takes_numbers<Size, Scalar>, but_gets_numbers_of<Other>>{};
    }
    using type = decltype(judge());
};
template <class Verdict>
consteval void takes_input() {
    static_assert(std::is_void_v<typename Verdict::type>,
                  "inlay: a network takes a std::array<Scalar, input_size> or a span of one; see bad_input<> below");
}

/// Whether a tensor is stored as in PyTorch. Of a large one 64 places are looked at.
template <class Chain>
constexpr bool lies_in_rows(size_t tensor, size_t size) {
    for (size_t i = 0; i < size; i += size / 64 + 1)
        if (Chain::packed_index(tensor, i) != i) return false;
    return true;
}

template <class Index>
concept index_like = std::is_convertible_v<Index, size_t>;

/// What asking for a parameter gives, or for an input or output, that is not there: the error has been reported, its uses add none.
template <class Scalar>
struct no_parameter {
    static size_t size();
    Scalar* begin() const;
    Scalar* end() const;
    Scalar& operator[](size_t) const;
    template <class... Index>
    Scalar& operator()(Index...) const;
    template <class Values>
    void operator=(const Values&) const;
    template <size_t Size>
    void operator=(const std::remove_const_t<Scalar> (&)[Size]) const;
};

} // namespace detail

namespace detail {

/// Tensors of one byte an element.
template <size_t Size>
struct stored_bytes {
    std::int8_t values[Size]{};
    constexpr std::int8_t* data() noexcept { return values; }
    constexpr const std::int8_t* data() const noexcept { return values; }
};
template <>
struct stored_bytes<0> {
    constexpr std::int8_t* data() const noexcept { return nullptr; }
};

/// The byte nearest to a number.
template <class Scalar>
constexpr std::int8_t nearest_byte(Scalar value) {
    INLAY_EXPECTS(value > Scalar(-128.5) && value < Scalar(127.5),
                  "inlay: a tensor stored as int8 takes numbers from -128 to 127");
    if (!(value > Scalar(-128))) return -128;
    if (value >= Scalar(127)) return 127;
    return static_cast<std::int8_t>(value < 0 ? value - Scalar(0.5) : value + Scalar(0.5));
}

} // namespace detail

/// One tensor of a network, under its canonical (PyTorch) indices: `view(out, in)`, or `view[i]` in row-major order.
template <class Scalar, class Chain, size_t Tensor>
class parameter_view {
  public:
    static constexpr const tensor_spec& spec = Chain::tensors[Tensor];
    using value_type = std::remove_const_t<Scalar>;

    constexpr explicit parameter_view(Scalar* tensor) noexcept : tensor_(tensor) {}
    constexpr parameter_view(const parameter_view&) = default;
    static constexpr size_t size() noexcept { return spec.size; }
    static constexpr std::string_view name() noexcept { return spec.name.view(); }

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
    /// Takes the values of another tensor of the same extents: of this network or of another one, whatever the layout.
    constexpr void operator=(const parameter_view& from) const { take(from); }
    template <class Other, class OtherChain, size_t OtherTensor>
    constexpr void operator=(const parameter_view<Other, OtherChain, OtherTensor>& from) const {
        constexpr bool alike = OtherChain::tensors[OtherTensor].rank == Chain::tensors[Tensor].rank &&
                               OtherChain::tensors[OtherTensor].extents == Chain::tensors[Tensor].extents;
        static_assert(alike, "inlay: a tensor takes the values of one with the same extents");
        static_assert(std::is_same_v<std::remove_const_t<Other>, value_type>,
                      "inlay: a tensor takes the values of one with the same scalar type");
        if constexpr (alike) take(from);
    }

  private:
    template <class From>
    constexpr void take(const From& from) const {
        static_assert(!std::is_const_v<Scalar>, "inlay: these parameters cannot be changed");
        for (size_t i = 0; i < spec.size; ++i) (*this)[i] = from[i];
    }
    Scalar* tensor_;
};

template <class Scalar, class... Items>
class basic_network;

namespace detail {

/// The same layers on another input.
template <class Network, class Input>
struct with_input;
template <class Scalar, class First, class... Layers, class Input>
struct with_input<basic_network<Scalar, First, Layers...>, Input> {
    using verdict = typename network_verdict<Input, Layers...>::type;
    using type = basic_network<Scalar, Input, Layers...>;
};

/// `Count` inputs of a network one after the other as a single one, if that is a sequence, and what it should give.
template <class Input, class Out, size_t Count>
struct block_of_inputs {
    using type = void;
};
template <size_t Features, size_t Outputs, size_t Count>
struct block_of_inputs<input<Features>, shape<Outputs>, Count> {
    using type = input<Count, Features>;
    using output = shape<Count, Outputs>;
};
template <size_t Time, size_t Features, size_t OutTime, size_t Outputs, size_t Count>
struct block_of_inputs<input<Time, Features>, shape<OutTime, Outputs>, Count> {
    using type = input<Time * Count, Features>;
    using output = shape<OutTime * Count, Outputs>;
};
template <class Token, size_t Time, size_t OutTime, size_t Outputs, size_t Count>
struct block_of_inputs<input_of<Token, Time>, shape<OutTime, Outputs>, Count> {
    using type = input_of<Token, Time * Count>;
    using output = shape<OutTime * Count, Outputs>;
};

/// Whether a network computes `Count` inputs with the bits of one after the other.
template <class Network, class Input, size_t Count>
consteval bool has_blocks() {
    using block = block_of_inputs<Input, typename Network::output_shape, Count>;
    if constexpr (std::is_void_v<typename block::type> || !Network::chain_type::traits.same_bits_in_blocks)
        return false;
    else {
        using other = with_input<Network, typename block::type>;
        if constexpr (!topology::is_fit<typename other::verdict>) return false;
        else {
            using chain = typename other::type::chain_type;
            return std::is_same_v<typename chain::output, typename block::output> &&
                   chain::traits.same_bits_in_blocks &&
                   topology::is_fit<decltype(judge_view<typename Network::chain_type, chain>())>;
        }
    }
}

/// Steps of time in an input.
template <class Input>
inline constexpr size_t time_of = 1;
template <size_t Time, size_t Features>
inline constexpr size_t time_of<input<Time, Features>> = Time;
template <class Token, size_t Time>
inline constexpr size_t time_of<input_of<Token, Time>> = Time;

template <class...>
struct first_item {
    using type = void;
};
template <class First, class... Rest>
struct first_item<First, Rest...> {
    using type = First;
};

} // namespace detail

/// A part of a sample: one of several inputs or outputs of a network, as its numbers in order.
template <class Element, size_t Size>
class sample_part {
  public:
    using value_type = std::remove_const_t<Element>;

    constexpr explicit sample_part(Element* first) noexcept : first_(first) {}
    constexpr sample_part(const sample_part&) = default;
    [[nodiscard]] static constexpr size_t size() noexcept { return Size; }
    [[nodiscard]] constexpr Element* data() const noexcept { return first_; }
    [[nodiscard]] constexpr Element* begin() const noexcept { return first_; }
    [[nodiscard]] constexpr Element* end() const noexcept { return first_ + Size; }
    /// Number `index`; index < size().
    constexpr Element& operator[](size_t index) const noexcept { return first_[index]; }

    /// Takes these values: an array or span of that many, or as many in braces.
    constexpr void operator=(std::span<const value_type, Size> values) const noexcept {
        static_assert(!std::is_const_v<Element>, "inlay: this sample cannot be changed");
        for (size_t i = 0; i < Size; ++i) first_[i] = values[i];
    }
    constexpr void operator=(const std::array<value_type, Size>& values) const noexcept {
        *this = std::span<const value_type, Size>(values);
    }
    constexpr void operator=(const value_type (&values)[Size]) const noexcept {
        *this = std::span<const value_type, Size>(values);
    }
    constexpr void operator=(const sample_part& from) const noexcept {
        *this = std::span<const value_type, Size>(from.first_, Size);
    }

  private:
    Element* first_;
};

/// What an inference is built for. On a chip the two differ several times in both; elsewhere `size` is only slower.
namespace backend {
using speed = kernels::native;
using size = kernels::compact;
} // namespace backend

/// A network: an input and layers, with `Scalar` arithmetic. An object holds the tensors of its layers and nothing else, in
/// one flat buffer; calling it is const and re-entrant. `network<input<…>, layers…>` is the float form.
///
/// Lists that do not fit do not compile; the message names the layer (counted from 0 after the input), what it takes and
/// what it gets.
template <class Scalar, class... Items>
class basic_network {
    using verdict = typename detail::network_verdict<Items...>::type;
    static_assert(topology::accepted<verdict>());

    template <class>
    friend class network_view;

  public:
    using scalar_type = Scalar;
    /// The layers, bound to their shapes.
    using chain_type = typename detail::network_chain<Scalar, verdict, Items...>::type;
    using input_shape = typename chain_type::input;
    using output_shape = typename chain_type::output;
    /// What one number of an input or output is: Scalar, but for an input_of and for layers that give other elements.
    using input_element = typename input_shape::template element<Scalar>;
    using output_element = typename output_shape::template element<Scalar>;
    using input_type = std::array<input_element, input_shape::size>;
    using output_type = std::array<output_element, output_shape::size>;
    /// What recurrent layers carry from call to call; starts as zeros.
    using state_type = std::array<Scalar, chain_type::state_size>;
    /// How many numbers that are; 0 for networks that carry nothing.
    static constexpr size_t state_size = chain_type::state_size;
    /// The same network with another scalar type.
    template <class Other>
    using with_scalar = basic_network<Other, Items...>;

    /// Whether an input can have a gradient: numbers of another type than Scalar have none.
    static constexpr bool has_input_gradient = std::is_same_v<input_element, Scalar>;

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

    // ---- tensors -----------------------------------------------------------------------------------------------------------
    //
    // As in PyTorch, state_dict has them all, and they are of two kinds: parameters, which an optimiser may change, and
    // buffers, which layers measure themselves (tensor_role::statistic).

    /// The tensors in the order and under the names of PyTorch's state_dict.
    static constexpr auto& tensors = chain_type::tensors;
    static constexpr size_t tensor_count = chain_type::tensor_count;

  private:
    template <class Which>
    static constexpr size_t elements_where(Which which) {
        size_t count = 0;
        for (const tensor_spec& spec : chain_type::tensors) count += which(spec) ? spec.size : 0;
        return count;
    }
    static constexpr bool is_buffer(const tensor_spec& spec) { return spec.role == tensor_role::statistic; }

  public:
    /// Numbers in all tensors.
    static constexpr size_t element_count = elements_where([](const tensor_spec&) { return true; });
    /// Numbers in buffers: running means and variances.
    static constexpr size_t buffer_count = elements_where(is_buffer);
    /// Numbers in parameters, frozen ones included.
    static constexpr size_t parameter_count = element_count - buffer_count;
    /// Numbers in the tensors that an optimiser changes.
    static constexpr size_t trainable_count = elements_where([](const tensor_spec& spec) { return spec.trainable; });

  private:
    // Trainable tensors come first, so that gradients and the optimiser's moments are flat buffers with the same offsets.
    struct layout_table {
        std::array<size_t, tensor_count + 1> offset{};
        size_t trainable = 0, all = 0, with_bytes = 0;
    };
    static constexpr bool is_bytes(size_t tensor) { return chain_type::tensors[tensor].element == element_type::int8; }
    static constexpr layout_table layout = [] {
        layout_table table;
        for (const bool trainable : {true, false}) {
            for (size_t t = 0; t < tensor_count; ++t)
                if (chain_type::tensors[t].trainable == trainable && !is_bytes(t)) {
                    table.offset[t] = table.all;
                    table.all += detail::aligned<Scalar>(chain_type::tensors[t].size);
                }
            if (trainable) table.trainable = table.all;
        }
        table.with_bytes = table.all;
        for (size_t t = 0; t < tensor_count; ++t)
            if (is_bytes(t)) {
                table.offset[t] = table.with_bytes;
                table.with_bytes += chain_type::tensors[t].size;
            }
        return table;
    }();

  public:
    /// Scalars in the flat buffer, alignment included; and how many of them, from its start, an optimiser changes.
    static constexpr size_t parameter_extent = layout.all;
    static constexpr size_t trainable_extent = layout.trainable;
    /// Numbers in tensors that are stored in a byte each. Their places are counted on from the end of the flat buffer.
    static constexpr size_t stored_extent = layout.with_bytes - layout.all;
    /// Where tensor number `tensor` starts in the flat buffer.
    static constexpr size_t tensor_offset(size_t tensor) { return layout.offset[tensor]; }
    /// Where canonical element `index` of tensor `tensor` is stored in the flat buffer.
    static constexpr size_t parameter_index(size_t tensor, size_t index) {
        return layout.offset[tensor] + chain_type::packed_index(tensor, index);
    }
    /// The number of the tensor called `name`; tensor_count if there is none.
    static constexpr size_t find_tensor(std::string_view name) {
        for (size_t t = 0; t < tensor_count; ++t)
            if (chain_type::tensors[t].name == name) return t;
        return tensor_count;
    }

    /// All tensors 0. `initialize` gives them their start values.
    constexpr basic_network() = default;

    /// The flat buffer, in the library's own layout: all tensors, those of statistics too.
    /// (const, for assigning to a span copies nothing: std::copy does, or assigning one network to another.)
    [[nodiscard]] constexpr const std::span<Scalar, parameter_extent> parameters() noexcept {
        return std::span<Scalar, parameter_extent>(data_, parameter_extent);
    }
    [[nodiscard]] constexpr const std::span<const Scalar, parameter_extent> parameters() const noexcept {
        return std::span<const Scalar, parameter_extent>(data_, parameter_extent);
    }

    /// A tensor by its name: `net.parameter<"0.weight">()(out, in)`.
    template <fixed_text Name>
    constexpr auto parameter() {
        constexpr size_t tensor = find_tensor(Name.view());
        static_assert(tensor < tensor_count, "inlay: the network has no parameter of that name");
        if constexpr (tensor >= tensor_count) return detail::no_parameter<Scalar>{};
        else if constexpr (is_bytes(tensor))
            return parameter_view<std::int8_t, chain_type, tensor>(stored_.data() +
                                                                   (layout.offset[tensor] - layout.all));
        else return parameter_view<Scalar, chain_type, tensor>(data_ + layout.offset[tensor]);
    }
    template <fixed_text Name>
    constexpr auto parameter() const {
        constexpr size_t tensor = find_tensor(Name.view());
        static_assert(tensor < tensor_count, "inlay: the network has no parameter of that name");
        if constexpr (tensor >= tensor_count) return detail::no_parameter<const Scalar>{};
        else if constexpr (is_bytes(tensor))
            return parameter_view<const std::int8_t, chain_type, tensor>(stored_.data() +
                                                                         (layout.offset[tensor] - layout.all));
        else return parameter_view<const Scalar, chain_type, tensor>(data_ + layout.offset[tensor]);
    }

    /// All parameters in canonical order: tensor by tensor, each row-major, as PyTorch's
    /// torch.nn.utils.parameters_to_vector gives them, which leaves out buffers.
    [[nodiscard]] constexpr std::array<Scalar, parameter_count> canonical() const {
        std::array<Scalar, parameter_count> values{};
        canonical(std::span<Scalar, parameter_count>(values));
        return values;
    }
    /// The same into memory of the caller's: for networks that are large for a stack.
    constexpr void canonical(std::span<Scalar, parameter_count> to) const {
        each_parameter([&, at = size_t{0}](size_t index) mutable { to[at++] = element(index); });
    }
    /// Takes all parameters in canonical order: an array or span of parameter_count values. (Weights of a dense layer
    /// after `flatten` have their columns channels last here, PyTorch's have them channels first: see flatten.)
    constexpr void assign(std::span<const Scalar, parameter_count> values) {
        each_parameter([&, at = size_t{0}](size_t index) mutable { element(index, values[at++]); });
    }
    /// The same from a range whose size only the program knows, such as a std::vector. Another size than parameter_count
    /// is refused: nothing changes and the result is false.
    template <class Values>
    requires(!std::is_convertible_v<const Values&, std::span<const Scalar, parameter_count>> &&
             std::is_convertible_v<const Values&, std::span<const Scalar>>)
        [[nodiscard]] constexpr bool assign(const Values& values) {
        const std::span<const Scalar> all(values);
        if (all.size() != parameter_count) return false;
        assign(std::span<const Scalar, parameter_count>(all.data(), parameter_count));
        return true;
    }
    /// The buffers in canonical order: torch.cat([b.flatten() for b in module.buffers()]), without num_batches_tracked.
    [[nodiscard]] constexpr std::array<Scalar, buffer_count> canonical_buffers() const {
        std::array<Scalar, buffer_count> values{};
        each_buffer([&, at = size_t{0}](size_t index) mutable { values[at++] = data_[index]; });
        return values;
    }
    /// Takes all buffers in canonical order.
    constexpr void assign_buffers(std::span<const Scalar, buffer_count> values) {
        each_buffer([&, at = size_t{0}](size_t index) mutable { data_[index] = values[at++]; });
    }
    /// The number at place `index` of the flat buffer, or after it in the tensors of one byte each, as a Scalar.
    [[nodiscard]] constexpr Scalar element(size_t index) const noexcept {
        if constexpr (stored_extent > 0)
            if (index >= parameter_extent) return static_cast<Scalar>(stored_.data()[index - parameter_extent]);
        return data_[index];
    }
    /// Puts a number there. A byte takes the nearest number from −128 to 127; others are an error, and saturate under
    /// NDEBUG.
    constexpr void element(size_t index, Scalar value) noexcept {
        if constexpr (stored_extent > 0)
            if (index >= parameter_extent) {
                stored_.data()[index - parameter_extent] = detail::nearest_byte(value);
                return;
            }
        data_[index] = value;
    }
    /// Calls `body(index in the flat buffer)` for every parameter in canonical order.
    template <class Body>
    static constexpr void each_parameter(Body body) {
        each_where(body, [](const tensor_spec& spec) { return !is_buffer(spec); });
    }
    /// The same for every number of a buffer.
    template <class Body>
    static constexpr void each_buffer(Body body) {
        each_where(body, is_buffer);
    }
    /// The same for all numbers, parameters and buffers, in the order of state_dict: for files.
    template <class Body>
    static constexpr void each_element(Body body) {
        each_where(body, [](const tensor_spec&) { return true; });
    }

    // ---- several inputs and outputs ----------------------------------------------------------------------------------------

    /// Where in a sample each input is, and in its outputs each output: `name`, `size` and `offset`. Most networks have one
    /// each, without a name.
    static constexpr const auto& input_ports = detail::inputs_of<chain_type>;
    static constexpr const auto& output_ports = detail::outputs_of<chain_type>;

    /// One of several inputs, by its name: `net.input<"speed">(x) = {0.5f, 0.1f, 0}`.
    template <fixed_text Name>
    [[nodiscard]] static constexpr auto input(input_type& x) noexcept {
        constexpr size_t port = detail::find_port(input_ports, Name.view());
        static_assert(port < input_ports.size(), "inlay: the network has no input of that name");
        return part<port, input_ports>(x.data());
    }
    template <fixed_text Name>
    [[nodiscard]] static constexpr auto input(const input_type& x) noexcept {
        constexpr size_t port = detail::find_port(input_ports, Name.view());
        static_assert(port < input_ports.size(), "inlay: the network has no input of that name");
        return part<port, input_ports>(x.data());
    }
    /// One of several outputs, by its name: `net.output<"vad">(y)[0]`. Without a name: the value after the last layer.
    template <fixed_text Name = "">
    [[nodiscard]] static constexpr auto output(output_type& y) noexcept {
        constexpr size_t port = detail::find_port(output_ports, Name.view());
        static_assert(port < output_ports.size(), "inlay: the network has no output of that name");
        return part<port, output_ports>(y.data());
    }
    template <fixed_text Name = "">
    [[nodiscard]] static constexpr auto output(const output_type& y) noexcept {
        constexpr size_t port = detail::find_port(output_ports, Name.view());
        static_assert(port < output_ports.size(), "inlay: the network has no output of that name");
        return part<port, output_ports>(y.data());
    }

    // ---- inference ---------------------------------------------------------------------------------------------------------

    /// The network's outputs for one sample. Needs only stack: `inference_scratch` scalars.
    [[nodiscard]] constexpr output_type operator()(const input_type& x) const noexcept {
        return run(where(), x.data(), nullptr);
    }
    /// The same with x anywhere in memory.
    [[nodiscard]] constexpr output_type operator()(std::span<const input_element, input_size> x) const noexcept {
        return run(where(), x.data(), nullptr);
    }
    template <class Other>
    requires(!std::is_convertible_v<const Other&, std::span<const input_element, input_size>>) constexpr output_type
    operator()(const Other&) const {
        detail::takes_input<detail::input_verdict<input_element, input_size, Other>>();
        return output_type{};
    }
    /// One call of a recurrent network that goes on where the call before left off.
    [[nodiscard]] constexpr output_type operator()(const input_type& x, state_type& state) const noexcept {
        if constexpr (detail::goes_in_pieces<decltype(detail::judge_pieces<chain_type>())>())
            return run(where(), x.data(), state.data());
        else return output_type{};
    }

    /// The outputs for `Batch` samples at once, which is faster than one by one and agrees with it to rounding:
    /// `net(images, logits)` with arrays, or spans of fixed extent. Goes in chunks of `batch_chunk(Batch)` samples, so that
    /// it needs about 256 KiB of stack at most (`inference_memory<Network, Batch>` is the figure) unless two samples need
    /// more; the bits do not depend on the chunks.
    template <size_t Batch>
    requires(Batch != std::dynamic_extent) constexpr void operator()(std::span<const input_type, Batch> x,
                                                                     std::span<output_type, Batch> y) const noexcept {
        if (std::is_constant_evaluated()) // one by one: a constant expression may not run from one array into the next
            for (size_t n = 0; n < Batch; ++n) y[n] = run(where(), x[n].data(), nullptr);
        else run_chunks<batch_chunk(Batch)>(x.data(), y.data(), Batch);
    }
    template <size_t Batch>
    constexpr void operator()(const std::array<input_type, Batch>& x,
                              std::array<output_type, Batch>& y) const noexcept {
        (*this)(std::span<const input_type, Batch>(x), std::span<output_type, Batch>(y));
    }
    /// The outputs for as many samples as there are, at run time: `net(images, logits)` with vectors or spans. As the form
    /// above, with the bits of a batch for any count. Both have the same size, or it is refused: nothing is written and the
    /// result is false.
    [[nodiscard]] constexpr bool operator()(std::span<const input_type> x, std::span<output_type> y) const noexcept {
        if (x.size() != y.size()) return false;
        if (std::is_constant_evaluated())
            for (size_t n = 0; n < x.size(); ++n) y[n] = run(where(), x[n].data(), nullptr);
        else run_any_count(x.data(), y.data(), x.size());
        return true;
    }
    template <class Inputs, class Second>
    requires(!(std::is_convertible_v<const Inputs&, input_type> && std::is_same_v<Second, state_type&>)&&!(
        std::is_convertible_v<const Inputs&, std::span<const input_type>> &&
        std::is_convertible_v<Second, std::span<output_type>>)) constexpr void
    operator()(const Inputs&, Second&&) const {
        static_assert(std::is_void_v<Inputs>, "inlay: a network is called as net(x, state), with an input_type and a "
                                              "state_type, or as net(inputs, outputs), with ranges of input_type and "
                                              "output_type");
    }
    /// How many samples of a batch go through the layers together.
    static constexpr size_t batch_chunk(size_t batch) noexcept {
        constexpr size_t stack = size_t{1} << 18;
        const auto bytes = [](size_t rows) {
            return chain_type::forward_scratch(rows, false) * sizeof(Scalar) +
                   rows * (sizeof(input_type) + sizeof(output_type));
        };
        if (bytes(batch) <= stack) return batch; // mostly: a plan per count takes a compiler of large networks long
        size_t rows = batch < 2 ? batch : 2;
        while (rows < batch && bytes(rows + 1) <= stack) ++rows;
        return rows;
    }

    /// The outputs for one sample, by back end: `net.infer<backend::size>(x)` takes the least code, backend::speed is
    /// `net(x)`. Both give the same bits.
    template <class Backend>
    output_type infer(const input_type& x) const {
        output_type y;
        alignas(detail::line<Scalar>) Scalar scratch[inference_scratch + 1];
        infer<Backend, 1>(x.data(), y.data(), scratch);
        return y;
    }

    /// Scratch of one inference, in scalars: the activations alive at the same time.
    static constexpr size_t inference_scratch = chain_type::forward_scratch(1, false);

    /// Low level: inference on `Batch` samples, one after the other at `x`, to `y`, in `scratch` (chain_type::
    /// forward_scratch(Batch, false) scalars). `Backend` is one of these, or kernels::scalar, their bit-identical twin.
    template <class Backend, size_t Batch>
    INLAY_FLATTEN constexpr void infer(const input_element* x, output_element* y, Scalar* scratch,
                                       Scalar* state = nullptr) const {
        infer_on<Backend, Batch>(where(), x, y, scratch, state);
    }
    /// The same on parameters that are stored elsewhere, in a flat buffer with this layout.
    template <class Backend, size_t Batch>
    static INLAY_FLATTEN constexpr void infer_on(detail::parameter_data<Scalar> parameters, const input_element* x,
                                                 output_element* y, Scalar* scratch, Scalar* state) {
        const auto pointers = offsets_from<const Scalar>(parameters.scalars);
        const auto ties = tied_among(pointers);
        const forward_call_of<chain_type> call{.parameters = pointers,
                                               .input = x,
                                               .output = y,
                                               .cache = nullptr,
                                               .scratch = scratch,
                                               .state = state,
                                               .random = nullptr,
                                               .rows = Batch,
                                               .stored = parameters.stored,
                                               .ties = ties.data()};
        chain_type::template forward<context<Backend, context_options{.batch = Batch}>>(call);
    }

    // ---- sequences in pieces -----------------------------------------------------------------------------------------------

  private:
    using item = typename detail::first_item<Items...>::type;
    template <size_t Block>
    using block_of =
        typename detail::with_input<basic_network,
                                    typename detail::block_of_inputs<item, output_shape, Block>::type>::type;

  public:
    /// How many inputs `stream` takes at once: 64 time steps. On chips, where stack is dear, one by one.
    static constexpr size_t default_block =
        kernels::has_strips<Scalar> || detail::time_of<item> >= 64 ? 1 : 64 / detail::time_of<item>;

    /// As many time steps as there are, at run time: `net.stream(x, y, state)` is `y = net(x, state)` for one input after
    /// the other, with the same bits, however the sequence is cut into calls. x holds any number of inputs, y as many
    /// outputs, or it is refused: nothing is written and the result is false. Neither may overlap the other.
    ///
    /// Where every layer allows it (layer_traits::same_bits_in_blocks: convolutions over time, recurrent layers,
    /// activations, dense layers of up to four outputs) it goes in blocks of `Block` inputs, which is faster, and what is
    /// left over goes one by one. Needs stack only, `stream_scratch<Block>` scalars, so it may run in an audio callback.
    template <size_t Block = default_block>
    [[nodiscard]] constexpr bool stream(std::span<const input_element> x, std::span<output_element> y,
                                        state_type& state) const noexcept {
        const size_t count = x.size() / input_size;
        if (x.size() != count * input_size || y.size() != count * output_size) return false;
        if constexpr (detail::goes_in_pieces<decltype(detail::judge_pieces<chain_type>())>()) {
            if (std::is_constant_evaluated()) {
                Scalar scratch[inference_scratch + 1]{};
                stream_steps<kernels::scalar, 1>(x.data(), y.data(), count, scratch, state.data());
            } else {
                alignas(detail::line<Scalar>) Scalar scratch[stream_scratch<Block> + 1];
                stream_steps<std::conditional_t<Block == 1, one_by_one, kernels::native>, Block>(
                    x.data(), y.data(), count, scratch, state.data());
            }
        }
        return true;
    }
    /// Whether `stream` goes in blocks of `Block` inputs.
    template <size_t Block = default_block>
    static constexpr bool streams_in_blocks = [] {
        if constexpr (Block > 1) return detail::has_blocks<basic_network, item, Block>();
        else return false;
    }();
    /// Scratch of `stream`, in scalars.
    template <size_t Block = default_block>
    static constexpr size_t stream_scratch = [] {
        if constexpr (streams_in_blocks<Block>) {
            constexpr size_t blocks = block_of<Block>::inference_scratch;
            return blocks > inference_scratch ? blocks : inference_scratch;
        } else return inference_scratch;
    }();

    /// The same parameters in a network with another input, such as a block of time steps: `net.as<input<64, 1>>()(x,
    /// state)`. Nothing is copied. The layers must have the same tensors and the same state there.
    template <class Input>
    [[nodiscard]] constexpr auto as() const& noexcept {
        using other = detail::with_input<basic_network, Input>;
        if constexpr (!topology::is_fit<typename other::verdict>) {
            (void)topology::accepted<typename other::verdict>();
            return detail::no_view<basic_network>{};
        } else if constexpr (!detail::serves<
                                 decltype(detail::judge_view<chain_type, typename other::type::chain_type>())>())
            return detail::no_view<basic_network>{};
        else return network_view<typename other::type>(where());
    }
    template <class Input>
    void as() const&& = delete; // it would point to what is no more

    /// Of pointers to all tensors those to the ones that layers use of other layers (network/tied.hpp).
    template <class Element>
    static constexpr std::array<Element*, chain_type::ties.size()>
    tied_among([[maybe_unused]] const std::array<Element*, tensor_count>& all) {
        std::array<Element*, chain_type::ties.size()> tied{};
        topology::walk<0, chain_type::ties.size()>([&](auto k) INLAY_INLINE {
            constexpr size_t tensor = find_tensor(chain_type::ties[k].path);
            if constexpr (tensor < tensor_count) tied[k] = all[tensor];
        });
        return tied;
    }

    /// The tensors of one byte an element, one after the other; null if there are none.
    [[nodiscard]] constexpr const std::int8_t* stored() const noexcept { return stored_.data(); }
    /// Where each tensor starts; null for those of one byte an element.
    constexpr std::array<const Scalar*, tensor_count> pointers() const { return offsets_from<const Scalar>(data_); }
    constexpr std::array<Scalar*, tensor_count> pointers() { return every_offset_from(data_); }
    /// The same places in a gradient buffer of trainable_extent scalars; null for tensors that are not trainable.
    static constexpr std::array<Scalar*, tensor_count> gradient_pointers(Scalar* gradients) {
        return offsets_from<Scalar>(gradients);
    }

  private:
    constexpr detail::parameter_data<Scalar> where() const { return {data_, stored()}; }
    template <class Body, class Which>
    static constexpr void each_where(Body& body, Which which) {
        topology::walk<0, layer_count>([&](auto i) {
            using one = typename chain_type::template bound<i>;
            for (size_t t = 0; t < one::tensors.size(); ++t)
                if (which(one::tensors[t]))
                    for (size_t k = 0; k < one::tensors[t].size; ++k)
                        body(layout.offset[chain_type::tensor_starts[i] + t] + one::packed_index(t, k));
        });
    }
    template <size_t Port, const auto& Ports, class Element>
    static constexpr auto part(Element* sample) noexcept {
        if constexpr (Port < Ports.size()) return sample_part<Element, Ports[Port].size>(sample + Ports[Port].offset);
        else return detail::no_parameter<Element>{};
    }
    static constexpr std::array<Scalar*, tensor_count> every_offset_from(Scalar* base) {
        std::array<Scalar*, tensor_count> all{};
        for (size_t t = 0; t < tensor_count; ++t)
            if (!is_bytes(t)) all[t] = base + layout.offset[t];
        return all;
    }
    template <class Element>
    static constexpr std::array<Element*, tensor_count> offsets_from(Element* base) {
        std::array<Element*, tensor_count> all{};
        topology::walk<0, tensor_count>([&](auto t) INLAY_INLINE {
            if constexpr ((std::is_const_v<Element> && !is_bytes(t)) || chain_type::tensors[t].trainable)
                all[t] = base + layout.offset[t];
        });
        return all;
    }

    /// What one sample is computed with.
    using one_by_one = kernels::native_for<Scalar, chain_type::widest>;

    static constexpr output_type run(detail::parameter_data<Scalar> parameters, const input_element* x, Scalar* state) {
        if (std::is_constant_evaluated()) {
            output_type y{};
            Scalar scratch[inference_scratch + 1]{};
            infer_on<kernels::scalar, 1>(parameters, x, y.data(), scratch, state);
            return y;
        }
        return run_native(parameters, x, state);
    }
    template <class Backend, size_t Block>
    constexpr void stream_steps(const input_element* x, output_element* y, size_t count, Scalar* scratch,
                                Scalar* state) const {
        size_t n = 0;
        if constexpr (Block > 1 && streams_in_blocks<Block>)
            for (; n + Block <= count; n += Block)
                block_of<Block>::template infer_on<Backend, 1>(where(), x + n * input_size, y + n * output_size,
                                                               scratch, state);
        for (; n < count; ++n) infer_on<Backend, 1>(where(), x + n * input_size, y + n * output_size, scratch, state);
    }
    /// `count` samples, at least Chunk, in chunks of that many; the last one overlaps the one before.
    template <size_t Chunk>
    void run_chunks(const input_type* x, output_type* y, size_t count) const noexcept {
        alignas(detail::line<Scalar>) Scalar scratch[chain_type::forward_scratch(Chunk, false) + 1];
        for (size_t n = 0; n < count; n += Chunk) {
            const size_t from = n + Chunk <= count ? n : count - Chunk;
            infer<kernels::native, Chunk>(x[from].data(), y[from].data(), scratch);
        }
    }
    void run_any_count(const input_type* x, output_type* y, size_t count) const noexcept {
        constexpr size_t chunk = batch_chunk(32);
        if (count >= chunk) run_chunks<chunk>(x, y, count);
        else {
            input_type padded[chunk]{};
            output_type outputs[chunk];
            for (size_t n = 0; n < count; ++n) padded[n] = x[n];
            run_chunks<chunk>(padded, outputs, chunk);
            for (size_t n = 0; n < count; ++n) y[n] = outputs[n];
        }
    }
    static output_type run_native(detail::parameter_data<Scalar> parameters, const input_element* x, Scalar* state) {
        output_type y;
        alignas(detail::line<Scalar>) Scalar scratch[inference_scratch + 1];
        infer_on<one_by_one, 1>(parameters, x, y.data(), scratch, state);
        return y;
    }

    alignas(detail::alignment<Scalar> * sizeof(Scalar)) Scalar data_[parameter_extent ? parameter_extent : 1]{};
    [[no_unique_address]] detail::stored_bytes<stored_extent> stored_{};
};

namespace detail {

/// `fits<>`, or the first tensor that a layer wants to use and cannot.
template <class Network, size_t K = 0>
constexpr auto judge_ties() {
    using chain = typename Network::chain_type;
    if constexpr (K == chain::ties.size()) return topology::fits<>{};
    else {
        constexpr tied_tensor tie = chain::ties[K];
        constexpr size_t tensor = Network::find_tensor(tie.path);
        constexpr size_t layer = [] {
            size_t at = 0;
            while (chain::tie_starts[at + 1] <= K) ++at;
            return at;
        }();
        using wants = takes<tie.rows, tie.columns>;
        using where = at_layer<layer>;
        using which = which_is<typename Network::template layer<layer>>;
        if constexpr (tensor == Network::tensor_count)
            return bad<has_no_tensor_to_be_tied_to, where, which, wants, but_gets<>>{};
        else {
            constexpr const tensor_spec& spec = Network::tensors[tensor];
            using gets = but_gets<spec.extents[0], spec.extents[1]>;
            if constexpr (spec.rank != 2 || spec.extents[0] != tie.rows || spec.extents[1] != tie.columns)
                return bad<is_tied_to_a_tensor_of_other_extents, where, which, wants, gets>{};
            else if constexpr (spec.element != element_type::scalar ||
                               !lies_in_rows<chain>(tensor, tie.rows * tie.columns))
                return bad<is_tied_to_a_tensor_that_does_not_lie_row_by_row, where, which, wants, gets>{};
            else return judge_ties<Network, K + 1>();
        }
    }
}

/// The same of a list; `fits<>` where the list itself does not fit, which has been said.
template <class... Items>
struct ties_verdict {
    static constexpr auto judge() {
        if constexpr (topology::is_fit<typename network_verdict<Items...>::type>)
            return judge_ties<basic_network<float, Items...>>();
        else return topology::fits<>{};
    }
    using type = decltype(judge());
};

} // namespace detail

/// A network with float arithmetic: `network<input<64>, dense<32>, relu, dense<10>>`. Lists that do not fit are rejected
/// where they are written.
template <class... Items>
using network = std::conditional_t<topology::accepted<typename detail::network_verdict<Items...>::type>() &&
                                       topology::accepted<typename detail::ties_verdict<Items...>::type>(),
                                   basic_network<float, Items...>, void>;

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
