// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_instance_norm
#include "../golden/compare.hpp"
#include "../golden/instance_norm.hpp"
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_images) { laws::obeys_laws<network<input<3, 2, 5>, instance_norm<1e-5, true>>>(); }
BOOST_AUTO_TEST_CASE(laws_between_layers) { // after an activation whose slope it applies, before one that it applies
    laws::obeys_laws_briefly<network<input<4, 2>, dense<17>, inlay::tanh, instance_norm<0.01, true>, sigmoid, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3, 2>, instance_norm<1e-5, true>>, 2>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<3, 2>, instance_norm<>>>(); }

BOOST_AUTO_TEST_CASE(as_torch) {
    namespace torch = golden::instance_norm;
    golden::compare<network<input<7, 3>, instance_norm<>>, 2>(torch::of_sequences::all);
    golden::compare<network<input<4, 3, 5>, instance_norm<0.1, true>>, 2>(torch::of_images::all);
}

BOOST_AUTO_TEST_CASE(an_offset_does_no_harm) {
    network<input<4, 1>, instance_norm<1e-9>> net;
    const auto y = net({1e5f + 1, 1e5f - 1, 1e5f + 1, 1e5f - 1});
    BOOST_TEST((std::abs(y[0] - 1) < 1e-6 && std::abs(y[1] + 1) < 1e-6));
}

BOOST_AUTO_TEST_CASE(tensors) {
    using net = network<input<4, 3>, instance_norm<1e-5, true>>;
    static_assert(net::parameter_count == 6 && net::find_tensor("0.weight") == 0 && net::find_tensor("0.bias") == 1);
    static_assert(net::tensors[0].role == tensor_role::scale && net::tensors[1].role == tensor_role::bias);
    static_assert(network<input<4, 3>, instance_norm<>>::parameter_count == 0);
    net it;
    initialize(it, seed{1});
    BOOST_TEST((it.canonical() == std::array<float, 6>{1, 1, 1, 0, 0, 0}));
}
