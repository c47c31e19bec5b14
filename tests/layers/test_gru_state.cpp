// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_gru_state
#include "../laws.hpp"

using namespace inlay;

template <class T>
void steps_with_a_state_are_a_sequence() {
    using steps = basic_network<T, input<3>, gru<5>, gru<2>>;
    using sequence = basic_network<T, input<4, 3>, gru<5>, gru<2>>;
    static_assert(std::tuple_size_v<typename steps::state_type> == 7);
    static_assert(steps::parameter_count == sequence::parameter_count);
    steps one;
    initialize(one, seed{5});
    sequence all;
    all.assign(one.canonical());
    random_generator random(seed{6});
    std::array<T, 12> x{};
    laws::draw<T>(x, random, T(-1), T(1));
    const auto expected = all(x);
    typename steps::state_type state{};
    for (size_t t = 0; t < 4; ++t) {
        const auto y = one(std::array<T, 3>{x[3 * t], x[3 * t + 1], x[3 * t + 2]}, state);
        for (size_t i = 0; i < 2; ++i) BOOST_TEST(y[i] == expected[2 * t + i]); // not one bit apart
        BOOST_TEST((std::array<T, 2>{state[5], state[6]} == y)); // what the second layer carries is what it gave
    }
    const auto fresh = one(std::array<T, 3>{x[0], x[1], x[2]});
    BOOST_TEST(fresh[0] == expected[0]); // without a state: from zero
}
BOOST_AUTO_TEST_CASE(state) {
    steps_with_a_state_are_a_sequence<float>();
    steps_with_a_state_are_a_sequence<double>();
}

BOOST_AUTO_TEST_CASE(every_sample_of_a_batch_has_its_state) {
    using net = network<input<3>, gru<5>>;
    net one;
    initialize(one, seed{5});
    random_generator random(seed{7});
    auto x = laws::drawn<float>(6, random), states = laws::drawn<float>(10, random);
    std::array<net::state_type, 2> own{};
    for (size_t i = 0; i < 10; ++i) own[i / 5][i % 5] = states[i];
    std::array<float, 10> y{};
    std::vector<float> scratch(net::chain_type::forward_scratch(2, false));
    one.infer<kernels::native, 2>(x.data(), y.data(), scratch.data(), states.data());
    for (size_t n = 0; n < 2; ++n) {
        const auto single = one({x[3 * n], x[3 * n + 1], x[3 * n + 2]}, own[n]);
        for (size_t i = 0; i < 5; ++i) {
            BOOST_TEST(single[i] == y[5 * n + i]);
            BOOST_TEST(states[5 * n + i] == own[n][i]);
        }
    }
}

BOOST_AUTO_TEST_CASE(saturated_gates_keep_or_replace) {
    network<input<1>, gru<1>> net;
    decltype(net)::state_type state = {0.75f};
    net.parameter<"0.bias_ih_l0">()(1) = 100; // z = 1: h' = h
    BOOST_TEST(net({3}, state)[0] == 0.75f);
    net.parameter<"0.bias_ih_l0">()(1) = -100; // z = 0: h' = n = tanh 100
    net.parameter<"0.bias_ih_l0">()(2) = 100;
    BOOST_TEST(net({3}, state)[0] == 1.0f);
}

BOOST_AUTO_TEST_CASE(stacked) {
    using net = basic_network<double, input<3, 2>, gru<3>, gru<1>, last_step>;
    const auto two = laws::subject_of<net, 2>();
    laws::simd_equals_scalar(two, laws::subject_of<net, 2, kernels::scalar>());
    laws::gradient_is_the_derivative(two);
}
