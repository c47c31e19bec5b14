// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE zoo_mlperf_tiny_mobilenet
#include "tflite.hpp"

using namespace inlay;

/// One filter per channel, and then a dense layer over the channels of each pixel.
template <size_t In, size_t Out, size_t Stride = 1>
using separable = sequential<tflite::conv<In, 3, Stride, groups<In>>, relu, conv2d<Out, 1>, relu>;

/// MLPerf Tiny's MobileNetV1 0.25: whether a picture shows a person.
BOOST_AUTO_TEST_CASE(mobilenet) {
    using net_type =
        network<input<96, 96, 3>, tflite::conv<8, 3, 2>, relu, separable<8, 16>, separable<16, 32, 2>,
                separable<32, 32>, separable<32, 64, 2>, separable<64, 64>, separable<64, 128, 2>, separable<128, 128>,
                separable<128, 128>, separable<128, 128>, separable<128, 128>, separable<128, 128>,
                separable<128, 256, 2>, separable<256, 256>, global_avg_pool, dense<2>, softmax>;
    static_assert(net_type::parameter_count == 210'850);
    const auto file = zoo::numbers<std::uint8_t>("mlperf_tiny/vww_96_float.tflite");
    const auto net = tflite::with_weights<net_type>(tflite::read(file));
    tflite::check("MobileNetV1 0.25", *net, "mlperf_tiny/vww_input.f32", "mlperf_tiny/vww_output.f32", 1e-4);
}
