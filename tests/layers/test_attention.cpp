// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_attention
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_all_steps) { laws::obeys_laws<network<input<5, 6>, self_attention<2>>>(); }
BOOST_AUTO_TEST_CASE(many_steps) { laws::fits_registers<network<input<33, 18>, self_attention<1>>>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<3, 4>, self_attention<2>>>(); }
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2, 2>, self_attention<1>>>(); }

BOOST_AUTO_TEST_CASE(tensors_and_start) {
    using net_type = network<input<10, 8>, causal_self_attention<2, 16>>;
    static_assert(net_type::parameter_count == 4 * 8 * 8 + 4 * 8);
    static_assert(net_type::tensors[0].name == "0.in_proj_weight" && net_type::tensors[1].name == "0.in_proj_bias");
    static_assert(net_type::tensors[2].name == "0.out_proj.weight" && net_type::tensors[3].name == "0.out_proj.bias");
    static_assert(net_type::state_size == 2 * 16 * 8 + 1);
    static_assert(network<input<10, 8>, self_attention<2>>::state_size == 0);
    net_type net;
    initialize(net, seed{1});
    const auto largest = [](const auto& view) {
        float most = 0;
        for (size_t i = 0; i < view.size(); ++i) most = std::max(most, std::abs(view[i]));
        return most;
    };
    const float xavier = std::sqrt(6.0f / (8 + 24)), plain = std::sqrt(1.0f / 8);
    BOOST_TEST((largest(net.parameter<"0.in_proj_weight">()) <= xavier && largest(net.parameter<"0.in_proj_weight">()) > 0.9f * xavier));
    BOOST_TEST((largest(net.parameter<"0.out_proj.weight">()) <= plain && largest(net.parameter<"0.out_proj.weight">()) > 0.85f * plain));
    BOOST_TEST(largest(net.parameter<"0.in_proj_bias">()) == 0);
    BOOST_TEST(largest(net.parameter<"0.out_proj.bias">()) == 0);
}
