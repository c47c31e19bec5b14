// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Networks as ONNX models (onnx.ai), for other programs. In no umbrella header: it needs Debian's libonnx-dev and
// libprotobuf-dev; link with -lonnx_proto -lprotobuf.
#pragma once

#if !__has_include(<onnx/onnx_pb.h>)
#error "inlay: files/onnx.hpp needs ONNX's format as C++ (Debian: libonnx-dev, libprotobuf-dev)"
#endif
#ifndef ONNX_NAMESPACE
#define ONNX_NAMESPACE onnx
#endif
#ifndef ONNX_ML
#define ONNX_ML 1
#endif
#include <onnx/onnx_pb.h>

#include <inlay/core/version.hpp>
#include <inlay/files/fingerprint.hpp>
#include <inlay/files/leaves.hpp>
#include <inlay/files/weights.hpp>
#include <inlay/host/file.hpp>
#include <inlay/layers/activations.hpp>
#include <inlay/layers/attention.hpp>
#include <inlay/layers/avg_pool.hpp>
#include <inlay/layers/batch_norm.hpp>
#include <inlay/layers/causal_conv1d.hpp>
#include <inlay/layers/conv_transpose.hpp>
#include <inlay/layers/group_norm.hpp>
#include <inlay/layers/gru.hpp>
#include <inlay/layers/instance_norm.hpp>
#include <inlay/layers/layer_norm.hpp>
#include <inlay/layers/pooling.hpp>
#include <inlay/layers/positional_encoding.hpp>
#include <inlay/layers/reshape.hpp>
#include <inlay/layers/rms_norm.hpp>
#include <inlay/layers/rnn.hpp>
#include <inlay/layers/softmax.hpp>
#include <inlay/layers/upsample.hpp>
#include <inlay/network/keep.hpp>
#include <inlay/network/ports.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// How `export_onnx` writes.
struct onnx_options {
    std::string name = "inlay";                    ///< of the graph
    size_t batch = 1;                              ///< samples at a time: the first extent of inputs and outputs
    std::map<std::string, std::string> metadata{}; ///< texts of your own (metadata_props)
};

