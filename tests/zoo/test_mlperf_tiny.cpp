// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// MLPerf Tiny's reference models in float (mlcommons/tiny), from the .tflite files as published: their converter has merged batch
// normalisations into the weights. The reference is what TensorFlow Lite Micro makes of them.
#define BOOST_TEST_MODULE zoo_mlperf_tiny
#include "mlperf_tiny.hpp"

using namespace inlay;

namespace {

std::vector<std::uint8_t> image_classes() { return zoo::numbers<std::uint8_t>("mlperf_tiny/pretrainedResnet.tflite"); }

} // namespace

/// Whether a machine sounds as it should: the sound through eight numbers and back.
BOOST_AUTO_TEST_CASE(autoencoder) {
    static_assert(zoo::autoencoder::parameter_count == 265'864);
    const auto net = zoo::load_autoencoder(zoo::folder() / zoo::autoencoder_file.name);
    mlperf_tiny::check("autoencoder", *net, "mlperf_tiny/ad_input.f32", "mlperf_tiny/ad_output.f32", 1e-4);
}

/// ResNet-8: which of ten things an image shows.
BOOST_AUTO_TEST_CASE(resnet_8) {
    static_assert(zoo::resnet_8::parameter_count == 77'706);
    const auto net = zoo::load_resnet_8(zoo::folder() / zoo::resnet_8_file.name);
    mlperf_tiny::check("ResNet-8", *net, "mlperf_tiny/ic_input.f32", "mlperf_tiny/ic_output.f32", 1e-4);
}

// ---- the reader --------------------------------------------------------------------------------------------------------

/// The file has the layers of the network above, in the same order.
BOOST_AUTO_TEST_CASE(operations) {
    using op = tflite::operation;
    const std::vector<op> expected{op::conv_2d,         op::conv_2d, op::conv_2d,         op::add,
                                   op::conv_2d,         op::conv_2d, op::conv_2d,         op::add,
                                   op::conv_2d,         op::conv_2d, op::conv_2d,         op::add,
                                   op::average_pool_2d, op::reshape, op::fully_connected, op::softmax};
    BOOST_TEST((tflite::read(image_classes()).operations == expected));
}

/// Another network's weights are not taken.
BOOST_AUTO_TEST_CASE(weights_of_another_network) {
    BOOST_CHECK_THROW(zoo::load_resnet_8(zoo::folder() / zoo::autoencoder_file.name), tflite::error);
    BOOST_CHECK_THROW(zoo::load_resnet_8(zoo::folder() / "mlperf_tiny/none.tflite"), file_error);
}

/// Weights of one byte are not read as others.
BOOST_AUTO_TEST_CASE(weights_of_another_type) {
    BOOST_CHECK_EXCEPTION(
        tflite::read(zoo::numbers<std::uint8_t>("mlperf_tiny/ad01_int8.tflite")), tflite::error,
        [](const tflite::error& e) { return std::string(e.what()).find("float32") != std::string::npos; });
}

/// A file cut short is refused, and one with a wrong byte is refused or read: nothing else happens.
BOOST_AUTO_TEST_CASE(broken_files) {
    auto file = image_classes();
    for (size_t part = 0; part < 64; ++part)
        BOOST_CHECK_THROW(tflite::read(std::span(file).first(file.size() * part / 64)), tflite::error);
    size_t refused = 0;
    for (size_t at = 0; at < 6000; at += 7) // tables; most of the rest are weights
        for (const std::uint8_t wrong : {std::uint8_t{0x01}, std::uint8_t{0x80}, std::uint8_t{0xff}}) {
            const std::uint8_t right = std::exchange(file[at], static_cast<std::uint8_t>(file[at] ^ wrong));
            try {
                (void)tflite::read(file);
            } catch (const tflite::error&) { ++refused; }
            file[at] = right;
        }
    BOOST_TEST(refused > 100u);
}
