// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE golden_images
#include "compare.hpp"
#include "lanes.hpp"
#include "layers.hpp"

using namespace inlay;
namespace torch = golden::layers;

BOOST_AUTO_TEST_CASE(convolutions) {
    golden::compare<network<input<5, 6, 3>, conv2d<5, 3>>, 2>(torch::conv2d::all);
    golden::compare<network<input<6, 7, 2>, conv2d<7, window{3, 2}, window{2, 3}, window{1, 2}>>, 2>(
        torch::conv2d_strided::all);
    golden::compare<network<input<3, 2, 1>, conv2d<35, 2, 1, 1>>, 1>(torch::conv2d_wide::all);
    golden::compare<network<input<4, 20, 1>, conv2d<3, window{2, 3}, 1, window{1, 0}>>, 2>(golden::lanes::conv2d::all);
}

BOOST_AUTO_TEST_CASE(max_pools) {
    golden::compare<network<input<7, 6, 2>, max_pool2d<3, 2>>, 2>(torch::max_pool2d::all);
    golden::compare<network<input<5, 7, 3>, max_pool2d<window{2, 3}>>, 1>(torch::max_pool2d_window::all);
}

BOOST_AUTO_TEST_CASE(a_small_image_net) {
    golden::compare<network<input<6, 6, 2>, conv2d<5, 3, 1, 1>, relu, max_pool2d<2>, flatten, dense<4>>, 2>(
        torch::image_net::all);
    golden::compare<
        network<input<6, 10, 1>, conv2d<6, 3>, inlay::tanh, max_pool2d<2>, flatten, dense<5>, inlay::tanh, dense<3>>,
        2>(golden::lanes::image_net::all);
}