namespace detail {

/// The ONNX operator that an activation without arguments is.
constexpr std::string_view onnx_operator(std::string_view name) noexcept {
    for (const auto& [ours, theirs] : {std::pair<std::string_view, std::string_view>{"relu", "Relu"},
                                       {"sigmoid", "Sigmoid"},
                                       {"tanh", "Tanh"},
                                       {"softplus", "Softplus"},
                                       {"softsign", "Softsign"},
                                       {"selu", "Selu"}})
        if (ours == name) return theirs;
    return {};
}

template <class Layer>
inline constexpr decimal argument_of = 0;
template <decimal Slope>
inline constexpr decimal argument_of<leaky_relu<Slope>> = Slope;
template <decimal Alpha>
inline constexpr decimal argument_of<elu<Alpha>> = Alpha;
template <decimal Alpha>
inline constexpr decimal argument_of<celu<Alpha>> = Alpha;
template <decimal Epsilon, decimal Momentum, bool Affine>
inline constexpr decimal argument_of<batch_norm<Epsilon, Momentum, Affine>> = Epsilon;
template <decimal Epsilon, bool Affine>
inline constexpr decimal argument_of<layer_norm<Epsilon, Affine>> = Epsilon;
template <decimal Epsilon, bool Affine>
inline constexpr decimal argument_of<instance_norm<Epsilon, Affine>> = Epsilon;
template <size_t Groups, decimal Epsilon, bool Affine>
inline constexpr decimal argument_of<group_norm<Groups, Epsilon, Affine>> = Epsilon;
template <decimal Epsilon, bool Affine>
inline constexpr decimal argument_of<rms_norm<Epsilon, Affine>> = Epsilon;
template <decimal Scale, decimal Offset>
inline constexpr decimal argument_of<rescaling<Scale, Offset>> = Scale;
template <decimal Low, decimal High>
inline constexpr decimal argument_of<clamp<Low, High>> = Low;
template <class Layer>
inline constexpr decimal second_argument_of = 0;
template <decimal Low, decimal High>
inline constexpr decimal second_argument_of<clamp<Low, High>> = High;
template <decimal Scale, decimal Offset>
inline constexpr decimal second_argument_of<rescaling<Scale, Offset>> = Offset;
template <class Layer>
inline constexpr size_t groups_of = 1;
template <size_t Groups, decimal Epsilon, bool Affine>
inline constexpr size_t groups_of<group_norm<Groups, Epsilon, Affine>> = Groups;
template <class Layer>
inline constexpr size_t axis_of_softmax = 0;
template <size_t Axis>
inline constexpr size_t axis_of_softmax<softmax_over<Axis>> = Axis;

/// The axis and range of slice.
template <class Layer>
struct slice_range {
    static constexpr size_t axis = 0, start = 0, end = 0, step = 1;
};
template <size_t Axis, size_t Start, size_t End, size_t Step>
struct slice_range<inlay::slice<Axis, Start, End, Step>> {
    static constexpr size_t axis = Axis, start = Start, end = End, step = Step;
};
/// What stands around the input of a convolution.
template <class Layer>
inline constexpr border border_of = [] {
    if constexpr (requires { Layer::geometry.outside; }) return Layer::geometry.outside;
    else return border::zeros;
}();
/// How often an upsampling layer has each pixel, and what it puts between them.
template <class Layer>
struct upsampling_of;
template <window Scale>
struct upsampling_of<upsample_nearest2d<Scale>> {
    static constexpr window scale = Scale;
    static constexpr bool linear = false, corners = false;
};
template <size_t Scale>
struct upsampling_of<upsample_nearest1d<Scale>> : upsampling_of<upsample_nearest2d<window::row(Scale)>> {};
template <window Scale, class... Options>
struct upsampling_of<upsample_bilinear2d<Scale, Options...>> {
    static constexpr window scale = Scale;
    static constexpr bool linear = true, corners = sizeof...(Options) > 0;
};
template <size_t Scale, class... Options>
struct upsampling_of<upsample_linear1d<Scale, Options...>>
    : upsampling_of<upsample_bilinear2d<window::row(Scale), Options...>> {};
/// What a transposed convolution puts behind its output.
template <class Layer>
inline constexpr window output_padding_of = 0;
template <size_t Channels, window Kernel, window Stride, padding Padding, window Extra, class... Options>
inline constexpr window output_padding_of<conv_transpose2d<Channels, Kernel, Stride, Padding, Extra, Options...>> =
    Extra;
template <size_t Channels, size_t Kernel, size_t Stride, padding Padding, size_t Extra, class... Options>
inline constexpr window
    output_padding_of<conv_transpose1d<Channels, Kernel, Stride, Padding, Extra, Options...>> = window::row(Extra);
/// The heads of an attention, and how many steps each step sees, itself included; 0: all.
template <class Layer>
struct attention_form;
template <size_t Heads, class... Options>
struct attention_form<self_attention<Heads, Options...>> {
    using options = attention_options<Heads, Options...>;
    static constexpr size_t heads = Heads, window = 0;
};
template <size_t Heads, size_t Window, class... Options>
struct attention_form<causal_self_attention<Heads, Window, Options...>> {
    using options = attention_options<Heads, Options...>;
    static constexpr size_t heads = Heads, window = Window;
};

/// The axes of permute.
template <class Layer>
struct axes_of {
    static constexpr std::array<size_t, 0> value{};
};
template <size_t... Axes>
struct axes_of<permute<Axes...>> {
    static constexpr std::array value{Axes...};
};
/// The nonlinearity of a recurrent layer's candidate, and whether gru resets before the product.
template <class Layer>
struct recurrent_form {
    using candidate = tanh;
    static constexpr bool reset_before = false;
};
template <size_t Hidden, class... Options>
struct recurrent_form<gru<Hidden, Options...>> {
    using candidate = typename gru_options<Options...>::candidate;
    static constexpr bool reset_before = gru_options<Options...>::reset_before;
};
template <size_t Hidden, class Nonlinearity>
struct recurrent_form<rnn<Hidden, Nonlinearity>> {
    using candidate = Nonlinearity;
    static constexpr bool reset_before = false;
};
/// Names of values.
template <class Layer>
inline constexpr std::string_view value_name = {};
template <fixed_text Name>
inline constexpr std::string_view value_name<keep<Name>> = Name.view();
template <fixed_text Name>
inline constexpr std::string_view value_name<take<Name>> = Name.view();
template <fixed_text Name, class... Layers>
inline constexpr std::string_view value_name<plus<Name, Layers...>> = Name.view();
template <fixed_text Name, class... Layers>
inline constexpr std::string_view value_name<times<Name, Layers...>> = Name.view();
template <fixed_text Name, class... Layers>
inline constexpr std::string_view value_name<concat<Name, Layers...>> = Name.view();
template <fixed_text Name, class... Layers>
inline constexpr std::string_view value_name<accumulate<Name, Layers...>> = Name.view();
template <fixed_text Name, class... Layers>
inline constexpr std::string_view value_name<output<Name, Layers...>> = Name.view();

/// A network's inputs, and the name of its last output.
template <class Chain>
struct onnx_ports {
    using inputs = topology::fits<typename Chain::input>;
    using last_output = typename Chain::output;
    static constexpr bool has_names = false;
    static constexpr std::string_view last_name{};
};
template <class Scalar, class Root>
struct onnx_ports<ports_on<Scalar, Root>> {
    using inputs = typename Root::first::shapes;
    using last_output = typename ports_on<Scalar, Root>::chain_type::output;
    static constexpr bool has_names = Root::first::scope::count > 0;
    static constexpr std::string_view last_name = Root::last::name;
};

/// Whether export_onnx has operators for a layer.
template <class Layer, class Bound>
constexpr bool onnx_has() {
    constexpr std::string_view name = Layer::name;
    using in = typename Bound::input;
    for (size_t t = 0; t < Bound::tensors.size(); ++t)
        if (Bound::tensors[t].element == element_type::int8) return false;
    if constexpr (is_made_of_layers<Bound>) {
        bool all = name == "sequential" || name == "residual" || name == "parallel" || name == "reversed" ||
                   name == "plus" || name == "times" || name == "concat" || name == "accumulate" || name == "output";
        topology::walk<0, Bound::count>([&](auto i) {
            all = all && onnx_has<typename bare_layer<typename Bound::template layer<i>>::type,
                                  typename Bound::template bound<i>>();
        });
        return all;
    } else if constexpr (name == "conv2d" || name == "conv1d") return Layer::geometry.outside != border::circular;
    else if constexpr (name == "self_attention") return attention_form<Layer>::options::base == 0;
    else if constexpr (name == "causal_self_attention") // without a mask of another form than a triangle
        return attention_form<Layer>::options::base == 0 && attention_form<Layer>::window >= in::size / in::last;
    else if constexpr (name == "adaptive_avg_pool2d" || name == "adaptive_avg_pool1d" ||
                       name == "adaptive_max_pool2d" || name == "adaptive_max_pool1d") // windows of one size
        return !Layer::template axes<in>.rows.adaptive && !Layer::template axes<in>.columns.adaptive;
    else if constexpr (name == "avg_pool2d" || name == "avg_pool1d")
        return !Layer::geometry.ceil || !Layer::counts_padding;
    else if constexpr (name == "causal_conv1d" || name == "causal_conv1d_without_bias") return in::rank == 2;
    else if constexpr (name == "lstm") return has_only_gates<Bound>;
    else if constexpr (name == "gru" || name == "rnn")
        return has_only_gates<Bound> && !onnx_operator(recurrent_form<Layer>::candidate::name).empty();
    else if constexpr (name == "plus" || name == "times" || name == "concat" || name == "accumulate" ||
                       name == "take" || name == "keep" || name == "output")
        return !value_name<Layer>.empty();
    else {
        for (const std::string_view one : {"dense",
                                           "dense_without_bias",
                                           "identity",
                                           "dropout",
                                           "spatial_dropout",
                                           "gaussian_noise",
                                           "activity_penalty",
                                           "leaky_relu",
                                           "elu",
                                           "celu",
                                           "gelu",
                                           "silu",
                                           "hard_tanh",
                                           "clamp",
                                           "relu6",
                                           "mish",
                                           "log_sigmoid",
                                           "softmax",
                                           "log_softmax",
                                           "prelu",
                                           "batch_norm",
                                           "layer_norm",
                                           "max_pool2d",
                                           "max_pool1d",
                                           "global_avg_pool",
                                           "global_max_pool",
                                           "flatten",
                                           "reshape",
                                           "permute",
                                           "last_step",
                                           "embedding",
                                           "conv_transpose2d",
                                           "conv_transpose1d",
                                           "upsample_nearest2d",
                                           "upsample_nearest1d",
                                           "upsample_bilinear2d",
                                           "upsample_linear1d",
                                           "hard_sigmoid",
                                           "hard_swish",
                                           "gelu_tanh",
                                           "rescaling",
                                           "normalization",
                                           "softmax_over",
                                           "instance_norm",
                                           "group_norm",
                                           "rms_norm",
                                           "positional_embedding",
                                           "positional_encoding",
                                           "glu",
                                           "reglu",
                                           "geglu",
                                           "swiglu",
                                           "slice",
                                           "tied"})
            if (one == name) return true;
        return !onnx_operator(name).empty();
    }
}
/// The first of a network's layers that cannot be written; their number if all can.
template <class Network>
constexpr size_t first_without_onnx() {
    using chain = typename Network::chain_type;
    size_t found = chain::count;
    topology::walk<0, chain::count>([&](auto i) {
        if (found == chain::count && !onnx_has<typename bare_layer<typename chain::template layer<i>>::type,
                                               typename chain::template bound<i>>())
            found = i;
    });
    return found;
}

/// Says which layer it is, in the compiler's words.
template <class Where>
struct onnx_can_say {
    static constexpr bool value = false;
};
struct every_layer {};
template <>
struct onnx_can_say<every_layer> {
    static constexpr bool value = true;
};
/// at_layer of the first layer that cannot be written, or every_layer.
template <class Network>
using onnx_verdict = std::conditional_t<first_without_onnx<Network>() == Network::chain_type::count, every_layer,
                                        at_layer<first_without_onnx<Network>()>>;

/// A value in the graph: batch first, then the extents as inlay has them, or channels before all others.
struct onnx_value {
    std::string name;
    bool channels_first = false;
};

/// Writes a network's graph.
template <class Network>
class onnx_writer {
  public:
    using scalar = typename Network::scalar_type;

