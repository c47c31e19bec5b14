// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_causal_attention
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_the_steps_before) {
    laws::obeys_laws_briefly<network<input<4, 6>, causal_self_attention<3, 8>>>();
    laws::obeys_laws_briefly<network<input<6, 4>, residual<causal_self_attention<1, 3>>>>();
}
BOOST_AUTO_TEST_CASE(laws_of_one_step) { laws::obeys_laws_of_elements<network<input<5>, causal_self_attention<1, 4>>>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<4, 4>, causal_self_attention<2, 3>>>(); }
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3, 2>, causal_self_attention<2, 2>>>(); }

BOOST_AUTO_TEST_CASE(no_step_sees_a_later_one) {
    using net_type = network<input<6, 4>, causal_self_attention<2, 6>>;
    net_type net;
    initialize(net, seed{1});
    random_generator random(seed{2});
    net_type::input_type x;
    laws::draw<float>(x, random, -1, 1);
    const auto before = net(x);
    for (size_t i = 4 * 4; i < x.size(); ++i) x[i] = std::numeric_limits<float>::quiet_NaN();
    const auto after = net(x);
    for (size_t i = 0; i < 4 * 4; ++i) BOOST_TEST(before[i] == after[i]);
    for (size_t i = 4 * 4; i < x.size(); ++i) BOOST_TEST(after[i] != after[i]);
}
