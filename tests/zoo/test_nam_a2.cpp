// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE zoo_nam_a2
#include "nam.hpp"

BOOST_AUTO_TEST_CASE(a2_lite) {
    static_assert(zoo::nam_a2_lite::parameter_count == 1870 && zoo::nam_a2_lite::streams_in_blocks<>);
    nam::check("A2 lite", *zoo::load_nam_a2_lite(zoo::folder() / zoo::nam_a2_file.name), "nam/output_a2_lite.f32", 8192);
}
BOOST_AUTO_TEST_CASE(a2_full) {
    static_assert(zoo::nam_a2_full::parameter_count == 12145);
    nam::check("A2 full", *zoo::load_nam_a2_full(zoo::folder() / zoo::nam_a2_file.name), "nam/output_a2_full.f32", 8192);
}
