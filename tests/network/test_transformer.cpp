// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_transformer
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_a_llama) {
    laws::obeys_laws_of_connections<network<input<3, 4>, llama_block<4, 2, 1, 3, 5>>>();
}

/// Through its state a decoder gives what it gives for the whole sequence.
BOOST_AUTO_TEST_CASE(a_decoder_streams) {
    using net_type = network<input<6, 4>, decoder_block_norm_first<4, 2, 6, 8, gelu_tanh>, decoder_block<4, 2, 6, 8>>;
    net_type net;
    random_generator random(seed{7});
    laws::draw_parameters(net, random);
    const auto x = laws::drawn<float>(24, random);
    net_type::input_type whole{};
    for (size_t i = 0; i < x.size(); ++i) whole[i] = x[i];
    network<input<4>, decoder_block_norm_first<4, 2, 6, 8, gelu_tanh>, decoder_block<4, 2, 6, 8>>::state_type state{};
    std::vector<float> steps;
    for (size_t t = 0; t < 6; ++t)
        for (const float y : net.as<input<4>>()({x[4 * t], x[4 * t + 1], x[4 * t + 2], x[4 * t + 3]}, state)) steps.push_back(y);
    laws::check_close<float>("steps and the whole", steps, net(whole), 1e-6);
}

/// PyTorch's places, but for the attention's weights; without it nothing is left.
BOOST_AUTO_TEST_CASE(blocks_with_dropout) {
    using block = encoder_block<6, 2, 9, relu, 0.1>;
    static_assert(std::is_same_v<block, sequential<residual<self_attention<2>, dropout<0.1>>, layer_norm<>,
                                                   residual<sequential<dense<9>, relu, dropout<0.1>, dense<6>>, dropout<0.1>>,
                                                   layer_norm<>>>);
    static_assert(std::is_same_v<encoder_block<6, 2, 9, relu, 0>,
                                 sequential<residual<self_attention<2>>, layer_norm<>,
                                            residual<sequential<dense<9>, relu, dense<6>>>, layer_norm<>>>);
    static_assert(std::is_same_v<decoder_block_norm_first<6, 2, 4, 9, gelu, 0.25>,
                                 sequential<residual<layer_norm<>, causal_self_attention<2, 4>, dropout<0.25>>,
                                            residual<layer_norm<>, sequential<dense<9>, gelu, dropout<0.25>, dense<6>>,
                                                     dropout<0.25>>>>);
    laws::obeys_laws_of_connections<network<input<3, 4>, encoder_block_norm_first<4, 2, 5, relu, 0.3>>>();
    network<input<3, 4>, encoder_block<4, 2, 5>> plain;
    network<input<3, 4>, encoder_block<4, 2, 5, relu, 0.5>> dropping;
    random_generator random(seed{7});
    laws::draw_parameters(plain, random);
    dropping.assign(plain.canonical());
    const std::array<float, 12> x = {1, 2, 3, -1, 0.5f, 2, 1, 1, -2, 0, 1, 3};
    BOOST_TEST(plain(x) == dropping(x), boost::test_tools::per_element()); // in inference it does nothing
}

BOOST_AUTO_TEST_CASE(names) {
    using post = network<input<4, 6>, encoder_block<6, 2, 9>>;
    static_assert(post::find_tensor("0.0.0.in_proj_weight") == 0 && post::find_tensor("0.1.weight") == 4);
    static_assert(post::find_tensor("0.2.0.0.weight") == 6 && post::find_tensor("0.2.0.2.weight") == 8);
    static_assert(post::find_tensor("0.3.bias") == 11 && post::tensor_count == 12);
    using pre = network<input<4, 6>, encoder_block_norm_first<6, 2, 9>>;
    static_assert(pre::find_tensor("0.0.0.weight") == 0 && pre::find_tensor("0.0.1.in_proj_weight") == 2);
    static_assert(pre::find_tensor("0.1.0.weight") == 6 && pre::find_tensor("0.1.1.0.weight") == 8);
    BOOST_TEST(true);
}
