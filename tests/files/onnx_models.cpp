// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Networks as ONNX models, each with inputs and what inlay makes of them, for onnx_check.py:
//
//     onnx_models FOLDER     writes NAME.onnx and NAME.npz
#include <inlay/files.hpp>
#include <inlay/files/onnx.hpp>

#include <deque>
#include <iostream>

namespace {

using namespace inlay;

/// The numbers of a value with its channels first, as the models have images.
template <class Shape>
std::vector<float> for_file(std::span<const float> x) {
    if constexpr (Shape::rank < 3) return {x.begin(), x.end()};
    else {
        std::vector<float> y(Shape::size);
        constexpr size_t positions = Shape::extent(0) * Shape::extent(1), channels = Shape::last;
        for (size_t i = 0; i < Shape::size; ++i) y[i % channels * positions + i / channels] = x[i];
        return y;
    }
}
template <class Shape>
file_tensor as_tensor(std::string name, const std::vector<float>& x, std::string& memory) {
    for (const float one : x) detail::append_little_endian(memory, std::bit_cast<std::uint32_t>(one), 4);
    std::vector<size_t> extents{1};
    if (Shape::rank == 3) extents.push_back(Shape::last);
    for (size_t i = 0; i + (Shape::rank == 3) < Shape::rank; ++i) extents.push_back(Shape::extent(i));
    return {std::move(name), "F32", extents, memory};
}

/// What one network was given and gave.
struct samples {
    std::deque<std::string> memory{};
    std::vector<file_tensor> tensors{};

    template <class Shape>
    void add(std::string_view name, const char* otherwise, std::span<const float> x) {
        tensors.push_back(
            as_tensor<Shape>(std::string(name.empty() ? otherwise : name), for_file<Shape>(x), memory.emplace_back()));
    }
    template <class Network, class... Shapes>
    void add_inputs(topology::fits<Shapes...>, const std::vector<float>& x) {
        size_t i = 0;
        const auto one = [&]<class Shape>(std::type_identity<Shape>) {
            const auto& port = Network::input_ports[i++];
            add<Shape>(sizeof...(Shapes) > 1 ? port.name : "", "input", std::span(x).subspan(port.offset, port.size));
        };
        (one(std::type_identity<Shapes>{}), ...);
    }
};

template <class Network, class... Others>
void write(const std::string& folder, const std::string& name) {
    static Network net;
    initialize(net, seed{11});
    random_generator random{seed{5}};
    Network::each_buffer([&](size_t i) { net.element(i, 0.5f + static_cast<float>(random.below(1000)) / 1000); });
    typename Network::input_type x{};
    for (auto& one : x)
        if constexpr (std::is_integral_v<typename Network::input_element>)
            one = static_cast<typename Network::input_element>(random.below(11));
        else one = static_cast<float>(random.below(2000)) / 1000 - 1;
    const auto y = net(x);
    export_onnx(net, folder + "/" + name + ".onnx", {.metadata = {{"made by", "a test"}}});
    using ports = detail::onnx_ports<typename Network::chain_type>;
    samples all;
    all.add_inputs<Network>(typename ports::inputs{}, {x.begin(), x.end()});
    // Outputs before the last are Others, in order.
    const auto& given = Network::output_ports;
    size_t i = 0;
    const auto one = [&]<class Shape>(std::type_identity<Shape>) {
        all.add<Shape>(given[i].name, "output", std::span<const float>(y).subspan(given[i].offset, given[i].size));
        ++i;
    };
    (one(std::type_identity<Others>{}), ...);
    one(std::type_identity<typename ports::last_output>{});
    replace_file(folder + "/" + name + ".npz", npz_contents(all.tensors));
}

} // namespace

