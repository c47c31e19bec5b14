// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE zoo_mlperf_tiny_mobilenet
#include "mlperf_tiny.hpp"

/// MLPerf Tiny's MobileNetV1 0.25: whether a picture shows a person.
BOOST_AUTO_TEST_CASE(mobilenet) {
    static_assert(zoo::mobilenet_v1::parameter_count == 210'850);
    const auto net = zoo::load_mobilenet_v1(zoo::folder() / zoo::mobilenet_v1_file.name);
    mlperf_tiny::check("MobileNetV1 0.25", *net, "mlperf_tiny/vww_input.f32", "mlperf_tiny/vww_output.f32", 1e-4);
}
