// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The networks whose weights go to PyTorch and back: those of torch_modules.py, under the same names.
#pragma once

#include <inlay/files.hpp>

namespace models {

using namespace inlay;

struct mlp {
    static constexpr auto name = "mlp";
    using type = network<input<7>, dense<5>, relu, dense<3>>;
    static load_options options() { return {.prefix = "model."}; }
};
struct half : mlp { // the same in float16, bfloat16 and double
    static constexpr auto name = "half";
};
struct cnn { // Conv2d, BatchNorm2d, ReLU, MaxPool2d, Flatten, Dropout, Linear
    static constexpr auto name = "cnn";
    using type = network<input<7, 9, 3>, conv2d<4, window{3, 2}, 1, 1>, batch_norm<>, relu, max_pool2d<2>, flatten,
                         dropout<0.5>, dense<10>>;
    static load_options options() { return {.prefix = "model."}; }
};
struct normed { // normalised and scaled behind Flatten: their channels are put in order too
    static constexpr auto name = "normed";
    using type = network<input<4, 4, 2>, conv2d<3, 3>, sequential<flatten, batch_norm<>>, prelu<12>, dense<2>>;
    static load_options options() { return {.prefix = "model."}; }
};
struct joined { // an image and numbers beside it
    static constexpr auto name = "joined";
    using type = network<named_inputs<in<"image", 4, 3, 2>, in<"speed", 3>>, conv2d<3, 2>, flatten, concat<"speed">,
                         dense<4>, relu, dense<2>>;
    static load_options options() { return {.names = {{"0", "eye"}, {"3", "mix"}, {"5", "head"}}, .prefix = "model."}; }
};
struct recurrent {
    static constexpr auto name = "recurrent";
    using type = network<input<6, 3>, gru<5>, lstm<4>, last_step, dense<2>>;
    static load_options options() {
        return {.names = {{"0", "gru"}, {"1", "lstm"}, {"3", "head"}}, .prefix = "model."};
    }
};
struct attentive {
    static constexpr auto name = "attentive";
    using type = network<input<5, 8>, residual<self_attention<2>>, dense<3>>;
    static load_options options() { return {.names = {{"0.0", "attention"}, {"1", "head"}}, .prefix = "model."}; }
};
struct language {
    static constexpr auto name = "language";
    using type = network<input_of<std::uint16_t, 6>, named<"tokens", embedding<11, 4>>, gru<4>,
                         named<"head", tied<"tokens.weight", 11>>>;
    static load_options options() { return {.names = {{"1", "gru"}}, .prefix = "model."}; }
};
struct convolved { // Conv1d over [channels, time], of its own past only, then Flatten
    static constexpr auto name = "convolved";
    using type = network<input<6, 2>, causal_conv1d<4, 3>, inlay::tanh, flatten, dense<3>>;
    static load_options options() { return {.prefix = "model.", .flatten = flatten_order::channels_first}; }
};

template <class Body>
void each(Body body) {
    body(mlp{}), body(half{}), body(cnn{}), body(normed{}), body(joined{}), body(recurrent{}), body(attentive{}),
        body(language{}), body(convolved{});
}

/// The numbers of a tensor of a file.
inline std::vector<double> numbers(const tensor_file& file, std::string_view name) {
    return detail::numbers_of(file.tensors().at(file.find(name)));
}

/// The outputs for the inputs of a file, two samples.
template <class Network>
std::vector<float> outputs(const Network& net, const tensor_file& file) {
    const std::vector<double> x = numbers(file, "input");
    std::vector<float> all;
    for (size_t n = 0; n + Network::input_size <= x.size(); n += Network::input_size) {
        typename Network::input_type sample{};
        for (size_t i = 0; i < Network::input_size; ++i)
            sample[i] = static_cast<typename Network::input_element>(x[n + i]);
        const auto y = net(sample);
        all.insert(all.end(), y.begin(), y.end());
    }
    return all;
}

} // namespace models