    onnx_writer(const Network& net, const onnx_options& options)
        : values_(all_elements(net)), starts_(element_starts<Network>()), batch_(options.batch) {
        graph_.set_name(options.name);
        for (const auto& one : Network::input_ports) ports_.emplace(one.name);
        for (const auto& one : Network::output_ports) ports_.emplace(one.name);
        inputs(typename ports::inputs{});
        value x = list<typename Network::chain_type>(first_, {});
        add_output<typename ports::last_output>(std::move(x), ports::last_name.empty() ? unused("output")
                                                                                       : std::string(ports::last_name));
    }

    std::string text(const onnx_options& options) {
        onnx::ModelProto model;
        model.set_ir_version(opset_ > 13 ? 8 : 7);
        model.set_producer_name("inlay");
        model.set_producer_version(inlay::version);
        auto* const opset = model.add_opset_import();
        opset->set_domain("");
        opset->set_version(opset_);
        std::map<std::string, std::string> metadata = options.metadata;
        describe_network<Network>(metadata);
        for (const auto& [key, text] : metadata) {
            auto* const one = model.add_metadata_props();
            one->set_key(key);
            one->set_value(text);
        }
        *model.mutable_graph() = std::move(graph_);
        std::string bytes;
        if (!model.SerializeToString(&bytes)) throw std::invalid_argument("inlay: a model for ONNX is below 2 GiB");
        return bytes;
    }

  private:
    using value = onnx_value;
    using ports = onnx_ports<typename Network::chain_type>;

    // ---- inputs and outputs

    template <class... Shapes>
    void inputs(topology::fits<Shapes...>) {
        size_t i = 0;
        const auto add = [&]<class Shape>(std::type_identity<Shape>) {
            const value x{ports::has_names ? std::string(Network::input_ports[i].name) : unused("input"),
                          Shape::rank == 3};
            declare<Shape, typename Network::input_element>(graph_.add_input(), x);
            if (ports::has_names) kept_.push_back({x.name, x, false, false});
            if (i++ == 0) first_ = x;
        };
        (add(std::type_identity<Shapes>{}), ...);
    }
    template <class Shape>
    void add_output(value x, std::string name) {
        x = as<Shape>(std::move(x), Shape::rank == 3);
        node("Identity", {x.name}, name);
        declare<Shape, scalar>(graph_.add_output(), {std::move(name), Shape::rank == 3});
    }
    /// A name that no input or output has.
    std::string unused(std::string name) const {
        while (ports_.contains(name)) name += '_';
        return name;
    }

    // ---- values and nodes

    static constexpr std::int64_t extent(size_t one) noexcept { return static_cast<std::int64_t>(one); }

    template <class Shape>
    std::vector<std::int64_t> extents(bool channels_first) const {
        std::vector<std::int64_t> all{extent(batch_)};
        if (channels_first) all.push_back(extent(Shape::last));
        for (size_t i = 0; i + (channels_first ? 1 : 0) < Shape::rank; ++i) all.push_back(extent(Shape::extent(i)));
        return all;
    }
    template <class Element>
    static constexpr int type_of() {
        if (std::is_integral_v<Element>) return onnx::TensorProto::INT64;
        return sizeof(Element) == 4 ? onnx::TensorProto::FLOAT : onnx::TensorProto::DOUBLE;
    }
    template <class Shape, class Element>
    void declare(onnx::ValueInfoProto* info, const value& x) {
        info->set_name(x.name);
        auto* const tensor = info->mutable_type()->mutable_tensor_type();
        tensor->set_elem_type(type_of<Element>());
        for (const std::int64_t extent : extents<Shape>(x.channels_first))
            tensor->mutable_shape()->add_dim()->set_dim_value(extent);
    }
    std::string fresh(char kind = 'v') { return unused(kind + std::to_string(++count_)); }
    onnx::NodeProto* last_node() { return graph_.mutable_node(graph_.node_size() - 1); }
    std::string node(const char* type, std::initializer_list<std::string> inputs, std::string output = {}) {
        auto* const one = graph_.add_node();
        one->set_op_type(type);
        one->set_name(std::string(type) + "_" + std::to_string(graph_.node_size()));
        for (const std::string& input : inputs) one->add_input(input);
        if (output.empty()) output = fresh();
        one->add_output(output);
        return output;
    }
    // Attributes of the node before.
    onnx::AttributeProto* attribute(const char* name, onnx::AttributeProto::AttributeType type) {
        auto* const one = last_node()->add_attribute();
        one->set_name(name);
        one->set_type(type);
        return one;
    }
    void set(const char* name, std::int64_t number) { attribute(name, onnx::AttributeProto::INT)->set_i(number); }
    void set_float(const char* name, decimal number) {
        attribute(name, onnx::AttributeProto::FLOAT)->set_f(static_cast<float>(number.as<double>()));
    }
    void set(const char* name, std::initializer_list<size_t> numbers) {
        auto* const one = attribute(name, onnx::AttributeProto::INTS);
        for (const size_t number : numbers) one->add_ints(extent(number));
    }
    /// Extents of the windows of a layer on In, along the axes that it has.
    template <class In>
    void set_window(const char* name, window size) {
        if (In::rank == 3) set(name, {size.height, size.width});
        else set(name, {size.width});
    }
    template <class In>
    void set_pads(padding pad) {
        if (In::rank == 3) set("pads", {pad.top, pad.left, pad.bottom, pad.right});
        else set("pads", {pad.left, pad.right});
    }
    void set(const char* name, const char* text) { attribute(name, onnx::AttributeProto::STRING)->set_s(text); }

    std::string constant(const std::string& name, const std::vector<std::int64_t>& shape,
                         const std::vector<scalar>& numbers) {
        auto* const one = graph_.add_initializer();
        one->set_name(name);
        one->set_data_type(type_of<scalar>());
        std::string raw;
        for (const scalar number : numbers)
            append_little_endian(
                raw, std::bit_cast<std::conditional_t<sizeof(scalar) == 4, std::uint32_t, std::uint64_t>>(number),
                sizeof(scalar));
        for (const std::int64_t extent : shape) one->add_dims(extent);
        one->set_raw_data(std::move(raw));
        constants_[name] = shape;
        return name;
    }
    std::string number(double one) { return constant(fresh('c'), {}, {static_cast<scalar>(one)}); }
    std::string whole_numbers(const std::vector<std::int64_t>& numbers, bool alone = false) {
        auto* const one = graph_.add_initializer();
        one->set_name(fresh('c'));
        one->set_data_type(onnx::TensorProto::INT64);
        std::string raw;
        for (const std::int64_t number : numbers) append_little_endian(raw, static_cast<std::uint64_t>(number), 8);
        if (!alone) one->add_dims(extent(numbers.size()));
        one->set_raw_data(std::move(raw));
        return one->name();
    }

