// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_streaming_attention
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(the_usual_mask) {
    using whole = network<input<9, 6>, causal_self_attention<2, 16>>;
    laws::streaming_is_the_whole_sequence<whole>();
    laws::streaming_is_the_whole_sequence<whole, 2>();
    laws::streaming_is_the_whole_sequence<whole, 4>();
}
BOOST_AUTO_TEST_CASE(a_sliding_window) {
    using sliding = network<input<11, 6>, causal_self_attention<3, 4>>;
    laws::streaming_is_the_whole_sequence<sliding>();
    laws::streaming_is_the_whole_sequence<sliding, 3>();
    laws::streaming_is_the_whole_sequence<sliding, 5>(); // a block longer than the window
}
BOOST_AUTO_TEST_CASE(many_steps) {
    using vectors = network<input<40, 6>, causal_self_attention<2, 33>>;
    laws::streaming_is_the_whole_sequence<vectors>();
    laws::streaming_is_the_whole_sequence<vectors, 17>();
}

BOOST_AUTO_TEST_CASE(a_vector_is_one_step) {
    using step = network<input<6>, causal_self_attention<2, 3>>;
    using block = network<input<1, 6>, causal_self_attention<2, 3>>;
    auto one = std::make_unique<step>();
    initialize(*one, seed{3});
    block same;
    same.assign(one->canonical());
    step::state_type a{};
    block::state_type b{};
    random_generator random(seed{4});
    for (int t = 0; t < 8; ++t) {
        step::input_type x;
        laws::draw<float>(x, random, -1, 1);
        BOOST_TEST(((*one)(x, a) == same(x, b)));
    }
    BOOST_TEST((a == b));
}
