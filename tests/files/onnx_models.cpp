// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Networks as ONNX models, each with inputs and what inlay makes of them, for onnx_check.py:
//
//     onnx_models FOLDER     writes NAME.onnx and NAME.npz
#include <inlay/files.hpp>
#include <inlay/files/onnx.hpp>

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
file_tensor as_tensor(const char* name, const std::vector<float>& x, std::string& memory) {
    for (const float one : x) detail::append_little_endian(memory, std::bit_cast<std::uint32_t>(one), 4);
    std::vector<size_t> extents{1};
    if (Shape::rank == 3) extents.push_back(Shape::last);
    for (size_t i = 0; i + (Shape::rank == 3) < Shape::rank; ++i) extents.push_back(Shape::extent(i));
    return {name, "F32", extents, memory};
}

template <class Network>
void write(const std::string& folder, const std::string& name) {
    Network net;
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
    std::string memory[2];
    const std::vector<float> as_floats(x.begin(), x.end());
    const file_tensor tensors[] = {
        as_tensor<typename Network::input_shape>("input", for_file<typename Network::input_shape>(as_floats),
                                                 memory[0]),
        as_tensor<typename Network::output_shape>("output", for_file<typename Network::output_shape>(y), memory[1])};
    replace_file(folder + "/" + name + ".npz", npz_contents(tensors));
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
    std::cout << "written\n";
    return 0;
}