    /// The numbers of a layer's tensor; rows of its first axis by gates, and their name.
    template <class Bound>
    std::vector<scalar> numbers(const leaf_place& at, size_t t, std::initializer_list<size_t> gates = {0}) const {
        const tensor_spec& spec = Bound::tensors[t];
        const auto from = values_.begin() + static_cast<std::ptrdiff_t>(starts_[at.first_tensor + t]);
        const auto size = static_cast<std::ptrdiff_t>(spec.size / gates.size());
        std::vector<scalar> all;
        for (const size_t gate : gates)
            all.insert(all.end(), from + static_cast<std::ptrdiff_t>(gate) * size,
                       from + static_cast<std::ptrdiff_t>(gate + 1) * size);
        return all;
    }
    template <class Bound>
    std::string name_of_tensor(const leaf_place& at, size_t t) const {
        return at.path + "." + std::string(Bound::tensors[t].name.view());
    }
    /// The tensor as it is.
    template <class Bound>
    std::string tensor(const leaf_place& at, size_t t, std::vector<std::int64_t> shape = {}) {
        const tensor_spec& spec = Bound::tensors[t];
        if (shape.empty())
            for (size_t i = 0; i < spec.rank; ++i) shape.push_back(extent(spec.extents[i]));
        return constant(name_of_tensor<Bound>(at, t), shape, numbers<Bound>(at, t));
    }

    /// The same value with its channels where they are wanted.
    template <class Shape>
    value as(value x, bool channels_first) {
        if (x.channels_first == channels_first) return x;
        if constexpr (Shape::rank < 2) return {std::move(x.name), channels_first};
        else {
            if constexpr (Shape::rank == 2) return {transposed(x.name, {0, 2, 1}), channels_first};
            else if (channels_first) return {transposed(x.name, {0, 3, 1, 2}), true};
            else return {transposed(x.name, {0, 2, 3, 1}), false};
        }
    }
    std::string transposed(const std::string& x, std::initializer_list<size_t> axes) {
        const std::string y = node("Transpose", {x});
        set("perm", axes);
        return y;
    }
    template <class Shape>
    std::int64_t channel_axis(const value& x) const {
        return axis<Shape>(x, Shape::rank - 1);
    }
    /// An axis of inlay's, counted without the batch, as ONNX counts it.
    template <class Shape>
    std::int64_t axis(const value& x, size_t which) const {
        if (!x.channels_first) return extent(which) + 1;
        return which + 1 == Shape::rank ? 1 : extent(which) + 2;
    }
    /// The extents of a constant with a number for each channel.
    template <class Shape>
    std::vector<std::int64_t> for_channels(const value& x) const {
        std::vector<std::int64_t> shape{extent(Shape::last)};
        if (x.channels_first) shape.resize(Shape::rank, 1);
        return shape;
    }
    std::string reshape_to(const std::string& x, const std::vector<std::int64_t>& shape) {
        return node("Reshape", {x, whole_numbers(shape)});
    }
    /// Parts of x along an axis, one after the other.
    std::vector<std::string> split(const std::string& x, std::int64_t along, const std::vector<std::int64_t>& sizes) {
        std::vector<std::string> parts{node("Split", {x, whole_numbers(sizes)})};
        auto* const one = last_node();
        while (parts.size() < sizes.size()) {
            parts.push_back(fresh());
            one->add_output(parts.back());
        }
        set("axis", along);
        return parts;
    }
    /// x·Wᵀ for the rows of W [outputs, inputs].
    std::string times_rows(const std::string& x, const std::string& name, const std::vector<scalar>& w, size_t inputs) {
        const size_t outputs = w.size() / inputs;
        std::vector<scalar> turned_w(w.size());
        for (size_t o = 0; o < outputs; ++o)
            for (size_t i = 0; i < inputs; ++i) turned_w[i * outputs + o] = w[o * inputs + i];
        return node("MatMul", {x, constant(name, {extent(inputs), extent(outputs)}, turned_w)});
    }

    // ---- layers

