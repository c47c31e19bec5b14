// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE zoo_nam_a2
#include "nam.hpp"

using namespace inlay;

/// One array of 23 layers.
template <size_t Channels, size_t Kernel, size_t... Dilations>
using layers = sequential<nam::layer<leaky_relu<>, Channels, Kernel, Dilations>...>;
template <size_t Channels>
using a2 = network<input<1>, keep<"x">, causal_conv1d_without_bias<Channels, 1>,
                   layers<Channels, 6, 1, 3, 7, 17, 41, 101, 239, 1, 3, 7, 17, 41, 101, 239>, layers<Channels, 15, 1, 13>,
                   layers<Channels, 6, 1, 3, 7, 17, 41, 101, 239>, take<"skip">, causal_conv1d<1, 16>>;

BOOST_AUTO_TEST_CASE(a2_lite) {
    static_assert(a2<3>::parameter_count == 1870 && a2<3>::streams_in_blocks<>);
    nam::check<a2<3>>("A2 lite", "nam/A2.nam", "nam/output_a2_lite.f32", 8192);
}
BOOST_AUTO_TEST_CASE(a2_full) {
    static_assert(a2<8>::parameter_count == 12145);
    nam::check<a2<8>>("A2 full", "nam/A2.nam", "nam/output_a2_full.f32", 8192);
}
