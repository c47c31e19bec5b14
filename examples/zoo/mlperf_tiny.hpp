// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// MLPerf Tiny's reference models in float (mlcommons/tiny), from the .tflite files as published: their converter has merged batch
// normalisations into the weights.
#pragma once

#include "tflite.hpp"

namespace zoo {

inline constexpr published_file autoencoder_file{
    "mlperf_tiny/ad01_fp32.tflite",
    "github.com/mlcommons/tiny, benchmark/training/anomaly_detection/trained_models/ad01_fp32.tflite, commit "
    "1afd2c9820f795965a6134facd0b4dfae41ef23f",
    "c66636f4d7f8af8b10518e7be750a22c9d8d46ec97326b40b0d94c097e0aad9b"};
inline constexpr published_file resnet_8_file{
    "mlperf_tiny/pretrainedResnet.tflite",
    "github.com/mlcommons/tiny, benchmark/training/image_classification/trained_models/pretrainedResnet.tflite, commit "
    "1afd2c9820f795965a6134facd0b4dfae41ef23f",
    "b5c0046d6e0328b4956afd6baa29555a29b1f1c65bdd45aaed75b7cd484d9f79"};
inline constexpr published_file mobilenet_v1_file{
    "mlperf_tiny/vww_96_float.tflite",
    "github.com/mlcommons/tiny, benchmark/training/visual_wake_words/trained_models/vww_96_float.tflite, commit "
    "1afd2c9820f795965a6134facd0b4dfae41ef23f",
    "115bbc094d2119561320a21f01b6500a18bea8cc8589282ab007097bec8af38c"};

/// A convolution with TensorFlow's padding.
template <std::size_t Channels, std::size_t Kernel = 3, std::size_t Stride = 1, class... Options>
using tensorflow_conv = inlay::conv2d<Channels, Kernel, Stride, inlay::padding::tensorflow_same, Options...>;

/// Whether a machine sounds as it should: five frames of 128 bands through eight numbers and back.
using autoencoder = inlay::network<inlay::input<640>, inlay::dense<128>, inlay::relu, inlay::dense<128>, inlay::relu,
                                   inlay::dense<128>, inlay::relu, inlay::dense<128>, inlay::relu, inlay::dense<8>,
                                   inlay::relu, inlay::dense<128>, inlay::relu, inlay::dense<128>, inlay::relu,
                                   inlay::dense<128>, inlay::relu, inlay::dense<128>, inlay::relu, inlay::dense<640>>;

/// Which of the ten things of CIFAR-10 an image shows.
using resnet_8 = inlay::network<
    inlay::input<32, 32, 3>, tensorflow_conv<16>, inlay::relu,
    inlay::residual<tensorflow_conv<16>, inlay::relu, tensorflow_conv<16>>, inlay::relu, inlay::keep<"x">,
    tensorflow_conv<32, 3, 2>, inlay::relu, tensorflow_conv<32>, inlay::plus<"x", tensorflow_conv<32, 1, 2>>,
    inlay::relu, inlay::keep<"y">, tensorflow_conv<64, 3, 2>, inlay::relu, tensorflow_conv<64>,
    inlay::plus<"y", tensorflow_conv<64, 1, 2>>, inlay::relu, inlay::global_avg_pool, inlay::dense<10>, inlay::softmax>;

/// One filter per channel, and then a dense layer over the channels of each pixel.
template <std::size_t In, std::size_t Out, std::size_t Stride = 1>
using separable = inlay::sequential<tensorflow_conv<In, 3, Stride, inlay::groups<In>>, inlay::relu,
                                    inlay::conv2d<Out, 1>, inlay::relu>;
/// MobileNetV1 0.25: whether a picture shows a person.
using mobilenet_v1 =
    inlay::network<inlay::input<96, 96, 3>, tensorflow_conv<8, 3, 2>, inlay::relu, separable<8, 16>,
                   separable<16, 32, 2>, separable<32, 32>, separable<32, 64, 2>, separable<64, 64>,
                   separable<64, 128, 2>, separable<128, 128>, separable<128, 128>, separable<128, 128>,
                   separable<128, 128>, separable<128, 128>, separable<128, 256, 2>, separable<256, 256>,
                   inlay::global_avg_pool, inlay::dense<2>, inlay::softmax>;

/// Throws inlay::file_error where there is no file, and tflite::error for one of another network; so do the others.
inline std::unique_ptr<autoencoder> load_autoencoder(const std::filesystem::path& path) {
    return tflite::load<autoencoder>(path);
}
inline std::unique_ptr<resnet_8> load_resnet_8(const std::filesystem::path& path) {
    return tflite::load<resnet_8>(path);
}
inline std::unique_ptr<mobilenet_v1> load_mobilenet_v1(const std::filesystem::path& path) {
    return tflite::load<mobilenet_v1>(path);
}

} // namespace zoo
