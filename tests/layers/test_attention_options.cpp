// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_attention_options
#include "../laws.hpp"

using namespace inlay;

using llama_like = causal_self_attention<4, 4, key_value_heads<2>, rotary<>, without_bias>;

BOOST_AUTO_TEST_CASE(laws_of_a_window) { // all steps, then steps that the window has left behind
    laws::obeys_laws_briefly<network<input<6, 8>, llama_like>>();
    laws::streaming_is_the_whole_sequence<network<input<9, 8>, llama_like>, 2>();
}

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<2, 4>, causal_self_attention<2, 2, key_value_heads<1>, rotary<>>>>();
}

BOOST_AUTO_TEST_CASE(tensors) {
    using net = network<input<5, 8>, llama_like>;
    static_assert(net::tensor_count == 2 && net::tensors[0].extents[0] == 16 && net::tensors[0].extents[1] == 8);
    static_assert(net::tensors[0].name == "0.in_proj_weight" && net::tensors[1].name == "0.out_proj.weight");
    static_assert(net::tensors[1].extents[0] == 8 && net::tensors[1].extents[1] == 8);
    using wide = network<input<8>, causal_self_attention<2, 32, head_size<10>>>;
    static_assert(wide::tensors[0].extents[0] == 60 && wide::tensors[2].extents[1] == 20);
    static_assert(wide::state_size == 32 * 20 * 2 + 1); // keys and values, and a counter
    static_assert(network<input<8>, causal_self_attention<2, 32, head_size<10>, rotary<>>>::state_size == wide::state_size + 1);
    static_assert(network<input<8>, causal_self_attention<2, 32, key_value_heads<1>>>::state_size == 32 * 4 * 2 + 1);
    BOOST_TEST(true);
}

/// What sees only differences of positions does not know where the sequence began, however long ago that was.
BOOST_AUTO_TEST_CASE(the_millionth_position_is_as_good_as_the_first) {
    using net_type = network<input<4>, causal_self_attention<1, 3, rotary<>>>;
    net_type net;
    initialize(net, seed{3});
    random_generator random(seed{4});
    net_type::state_type early{}, late{};
    set_counter(&late.back(), 5'000'000);
    for (size_t t = 0; t < 6; ++t) {
        net_type::input_type x;
        for (float& value : x) value = random.uniform(-2.0f, 2.0f);
        laws::check_close<float>("step " + std::to_string(t), net(x, early), net(x, late), 1e-6);
    }
    BOOST_TEST(counter(&late.back()) == 5'000'006u);
}

BOOST_AUTO_TEST_CASE(angles) {
    for (const std::uint64_t position : {0u, 1u, 2u, 3u, 7u, 100u, 12345u})
        for (size_t i = 0; i < 4; ++i) {
            const double angle = static_cast<double>(position) * std::pow(10000, -static_cast<double>(i) / 4);
            const auto fine = inlay::detail::on_circle<double>(inlay::detail::turns_of<10000, 8>[i] * position);
            const auto single = inlay::detail::on_circle<float>(inlay::detail::turns_of<10000, 8>[i] * position);
            BOOST_TEST(std::abs(fine.cosine - std::cos(angle)) < 1e-15 * (2 + angle));
            BOOST_TEST(std::abs(fine.sine - std::sin(angle)) < 1e-15 * (2 + angle));
            BOOST_TEST(std::abs(static_cast<double>(single.cosine) - fine.cosine) < 1.2e-7);
            BOOST_TEST(std::abs(static_cast<double>(single.sine) - fine.sine) < 1.2e-7);
        }
}