    template <class Bound>
    value list(value x, const leaf_place& at) {
        const size_t kept = kept_.size();
        topology::walk<0, Bound::count>([&](auto i) { x = part<Bound, i>(std::move(x), at); });
        forget(kept);
        return x;
    }
    /// At the end of a list its values are no more, but for sums that it has not read: they are those of a list around it.
    void forget(size_t kept) {
        for (size_t i = kept_.size(); i-- > kept;)
            if (!kept_[i].sum || kept_[i].read) kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    template <class Bound, size_t I>
    value part(value x, const leaf_place& at) {
        using layer = typename bare_layer<typename Bound::template layer<I>>::type;
        using bound = typename Bound::template bound<I>;
        return one<layer, bound>(std::move(x), place_in_list<Bound, I>(at));
    }

    struct kept_value {
        std::string name;
        value is;
        bool sum, read = false;
    };
    kept_value* find(std::string_view name) {
        for (size_t i = kept_.size(); i-- > 0;)
            if (kept_[i].name == name) return &kept_[i];
        return nullptr;
    }
    value read(std::string_view name) {
        kept_value& found = *find(name);
        found.read = true;
        return found.is;
    }

    /// Two values as one: Add, or Mul.
    template <class Shape>
    value joined(const char* type, value a, value b) {
        b = as<Shape>(std::move(b), a.channels_first);
        return {node(type, {a.name, b.name}), a.channels_first};
    }

    template <class Layer, class Bound>
    value one(value x, const leaf_place& at) {
        constexpr std::string_view name = Layer::name;
        using in = typename Bound::input;
        using out = typename Bound::output;
        if constexpr (name == "sequential") return list<Bound>(std::move(x), at);
        else if constexpr (name == "residual") {
            value y = list<Bound>(x, at);
            return joined<out>("Add", std::move(x), std::move(y));
        } else if constexpr (name == "parallel") {
            std::vector<std::string> parts;
            const bool first = x.channels_first && out::rank > 1;
            const size_t kept = kept_.size();
            topology::walk<0, Bound::count>([&](auto i) {
                value y = part<Bound, i>(x, at);
                parts.push_back(as<typename Bound::template bound<i>::output>(std::move(y), first).name);
            });
            forget(kept);
            return {concatenated(parts, first ? 1 : extent(out::rank)), first};
        } else if constexpr (name == "reversed") {
            if constexpr (Bound::count == 1) {
                using inner = typename bare_layer<typename Bound::template layer<0>>::type;
                constexpr std::string_view inside = inner::name;
                if constexpr (inside == "gru" || inside == "lstm" || inside == "rnn") {
                    backwards_ = true;
                    value y = part<Bound, 0>(std::move(x), at);
                    backwards_ = false;
                    return y;
                }
            }
            value y = list<Bound>({turned(as<in>(std::move(x), false).name), false}, at);
            return {turned(as<out>(std::move(y), false).name), false};
        } else if constexpr (name == "output") {
            if constexpr (is_made_of_layers<Bound>) {
                value y = list<Bound>(x, at);
                add_output<typename Bound::template bound<Bound::count - 1>::output>(std::move(y),
                                                                                     std::string(value_name<Layer>));
            } else add_output<in>(x, std::string(value_name<Layer>));
            return x;
        } else if constexpr (name == "keep") {
            kept_.push_back({std::string(value_name<Layer>), x, false, false});
            return x;
        } else if constexpr (name == "take") return read(value_name<Layer>);
        else if constexpr (name == "plus" || name == "times" || name == "concat") {
            value y = read(value_name<Layer>);
            if constexpr (is_made_of_layers<Bound>) y = list<Bound>(std::move(y), at);
            if constexpr (name == "plus") return joined<out>("Add", std::move(x), std::move(y));
            else if constexpr (name == "times") return joined<out>("Mul", std::move(x), std::move(y));
            else {
                y = as<out>(std::move(y), x.channels_first); // of the same rank
                return {concatenated({x.name, y.name}, channel_axis<out>(x)), x.channels_first};
            }
        } else if constexpr (name == "accumulate") {
            value y = x;
            if constexpr (is_made_of_layers<Bound>) y = list<Bound>(std::move(y), at);
            if (kept_value* const sum = find(value_name<Layer>)) {
                // The shape of a sum is that of what is added; the layer itself passes x on.
                if constexpr (is_made_of_layers<Bound>) {
                    using last = typename Bound::template bound<Bound::count - 1>;
                    sum->is = joined<typename last::output>("Add", sum->is, std::move(y));
                } else sum->is = joined<in>("Add", sum->is, std::move(y));
            } else kept_.push_back({std::string(value_name<Layer>), y, true, false});
            return x;
        } else return leaf<Layer, Bound>(std::move(x), at);
    }
    std::string concatenated(const std::vector<std::string>& parts, std::int64_t axis) {
        const std::string y = node("Concat", {});
        for (const std::string& one : parts) last_node()->add_input(one);
        set("axis", axis);
        return y;
    }
    /// A sequence from its end to its start.
    std::string turned(const std::string& x) {
        return node("Slice", {x, whole_numbers({-1}), whole_numbers({std::numeric_limits<std::int64_t>::min()}),
                              whole_numbers({1}), whole_numbers({-1})});
    }

    template <class Layer, class Bound>
    value leaf(value x, const leaf_place& at) {
        constexpr std::string_view name = Layer::name;
        using in = typename Bound::input;
        using out = typename Bound::output;
        constexpr decimal argument = argument_of<Layer>;
        const auto element_by_element = [&](std::string y) { return value{std::move(y), x.channels_first}; };
        if constexpr (name == "identity" || name == "dropout" || name == "spatial_dropout" ||
                      name == "gaussian_noise" || name == "activity_penalty")
            return x;
        else if constexpr (!onnx_operator(name).empty())
            return element_by_element(node(onnx_operator(name).data(), {x.name}));
        else if constexpr (name == "leaky_relu" || name == "elu" || name == "celu") {
            const char* const type = name == "elu" ? "Elu" : name == "celu" ? "Celu" : "LeakyRelu";
            const std::string y = node(type, {x.name});
            set_float("alpha", argument);
            return element_by_element(y);
        } else if constexpr (name == "gelu") { // x/2·(1 + erf(x/√2))
            const std::string e = node("Erf", {node("Div", {x.name, number(std::sqrt(2.0))})});
            return element_by_element(node("Mul", {node("Mul", {x.name, node("Add", {e, number(1)})}), number(0.5)}));
        } else if constexpr (name == "silu")
            return element_by_element(node("Mul", {x.name, node("Sigmoid", {x.name})}));
        else if constexpr (name == "mish")
            return element_by_element(node("Mul", {x.name, node("Tanh", {node("Softplus", {x.name})})}));
        else if constexpr (name == "log_sigmoid")
            return element_by_element(node("Neg", {node("Softplus", {node("Neg", {x.name})})}));
        else if constexpr (name == "hard_tanh" || name == "relu6" || name == "clamp") {
            const double low = name == "hard_tanh" ? -1 : argument.as<double>();
            const double high = name == "hard_tanh" ? 1
                                : name == "relu6"   ? 6
                                                    : second_argument_of<Layer>.template as<double>();
            return element_by_element(node("Clip", {x.name, number(name == "relu6" ? 0 : low), number(high)}));
        } else if constexpr (name == "hard_sigmoid" || name == "hard_swish") {
            const std::string y = node("HardSigmoid", {x.name});
            attribute("alpha", onnx::AttributeProto::FLOAT)->set_f(1.0f / 6);
            attribute("beta", onnx::AttributeProto::FLOAT)->set_f(0.5f);
            return element_by_element(name == "hard_sigmoid" ? y : node("Mul", {x.name, y}));
        } else if constexpr (name == "gelu_tanh") { // x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
            const std::string cube = node("Mul", {node("Mul", {x.name, x.name}), x.name});
            const std::string inside = node("Add", {x.name, node("Mul", {cube, number(0.044715_double)})});
            const std::string t = node("Tanh", {node("Mul", {inside, number(0.7978845608028654_double)})});
            return element_by_element(node("Mul", {node("Mul", {x.name, node("Add", {t, number(1)})}), number(0.5)}));
        } else if constexpr (name == "rescaling") {
            std::string y = node("Mul", {x.name, number(argument.as<double>())});
            if (second_argument_of<Layer>.billionths != 0)
                y = node("Add", {y, number(second_argument_of<Layer>.template as<double>())});
            return element_by_element(y);
        } else if constexpr (name == "normalization") {
            const auto shape = for_channels<in>(x);
            const std::string y = node("Sub", {x.name, tensor<Bound>(at, 0, shape)});
            return element_by_element(node("Mul", {y, tensor<Bound>(at, 1, shape)}));
        } else if constexpr (name == "glu" || name == "reglu" || name == "geglu" || name == "swiglu") {
            constexpr auto half = extent(out::last);
            const auto parts = split(x.name, channel_axis<in>(x), {half, half});
            using gate = std::conditional_t<
                name == "glu", sigmoid,
                std::conditional_t<name == "reglu", relu, std::conditional_t<name == "geglu", gelu, silu>>>;
            const value open = leaf<gate, layer_on<scalar, out, out>>({parts[1], x.channels_first}, at);
            return element_by_element(node("Mul", {parts[0], open.name}));
        } else if constexpr (name == "slice") {
            using range = slice_range<Layer>;
            const auto whole = [&](size_t one) { return whole_numbers({extent(one)}); };
            const std::string along = whole_numbers({axis<in>(x, range::axis)});
            return element_by_element(
                node("Slice", {x.name, whole(range::start), whole(range::end), along, whole(range::step)}));
        } else if constexpr (name == "softmax_over") {
            const std::string y = node("Softmax", {x.name});
            set("axis", axis<in>(x, axis_of_softmax<Layer>));
            return element_by_element(y);
        } else if constexpr (name == "softmax" || name == "log_softmax") {
            x = as<in>(std::move(x), false);
            const std::string y = node(name == "softmax" ? "Softmax" : "LogSoftmax", {x.name});
            set("axis", -1);
            return {y, false};
        } else if constexpr (name == "prelu") {
            std::vector<std::int64_t> shape{extent(Bound::tensors[0].size)};
            if (x.channels_first) shape.resize(in::rank, 1);
            return element_by_element(node("PRelu", {x.name, tensor<Bound>(at, 0, shape)}));
        } else if constexpr (name == "batch_norm") {
            x = as<in>(std::move(x), in::rank > 1);
            constexpr size_t channels = in::last;
            constexpr bool affine = Bound::tensors.size() == 4;
            const std::vector<std::int64_t> shape{extent(channels)};
            const std::string scale =
                affine ? tensor<Bound>(at, 0) : constant(at.path + ".weight", shape, std::vector<scalar>(channels, 1));
            const std::string bias =
                affine ? tensor<Bound>(at, 1) : constant(at.path + ".bias", shape, std::vector<scalar>(channels, 0));
            const std::string y =
                node("BatchNormalization", {x.name, scale, bias, tensor<Bound>(at, Bound::tensors.size() - 2),
                                            tensor<Bound>(at, Bound::tensors.size() - 1)});
            set_float("epsilon", argument);
            return {y, x.channels_first};
        } else if constexpr (name == "instance_norm" || name == "group_norm") {
            // As PyTorch's exporter has them: a group's channels and positions are one extent.
            constexpr bool grouped = name == "group_norm", affine = Bound::tensors.size() > 0;
            constexpr size_t groups = grouped ? groups_of<Layer> : in::last;
            x = as<in>(std::move(x), true);
            const auto filled = [&](const char* what, scalar with) {
                return constant(at.path + what, {extent(groups)}, std::vector<scalar>(groups, with));
            };
            std::string y = x.name;
            if (grouped) y = reshape_to(y, {extent(batch_), extent(groups), extent(in::size / groups)});
            if constexpr (affine && !grouped)
                y = node("InstanceNormalization", {y, tensor<Bound>(at, 0), tensor<Bound>(at, 1)});
            else y = node("InstanceNormalization", {y, filled(".ones", 1), filled(".zeros", 0)});
            set_float("epsilon", argument);
            if (grouped) y = reshape_to(y, extents<in>(true));
            if constexpr (affine && grouped) {
                const auto shape = for_channels<in>(x);
                y = node("Add", {node("Mul", {y, tensor<Bound>(at, 0, shape)}), tensor<Bound>(at, 1, shape)});
            }
            return {y, true};
        } else if constexpr (name == "rms_norm") { // γ·x/√(Σ x²/n + ε)
            x = as<in>(std::move(x), false);
            const std::string mean = node("ReduceMean", {node("Mul", {x.name, x.name})});
            attribute("axes", onnx::AttributeProto::INTS)->add_ints(-1);
            set("keepdims", 1);
            const double epsilon =
                argument.billionths > 0 ? argument.as<double>() : double{std::numeric_limits<scalar>::epsilon()};
            std::string y = node("Div", {x.name, node("Sqrt", {node("Add", {mean, number(epsilon)})})});
            if constexpr (Bound::tensors.size() > 0) y = node("Mul", {y, tensor<Bound>(at, 0)});
            return {y, false};
        } else if constexpr (name == "positional_embedding" || name == "positional_encoding") {
            x = as<in>(std::move(x), false);
            std::vector<scalar> p;
            if constexpr (name == "positional_embedding") p = numbers<Bound>(at, 0);
            else {
                using first = std::conditional_t<in::rank == 1, input<in::last>, input<in::extent(0), in::last>>;
                const auto all = basic_network<scalar, first, Layer>{}(std::array<scalar, in::size>{});
                p.assign(all.begin(), all.end());
            }
            p.resize(in::size); // of the steps that there are
            std::vector<std::int64_t> shape = extents<in>(false);
            shape.erase(shape.begin());
            return {node("Add", {x.name, constant(at.path + ".weight", shape, p)}), false};
        } else if constexpr (name == "self_attention" || name == "causal_self_attention")
            return attention<Layer, Bound>(as<in>(std::move(x), false), at);
        else if constexpr (name == "tied") {
            x = as<in>(std::move(x), false);
            constexpr size_t t = Network::find_tensor(Bound::ties[0].path);
            constexpr const tensor_spec& spec = Network::tensors[t];
            const std::vector<std::int64_t> shape{extent(spec.extents[0]), extent(spec.extents[1])};
            const auto from = values_.begin() + static_cast<std::ptrdiff_t>(starts_[t]);
            // The other layer's constant, unless that has it turned, or comes later.
            std::string w(spec.name.view());
            if (const auto found = constants_.find(w); found == constants_.end() || found->second != shape)
                w = constant(at.path + ".weight", shape, {from, from + static_cast<std::ptrdiff_t>(spec.size)});
            if constexpr (in::rank == 1) {
                const std::string y = node("Gemm", {x.name, w});
                set("transB", 1);
                return {y, false};
            } else return {node("MatMul", {x.name, transposed(w, {1, 0})}), false};
        } else if constexpr (name == "upsample_nearest2d" || name == "upsample_nearest1d" ||
                             name == "upsample_bilinear2d" || name == "upsample_linear1d") {
            x = as<in>(std::move(x), true);
            using form = upsampling_of<Layer>;
            std::vector<float> scales{1, 1};
            if (in::rank == 3) scales.push_back(static_cast<float>(form::scale.height));
            scales.push_back(static_cast<float>(form::scale.width));
            auto* const one = graph_.add_initializer();
            one->set_name(fresh('c'));
            one->set_data_type(onnx::TensorProto::FLOAT);
            std::string raw;
            for (const float scale : scales) append_little_endian(raw, std::bit_cast<std::uint32_t>(scale), 4);
            one->add_dims(extent(scales.size()));
            one->set_raw_data(std::move(raw));
            const std::string y = node("Resize", {x.name, "", one->name()});
            set("mode", form::linear ? "linear" : "nearest");
            set("coordinate_transformation_mode", form::corners  ? "align_corners"
                                                  : form::linear ? "half_pixel"
                                                                 : "asymmetric");
            if (!form::linear) set("nearest_mode", "floor");
            return {y, true};
        } else if constexpr (name == "conv_transpose2d" || name == "conv_transpose1d") {
            x = as<in>(std::move(x), true);
            const std::string y = node("ConvTranspose", {x.name, tensor<Bound>(at, 0)});
            auto* const convolution = last_node();
            if constexpr (Bound::tensors.size() > 1) convolution->add_input(tensor<Bound>(at, 1));
            constexpr conv_geometry g = Layer::geometry;
            constexpr window extra = output_padding_of<Layer>;
            set_window<in>("kernel_shape", g.kernel);
            set_window<in>("strides", g.stride);
            set_window<in>("dilations", g.dilation);
            set_pads<in>(g.pad);
            set_window<in>("output_padding", extra);
            set("group", extent(g.groups));
            return {y, true};
        } else if constexpr (name == "adaptive_avg_pool2d" || name == "adaptive_max_pool2d" ||
                             name == "adaptive_avg_pool1d" || name == "adaptive_max_pool1d") {
            x = as<in>(std::move(x), true);
            constexpr pool_axes axes = Layer::template axes<in>;
            const std::string y = node(name.starts_with("adaptive_max") ? "MaxPool" : "AveragePool", {x.name});
            set_window<in>("kernel_shape", {axes.rows.kernel, axes.columns.kernel});
            set_window<in>("strides", {axes.rows.stride, axes.columns.stride});
            return {y, true};
        } else if constexpr (name == "layer_norm") {
            opset_ = 17;
            x = as<in>(std::move(x), false);
            const std::vector<std::int64_t> shape{extent(in::last)};
            const std::string scale = Bound::tensors.size() > 0
                                          ? tensor<Bound>(at, 0)
                                          : constant(at.path + ".weight", shape, std::vector<scalar>(in::last, 1));
            const std::string y = node("LayerNormalization", {x.name, scale});
            if constexpr (Bound::tensors.size() > 1) last_node()->add_input(tensor<Bound>(at, 1));
            set("axis", -1);
            set_float("epsilon", argument);
            return {y, false};
        } else if constexpr (name == "dense" || name == "dense_without_bias") {
            x = as<in>(std::move(x), false);
            constexpr bool bias = Bound::tensors.size() > 1;
            if constexpr (in::rank == 1) {
                const std::string w = tensor<Bound>(at, 0);
                const std::string b = bias ? tensor<Bound>(at, Bound::tensors.size() - 1) : "";
                const std::string y = node("Gemm", {x.name, w});
                if (bias) last_node()->add_input(b);
                set("transB", 1);
                return {y, false};
            } else {
                std::string y = times_rows(x.name, name_of_tensor<Bound>(at, 0), numbers<Bound>(at, 0), in::last);
                if constexpr (bias) y = node("Add", {y, tensor<Bound>(at, 1)});
                return {y, false};
            }
        } else if constexpr (name == "conv2d" || name == "conv1d" || name == "causal_conv1d" ||
                             name == "causal_conv1d_without_bias") {
            x = as<in>(std::move(x), true);
            // What stands around a sequence: where it is not the same on both sides it is added beforehand, as PyTorch's
            // exporter does (OpenCV 4.6 takes the first number for both).
            [[maybe_unused]] size_t left = 0, right = 0;
            constexpr border outside = border_of<Layer>;
            if constexpr (outside != border::zeros) { // reflect, replicate: a node of its own
                constexpr padding pad = Layer::geometry.on(height_of<in>, width_of<in>).pad;
                std::vector<std::int64_t> pads{0, 0, extent(pad.left), 0, 0, extent(pad.right)};
                if (in::rank == 3)
                    pads = {0, 0, extent(pad.top), extent(pad.left), 0, 0, extent(pad.bottom), extent(pad.right)};
                x.name = node("Pad", {x.name, whole_numbers(pads)});
                set("mode", outside == border::reflect ? "reflect" : "edge");
            } else if constexpr (name == "conv1d") {
                constexpr padding pad = Layer::geometry.on(1, in::extent(0)).pad;
                left = pad.left, right = pad.right;
            } else if constexpr (name != "conv2d") left = (Bound::tensors[0].extents[2] - 1) * dilation_of<Layer>;
            if (left != right) {
                const auto l = extent(left), r = extent(right);
                x.name = node("Pad", {x.name, whole_numbers({0, 0, l, 0, 0, r})});
                left = right = 0;
            }
            const std::string w = tensor<Bound>(at, 0);
            const std::string b = Bound::tensors.size() > 1 ? tensor<Bound>(at, Bound::tensors.size() - 1) : "";
            const std::string y = node("Conv", {x.name, w});
            if (!b.empty()) last_node()->add_input(b);
            if constexpr (name == "conv2d" || name == "conv1d") {
                constexpr auto g = Layer::geometry.on(height_of<in>, width_of<in>);
                set_window<in>("kernel_shape", g.kernel);
                set_window<in>("strides", g.stride);
                set_window<in>("dilations", g.dilation);
                if constexpr (name == "conv1d") set("pads", {left, right});
                else if constexpr (outside == border::zeros) set_pads<in>(g.pad);
                set("group", extent(g.groups));
            } else {
                constexpr size_t kernel = Bound::tensors[0].extents[2];
                set("kernel_shape", {kernel});
                set("strides", {in::extent(0) / out::extent(0)});
                set("dilations", {dilation_of<Layer>});
                set("pads", {left, right});
                set("group", 1);
            }
            return {y, true};
        } else if constexpr (name == "max_pool2d" || name == "avg_pool2d" || name == "max_pool1d" ||
                             name == "avg_pool1d") {
            x = as<in>(std::move(x), true);
            constexpr bool largest = name.starts_with("max");
            const std::string y = node(largest ? "MaxPool" : "AveragePool", {x.name});
            constexpr auto g = Layer::geometry;
            constexpr pool_axes axes = g.on(height_of<in>, width_of<in>);
            set_window<in>("kernel_shape", g.kernel);
            set_window<in>("strides", g.stride);
            set_pads<in>({axes.columns.before, axes.columns.after, axes.rows.before, axes.rows.after});
            if (g.dilation != window(1)) set_window<in>("dilations", g.dilation);
            if (g.ceil) set("ceil_mode", 1);
            if constexpr (!largest) set("count_include_pad", Layer::counts_padding ? 1 : 0);
            return {y, true};
        } else if constexpr (name == "global_avg_pool" || name == "global_max_pool") {
            x = as<in>(std::move(x), true);
            const std::string y = node(name == "global_avg_pool" ? "GlobalAveragePool" : "GlobalMaxPool", {x.name});
            return reshaped<out>(y);
        } else if constexpr (name == "flatten" || name == "reshape") {
            x = as<in>(std::move(x), false);
            return reshaped<out>(x.name);
        } else if constexpr (name == "permute") {
            x = as<in>(std::move(x), false);
            const std::string y = node("Transpose", {x.name});
            auto* const axes = attribute("perm", onnx::AttributeProto::INTS);
            axes->add_ints(0);
            for (const size_t axis : axes_of<Layer>::value) axes->add_ints(extent(axis + 1));
            return {y, false};
        } else if constexpr (name == "last_step") {
            x = as<in>(std::move(x), false);
            const std::string y = node("Gather", {x.name, whole_numbers({extent(in::extent(0) - 1)}, true)});
            set("axis", 1);
            return {y, false};
        } else if constexpr (name == "embedding") return {node("Gather", {tensor<Bound>(at, 0), x.name}), false};
        else return recurrent<Layer, Bound>(as<in>(std::move(x), false), at);
    }
    template <class Out>
    value reshaped(const std::string& x) {
        return {reshape_to(x, extents<Out>(false)), false};
    }

    /// softmax(q·kᵀ/√head)·v in every head: [batch, heads, time, head]. Heads of keys and values that several heads of
    /// queries share are written once for each of them.
    template <class Layer, class Bound>
    value attention(value x, const leaf_place& at) {
        using in = typename Bound::input;
        using form = attention_form<Layer>;
        constexpr size_t width = in::last, steps = in::size / width, heads = form::heads;
        constexpr size_t head = form::options::template head<in>(), shared = form::options::key_value_heads;
        constexpr bool bias = form::options::bias;
        // Rows of q, k and v, each of `columns` numbers.
        const auto rows = [&](const std::vector<scalar>& from, size_t columns) {
            std::vector<scalar> all;
            const auto add = [&](size_t h) {
                const auto first = from.begin() + static_cast<std::ptrdiff_t>(h * head * columns);
                all.insert(all.end(), first, first + static_cast<std::ptrdiff_t>(head * columns));
            };
            for (size_t h = 0; h < heads; ++h) add(h);
            for (size_t part = 0; part < 2; ++part)
                for (size_t h = 0; h < heads; ++h) add(heads + part * shared + h / (heads / shared));
            return all;
        };
        if (in::rank == 1) x.name = reshape_to(x.name, {extent(batch_), 1, extent(width)});
        std::string y = times_rows(x.name, name_of_tensor<Bound>(at, 0), rows(numbers<Bound>(at, 0), width), width);
        if constexpr (bias)
            y = node("Add", {y, constant(name_of_tensor<Bound>(at, 1), {extent(3 * heads * head)},
                                         rows(numbers<Bound>(at, 1), 1))});
        auto parts = split(y, 2, std::vector<std::int64_t>(3, extent(heads * head)));
        for (std::string& part : parts)
            part = reshape_to(part, {extent(batch_), extent(steps), extent(heads), extent(head)});
        const std::string q = transposed(parts[0], {0, 2, 1, 3}), k = transposed(parts[1], {0, 2, 3, 1}),
                          v = transposed(parts[2], {0, 2, 1, 3});
        y = node("Mul", {node("MatMul", {q, k}), number(1 / std::sqrt(static_cast<double>(head)))});
        if (form::window > 0 && steps > 1) { // nobody sees what comes after
            std::vector<scalar> mask(steps * steps, 0);
            for (size_t t = 0; t < steps; ++t)
                for (size_t j = t + 1; j < steps; ++j) mask[t * steps + j] = -std::numeric_limits<scalar>::infinity();
            y = node("Add", {y, constant(at.path + ".mask", {extent(steps), extent(steps)}, mask)});
        }
        y = node("Softmax", {y});
        set("axis", -1);
        y = transposed(node("MatMul", {y, v}), {0, 2, 1, 3});
        y = reshape_to(y, {extent(batch_), extent(steps), extent(heads * head)});
        constexpr size_t of_out = bias ? 2 : 1;
        y = times_rows(y, name_of_tensor<Bound>(at, of_out), numbers<Bound>(at, of_out), heads * head);
        if constexpr (bias) y = node("Add", {y, tensor<Bound>(at, of_out + 1)});
        if (in::rank == 1) y = reshape_to(y, {extent(batch_), extent(width)});
        return {y, false};
    }

    /// ONNX's [time, batch, features], gates z r h and i o f c, and both biases in one tensor.
    template <class Layer, class Bound>
    value recurrent(const value& x, const leaf_place& at) {
        constexpr std::string_view name = Layer::name;
        using in = typename Bound::input;
        constexpr size_t units = Bound::output::last, features = in::last, gates = Bound::tensors[0].extents[0] / units;
        constexpr bool sequence = in::rank == 2;
        const auto in_order = [&](size_t t) {
            if constexpr (name == "gru") return numbers<Bound>(at, t, {1, 0, 2});
            else if constexpr (name == "lstm") return numbers<Bound>(at, t, {0, 3, 1, 2});
            else return numbers<Bound>(at, t);
        };
        auto bias = in_order(2);
        if constexpr (Bound::tensors.size() > 3) {
            const auto second = in_order(3);
            bias.insert(bias.end(), second.begin(), second.end());
        } else bias.resize(2 * bias.size());
        const std::string w = constant(name_of_tensor<Bound>(at, 0), {1, extent(gates * units), extent(features)},
                                       in_order(0)),
                          r = constant(name_of_tensor<Bound>(at, 1), {1, extent(gates * units), extent(units)},
                                       in_order(1)),
                          b = constant(name_of_tensor<Bound>(at, 2), {1, extent(2 * gates * units)}, bias);
        // Its shapes are known: Reshape adds and takes away extents of 1.
        constexpr size_t steps = in::size / features;
        const std::string by_time =
            sequence ? transposed(x.name, {1, 0, 2}) : reshape_to(x.name, {1, extent(batch_), extent(features)});
        const std::string y = node(name == "gru" ? "GRU" : name == "lstm" ? "LSTM" : "RNN", {by_time, w, r, b});
        if constexpr (name == "gru") { // OpenCV wants the state before, which is 0 otherwise too
            last_node()->add_input("");
            last_node()->add_input(
                constant(fresh('c'), {1, extent(batch_), extent(units)}, std::vector<scalar>(batch_ * units, 0)));
        }
        set("hidden_size", extent(units));
        auto* const direction = attribute("direction", onnx::AttributeProto::STRING);
        direction->set_s(backwards_ ? "reverse" : "forward");
        using form = recurrent_form<Layer>;
        if constexpr (name == "gru") set("linear_before_reset", form::reset_before ? 0 : 1);
        if constexpr (!std::is_same_v<typename form::candidate, tanh>) {
            auto* const activations = attribute("activations", onnx::AttributeProto::STRINGS);
            if (name == "gru") activations->add_strings("Sigmoid");
            activations->add_strings(std::string(onnx_operator(form::candidate::name)));
        }
        // y is [time, 1, batch, units]
        if constexpr (sequence)
            return {transposed(reshape_to(y, {extent(steps), extent(batch_), extent(units)}), {1, 0, 2}), false};
        else return {reshape_to(y, {extent(batch_), extent(units)}), false};
    }

    onnx::GraphProto graph_{};
    std::vector<scalar> values_;
    std::vector<size_t> starts_;
    size_t batch_, count_ = 0;
    std::int64_t opset_ = 13;
    std::vector<kept_value> kept_{};
    std::set<std::string> ports_{};
    std::map<std::string, std::vector<std::int64_t>> constants_{};
    value first_{};
    bool backwards_ = false;
};

} // namespace detail

/// The bytes of an ONNX model: see export_onnx.
template <class Network>
[[nodiscard]] std::string onnx_contents(const Network& net, const onnx_options& options = {}) {
    using verdict = detail::onnx_verdict<Network>;
    static_assert(detail::onnx_can_say<verdict>::value,
                  "inlay: export_onnx has no ONNX operators for the layer that at_layer names");
    if constexpr (detail::onnx_can_say<verdict>::value) {
        if (options.batch == 0) throw std::invalid_argument("inlay: a model for ONNX takes at least one sample");
        for (const auto value : detail::all_elements(net))
            if (!std::isfinite(value))
                throw std::invalid_argument("inlay: cannot export a network with numbers that are not finite");
        return detail::onnx_writer<Network>(net, options).text(options);
    } else return {};
}

/// Writes a network as an ONNX model (operator set 13, or 17 with layer_norm), for onnxruntime, OpenCV and others, and for
/// inlay-import:
///
///     export_onnx(net, "model.onnx");
///
/// The model has an input, "input", and an output, "output", or those of named_inputs and output under their names, of `batch`
/// samples: vectors [batch, features], sequences
/// [batch, time, features], images channels first, [batch, channels, height, width], as PyTorch's exporter has them; tokens
/// are int64. Weights go under their names in state_dict and keep their bits, where ONNX has them in another order (gates,
/// the transpose that MatMul takes) too. Dropout and noise are left out. What a layer computes is ONNX's definition of its
/// operator; its last bits are those of the program that runs it. A layer without operators does not compile, and
/// `at_layer` says which. The file is replaced as a whole or not at all; throws file_error when it cannot be written, and
/// std::invalid_argument for numbers that are not finite and models of 2 GiB.
template <class Network>
void export_onnx(const Network& net, const std::filesystem::path& path, const onnx_options& options = {}) {
    replace_file(path, onnx_contents(net, options));
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
