// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The networks that run on chips, and what both sides compute for themselves: parameters, inputs and targets. They are
// integers times a power of two, so that every target has the same, with fused multiply-add or without.
#pragma once

#include <inlay/inlay.hpp>

namespace chip {

using namespace inlay; // but <cmath> has a tanh, too

using mlp = network<input<64>, dense<32>, relu, dense<10>>;
using cnn = network<input<28, 28, 1>, conv2d<8, 3, 2>, relu, conv2d<16, 3, 2>, relu, flatten, dense<10>>;
using pooling = network<input<9, 8, 3>, conv2d<6, 3, 1, 1>, max_pool2d<2>, leaky_relu<>, flatten, dense<5>>;
using separable = network<input<7, 6, 3>, conv2d<4, 3, 2, padding::tensorflow_same, without_bias>, relu,
                          conv2d<4, 3, 1, padding::same, groups<4>>, hard_tanh, conv2d<6, 1>, flatten, dense<3>>;
using shortened =
    network<input<12, 3>, conv1d<4, 3, 1, padding::same>, relu, max_pool1d<3, 2, 1>, avg_pool1d<2>, global_avg_pool, dense<3>>;
using enlarged =
    network<input<2, 3, 3>, conv_transpose2d<4, 3, 2, 1, 1>, relu, upsample_bilinear2d<2>, global_max_pool, dense<3>>;
using gates = network<input<3, 4>, dense<6>, swiglu, permute<1, 0>, softmax_over<0>, slice<0, 0, 2>, reshape<6>,
                      rescaling<4, -1>, dense<3>, hard_swish>;
using skip = network<input<20>, dense<12>, residual<dense<12>, relu>, dense<7>>;
using branches = network<input<9>, parallel<dense<6>, sequential<dense<5>, inlay::tanh>, identity>, dense<4>>;
using gated = network<input<6, 5>, gru<7>, last_step, dense<3>>;
using long_short = network<input<5, 4>, lstm<6>, last_step, dense<3>>;
using curves = network<input<13>, dense<11>, inlay::tanh, dense<9>, sigmoid, dense<8>, gelu, dense<6>, softmax>;
using more_curves = network<input<10>, dense<9>, silu, dense<8>, softplus, dense<7>, elu<>, dense<6>, gelu_tanh,
                            dense<5>, hard_sigmoid, dense<5>, log_softmax>;
using normed = network<input<5, 6, 2>, conv2d<6, 3>, batch_norm<>, relu, flatten, dense_without_bias<7>, batch_norm<>,
                       inlay::tanh, batch_norm<>, dense<3>>;
using without_norms = folded<normed>; // but for the third one

using sequences = network<input<4, 8>, positional_encoding<>, residual<rms_norm<>, dense<8>>, instance_norm<>, group_norm<2>,
                          layer_norm<>, rnn<5>, last_step, dense<3>>;

using small = network<input<64>, stored_as<std::int8_t, dense<32>>, relu, stored_as<std::int8_t, dense<10>>>;

/// `apply(net, "net")` for each of them.
#define CHIP_EACH_NET(apply)                                                                                           \
    apply(mlp) apply(cnn) apply(pooling) apply(separable) apply(shortened) apply(enlarged) apply(gates) apply(skip)    \
        apply(branches) apply(gated) apply(long_short) apply(curves) apply(more_curves) apply(small) apply(normed)     \
            apply(without_norms) apply(sequences)

/// Two to learn, and one of which only the last layer learns.
using learner = network<input<16>, dense<8>, inlay::tanh, dense<4>>;
using tuned = network<input<64>, frozen<dense<32>>, relu, dense<10>>;

inline constexpr size_t samples = 2, steps = 3;

/// A multiple of 2⁻²³ in [-1, 1).
constexpr float drawn(random_generator& random) {
    return static_cast<float>(static_cast<std::int32_t>(random() >> 8) - 0x800000) * 0x1p-23f;
}

/// Parameters of about the size that training starts from: weights ±2⁻ᵏ, 4ᵏ about the number of inputs; biases ±1/8, scales
/// and statistics, of which some must be positive, 1 ± 1/8.
template <class Net>
constexpr Net started() {
    Net net;
    random_generator random{seed{Net::parameter_count}};
    topology::walk<0, Net::tensor_count>([&](auto tensor) {
        constexpr tensor_spec spec = Net::tensors[tensor];
        float middle = 0, scale = 0.125f;
        if (spec.role == tensor_role::weight) {
            scale = 1;
            for (size_t inputs = spec.fan_in; inputs >= 4; inputs /= 4) scale /= 2;
        } else if (spec.role != tensor_role::bias) middle = 1;
        for (size_t i = 0; i < spec.size; ++i)
            net.element(Net::parameter_index(tensor, i),
                        spec.element == element_type::int8 ? drawn(random) * 127 : middle + drawn(random) * scale);
    });
    return net;
}

/// As an exported network is: constant, in flash.
template <class Net>
inline constexpr Net in_flash = started<Net>();
template <>
inline constexpr without_norms in_flash<without_norms> = fold(in_flash<normed>);

template <class Net>
constexpr typename Net::input_type drawn_input(size_t sample) {
    typename Net::input_type x{};
    random_generator random{seed{1000 + sample}};
    for (float& value : x) value = drawn(random);
    return x;
}

/// What the training tests aim at.
template <class Net>
constexpr typename Net::output_type target_of(size_t sample) {
    typename Net::output_type y{};
    random_generator random{seed{2000 + sample}};
    for (float& value : y) value = drawn(random);
    return y;
}

/// `steps` steps of plain gradient descent, one sample each: calls `report` with every loss.
template <class Loss, class Trainer, class Report>
void learn(Trainer& trainer, Report report) {
    using net = typename Trainer::network_type;
    for (size_t step = 0; step < steps; ++step) {
        if constexpr (std::is_same_v<Loss, cross_entropy>)
            report(trainer.step(drawn_input<net>(step), static_cast<std::uint32_t>(step % net::output_size)));
        else report(trainer.step(drawn_input<net>(step), target_of<net>(step)));
    }
}

template <class Net, class Loss>
using one_by_one = trainer<Net, Loss, sgd, batch<1>>;
inline constexpr double learning_rate = 0.0625;

} // namespace chip
