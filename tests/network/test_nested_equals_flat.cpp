// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Layers without parameters, layers that change the shape, and what a list passes on: see nesting.hpp.
#define BOOST_TEST_MODULE network_nested_equals_flat
#include "nesting.hpp"

using namespace nesting;

BOOST_AUTO_TEST_CASE(element_wise_layers) {
    nested_equals_flat<vector, dense<5>, inlay::tanh>("tanh"); // backward reads the output
    nested_equals_flat<vector, dense<5>, gelu>("gelu");        // backward reads the input
    nested_equals_flat<vector, dense<5>, softmax>("softmax");
    nested_equals_flat<vector, dense<5>, dropout<0.3>>("dropout");
    nested_equals_flat<vector, dense<5>, flatten>("flatten");
}
/// Layers that change the shape.
BOOST_AUTO_TEST_CASE(images) {
    using conv = conv2d<2, 3, 1, 1>;
    same("conv2d",
         run<fine<image, sequential<conv>, inlay::tanh, sequential<inlay::tanh, conv>, sigmoid,
                  sequential<conv, relu>>>(),
         run<fine<image, conv, inlay::tanh, inlay::tanh, conv, sigmoid, conv, relu>>());
    using pool = max_pool2d<2, 1>;
    same("max_pool2d",
         run<fine<image, conv, sequential<pool>, inlay::tanh, sequential<conv, pool>, sigmoid, sequential<pool, relu>,
                  dense_head>>(),
         run<fine<image, conv, pool, inlay::tanh, conv, pool, sigmoid, pool, relu, flatten, dense<3>>>());
    using tiled = max_pool2d<2>;
    same("max_pool2d after an activation",
         run<fine<image, conv, inlay::tanh, sequential<tiled, inlay::tanh>, dense_head>>(),
         run<fine<image, conv, inlay::tanh, tiled, inlay::tanh, flatten, dense<3>>>());
}
BOOST_AUTO_TEST_CASE(sequences) {
    same("last_step",
         run<fine<sequence, sequential<gru<5>, last_step>, inlay::tanh, sequential<dense<3>, softmax>, inlay::tanh>>(),
         run<fine<sequence, gru<5>, last_step, inlay::tanh, dense<3>, softmax, inlay::tanh>>());
}

/// What a layer with a gradient of its own needs is asked inside a list too.
BOOST_AUTO_TEST_CASE(a_list_passes_on_what_its_layers_need) {
    using plain = basic_network<double, vector, dense<5>, sequential<dense<5>, inlay::tanh>, dense<2>>::chain_type;
    static_assert(plain::bound<1>::traits.backward_needs_output);
    static_assert(plain::bound<1>::traits.takes_slope && !plain::bound<1>::traits.in_place);
    using tail = basic_network<double, vector, sequential<relu, dense<5>>>::chain_type;
    static_assert(!tail::bound<0>::traits.backward_needs_input && tail::bound<0>::traits.takes_epilogue);
    using in_place = basic_network<double, vector, sequential<relu, flatten>>::chain_type;
    static_assert(in_place::bound<0>::traits.in_place);
    using random = basic_network<double, vector, residual<parallel<dropout<0.5>>>>::chain_type;
    static_assert(random::traits.random_in_training && !random::bound<0>::traits.in_place);
    BOOST_TEST(true);
}

/// Only what is trained needs a gradient: nothing before `step` is.
BOOST_AUTO_TEST_CASE(frozen_before_a_step) {
    using net = network<vector, frozen<sequential<dense<4>, step, dense<2>>, "0.weight", "0.bias">, dense<1>>;
    static_assert(net::trainable_count == 4 * 2 + 2 + 2 + 1);
    net it;
    initialize(it, seed{1});
    trainer<net, mean_squared_error, sgd> trainer{it, {.learning_rate = 0.1}};
    const std::array<float, 5> x = {1, -1, 0.5f, 2, 0};
    const std::array<float, 1> wanted = {0.25f};
    float loss = 0;
    for (int i = 0; i < 200; ++i) loss = trainer.step(x, wanted);
    BOOST_TEST(loss < 1e-6f);
}

BOOST_AUTO_TEST_CASE(frozen_keeps_a_name) {
    using net = network<vector, frozen<named<"h", dense<4>>>, named<"o", frozen<dense<1>>>>;
    static_assert(net::find_tensor("h.weight") == 0 && net::find_tensor("o.bias") == 3);
    BOOST_TEST(net::trainable_count == 0u);
}