int main(int count, char** words) {
    if (count != 2) return 2;
    const std::string to = words[1];
    write<network<input<7>, dense<5>, relu, dense<4>, inlay::tanh, dense_without_bias<3>, softmax>>(to, "mlp");
    write<network<input<6>, dense<8>, leaky_relu<>, dense<8>, elu<>, dense<8>, sigmoid, batch_norm<>, prelu<8>>>(
        to, "curves");
    write<network<input<6>, dense<8>, gelu, dense<8>, silu, dense<8>, mish, dense<8>, softplus, log_softmax>>(
        to, "more_curves");
    write<network<input<6>, dense<8>, clamp<-0.5_double, 0.25_double>, dense<8>, hard_tanh, dense<8>, relu6>>(
        to, "clipped");
    write<network<input<8, 9, 3>, conv2d<4, window{3, 2}, 1, 1>, batch_norm<>, relu, max_pool2d<2>, flatten,
                  dropout<0.5>, dense<10>>>(to, "cnn");
    write<network<input<8, 8, 4>, conv2d<8, 3, 2, padding::tensorflow_same, groups<4>, without_bias>, prelu<8>,
                  residual<conv2d<8, 3, 1, 2, dilation<2>>, relu>, avg_pool2d<2>, conv2d<5, 1>, global_avg_pool>>(
        to, "depthwise");
    write<network<input<8, 6, 2>, conv2d<3, 3, 1, 1>, sigmoid>>(to, "image_out");
    write<network<input<12, 3>, causal_conv1d<4, 3, 1, 2>, relu, conv1d<5, 3, 1, 1>, max_pool1d<2>, flatten, dense<3>>>(
        to, "tcn");
    write<network<input<6, 3>, gru<5>, last_step, dense<2>>>(to, "gru");
    write<network<input<6, 3>, lstm<5>, last_step, dense<2>>>(to, "lstm");
    write<network<input<6, 3>, rnn<4, relu>, dense<2>>>(to, "rnn");
    write<network<input<6, 3>, parallel<lstm<4>, reversed<lstm<4>>>, dense<2>>>(to, "bidirectional");
    write<network<input<5>, keep<"x">, dense<5>, relu, plus<"x">, keep<"y">, parallel<dense<3>, identity>,
                  concat<"y", dense<2>>, accumulate<"s">, dense<10>, accumulate<"s">, times<"s">, dense<2>>>(to,
                                                                                                             "joined");
    using layer = residual<causal_conv1d<2, 2, 1, 3>, plus<"x", causal_conv1d_without_bias<2, 1>>, inlay::tanh,
                           accumulate<"skip">, causal_conv1d<2, 1>>;
    using array =
        sequential<causal_conv1d_without_bias<2, 1>, layer, layer, accumulate<"head", take<"skip">, identity>>;
    write<network<input<9, 1>, keep<"x">, array, array, take<"head">, causal_conv1d<1, 1>>>(to, "wavenet");
    write<network<input_of<std::uint16_t, 6>, embedding<11, 4>, layer_norm<>, reversed<dense<4>, gru<4>>, flatten,
                  dense<3>>>(to, "language");
    write<network<input<6, 8>, self_attention<2>, causal_self_attention<4, 6, without_bias>>>(to, "attention");
    write<network<input<5, 8>, residual<causal_self_attention<2, 9, head_size<3>>>,
                  self_attention<4, key_value_heads<2>>>>(to, "heads");
    write<network<input<8>, dense<8>, causal_self_attention<2, 4>>>(to, "one_step");
    write<network<input<6, 8>, positional_encoding<>, encoder_block<8, 2, 12>,
                  decoder_block_norm_first<8, 2, 6, 12, gelu_tanh>, last_step>>(to, "transformer");
    write<network<input<4, 5, 6>, conv_transpose2d<4, 3, 2, 1, 1>, relu,
                  conv_transpose2d<6, window{2, 3}, 1, padding{1, 0, 0, 1}, 0, dilation<2>, groups<2>, without_bias>>>(
        to, "transposed");
    write<network<input<7, 4>, conv_transpose1d<3, 4, 3, 1, 2>, conv_transpose1d<2, 3>>>(to, "transposed_rows");
    write<network<input<3, 4, 2>, upsample_nearest2d<window{2, 3}>, upsample_bilinear2d<2>, conv2d<2, 3, 1, 1>,
                  upsample_bilinear2d<2, align_corners>>>(to, "upsampled");
    write<network<input<5, 2>, upsample_nearest1d<3>, upsample_linear1d<2>, conv1d<2, 3>,
                  upsample_linear1d<2, align_corners>>>(to, "upsampled_rows");
    write<network<input<6>, dense<8>, hard_sigmoid, dense<8>, hard_swish, dense<8>, gelu_tanh, dense<8>,
                  rescaling<0.5_double>, dense<8>, rescaling<-2.5_double, 0.125_double>, normalization>>(to,
                                                                                                         "hard_curves");
    write<network<input<6, 5, 8>, conv2d<8, 3>, group_norm<4>, relu, instance_norm<>, conv2d<8, 1>,
                  instance_norm<1e-3_double, true>, group_norm<2, 1e-5_double, false>, normalization>>(to, "normed");
    write<network<input<6, 8>, group_norm<2>, dense<4>, instance_norm<1e-5_double, true>, rms_norm<>, dense<4>,
                  rms_norm<1e-5_double, false>>>(to, "normed_rows");
    write<network<input<8>, dense<8>, group_norm<2>, dense<8>, rms_norm<1e-6_double>>>(to, "normed_vector");
    write<network<input<8, 6>, slice<0, 1, 8, 2>, dense<8>, glu, slice<1, 0, 3>, dense<8>, reglu, permute<1, 0>,
                  reshape<2, 8>, geglu, softmax_over<0>, flatten, dense<6>, swiglu>>(to, "sliced");
    write<network<input<8, 8, 4>, conv2d<4, 3, 1, 1>, slice<0, 2, 7>, slice<2, 1, 4, 2>, glu, flatten, dense<3>>>(
        to, "sliced_image");
    write<network<input<8, 9, 2>, conv2d<3, 3, 1, 1, reflect>, conv2d<3, 3, 1, 1, replicate>,
                  adaptive_avg_pool2d<window{4, 3}>, adaptive_max_pool2d<window{2, 1}>>>(to, "adaptive");
    write<network<input<9, 3>, adaptive_avg_pool1d<3>, dense<2>>>(to, "adaptive_rows");
    write<network<input<9, 9, 2>, max_pool2d<3, 2, 0, ceil_mode>, max_pool2d<2, 1, 0, dilation<2>>,
                  avg_pool2d<2, 1, 1, count_without_padding>>>(to, "pools");
    write<network<named_inputs<in<"image", 8, 8, 2>, in<"speed", 3>>, conv2d<3, 3, 2>, relu, flatten, concat<"speed">,
                  dense<8>, relu, output<"steering", dense<2>, inlay::tanh>, dense<4>, output<"speeds", softmax>>,
          shape<2>>(to, "ports");
    write<network<input<6, 3>, gru<4>, output<"steps", dense<2>>, output<"raw">, last_step, dense<3>>, shape<6, 2>,
          shape<6, 4>>(to, "outputs");
    write<network<input_of<std::uint16_t, 6>, named<"tokens", embedding<11, 8>>, positional_embedding<9>, dense<8>,
                  relu, tied<"tokens.weight", 11>>>(to, "tied");
    std::cout << "written\n";
    return 0;
}
