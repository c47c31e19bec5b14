// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_quantize
#include "../laws.hpp"

#include <cmath>

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_after_it) {
    laws::obeys_laws<network<input<6>, frozen<dense<8>>, quantize<>, dequantize, dense<3>>>();
}
BOOST_AUTO_TEST_CASE(laws_of_wider_integers) {
    laws::obeys_laws_briefly<network<input<5>, quantize<std::uint16_t>, dequantize, frozen<dense<3>>, quantize<std::int16_t>,
                                     sequential<dequantize, inlay::tanh>, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(laws_where_lists_end_with_integers) { // and of integers from the start
    laws::obeys_laws_briefly<
        network<input_of<std::int8_t, 3, 2>, sequential<dequantize, frozen<dense<5>>, quantize<>>, dequantize,
                parallel<sequential<quantize<std::uint8_t>, dequantize>, dense<2>>, last_step, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(laws_beside_kept_values) {
    laws::obeys_laws_briefly<network<input<6>, frozen<dense<4>>, keep<"x">, frozen<dense<5>>, quantize<std::int16_t>, dequantize,
                                     frozen<dense<4>>, plus<"x">, quantize<>, dequantize, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<4>, frozen<dense<3>>, quantize<>, dequantize, dense<2>>, 2>();
}

BOOST_AUTO_TEST_CASE(values_and_types) {
    using net_type = network<input<9>, quantize<>>;
    static_assert(std::is_same_v<net_type::output_type, std::array<std::int8_t, 9>>);
    net_type net;
    net.parameter<"0.scale">() = {0.5f};
    net.parameter<"0.zero_point">() = {-3};
    const float inf = std::numeric_limits<float>::infinity();
    const net_type::output_type expected = {-3, -3, -1, -1, -5, 127, -128, -128, 127}; // ties to even
    BOOST_TEST((net({0, 0.25f, 0.75f, 1.25f, -1.25f, 65, -63, std::nanf(""), inf}) == expected));

    network<input_of<std::int8_t, 3>, dequantize> back;
    back.parameter<"0.scale">() = {0.5f};
    back.parameter<"0.zero_point">() = {-3};
    BOOST_TEST((back({-3, 127, -128}) == std::array<float, 3>{0, 65, -62.5f}));
}

BOOST_AUTO_TEST_CASE(every_boundary_is_planned_in_bytes) {
    // Two hidden values of 64: float beside float, or float beside int8.
    using floats = network<input<64>, dense<64>, flatten, dense<64>, relu, dense<2>>;
    using bytes = network<input<64>, quantize<>, dequantize, dense<2>>;
    using words = network<input<64>, quantize<std::int16_t>, dequantize, dense<2>>;
    static_assert(floats::inference_scratch * sizeof(float) == (64 + 64) * 4);
    static_assert(bytes::inference_scratch * sizeof(float) == 64 + 64 * 4);
    static_assert(words::inference_scratch * sizeof(float) == 2 * 64 + 64 * 4);
    static_assert(basic_network<double, input<64>, quantize<>, dequantize, dense<2>>::inference_scratch * sizeof(double) ==
                  64 + 64 * 8);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(what_comes_after_it_is_trained) {
    using net_type = network<input<2>, quantize<>, dequantize, dense<8>, inlay::tanh, dense<1>>;
    auto net = std::make_unique<net_type>();
    initialize(*net, seed{3});
    net->parameter<"0.scale">() = {1.f / 127};
    net->parameter<"1.scale">() = {1.f / 127};
    std::vector<net_type::input_type> x;
    std::vector<net_type::output_type> y;
    for (float a : {-1.f, 1.f})
        for (float b : {-1.f, 1.f}) x.push_back({a, b}), y.push_back({a * b});
    trainer<net_type, mean_squared_error, adam, batch<4>> t{*net, adam{.learning_rate = 0.05}};
    float loss = 0;
    for (int i = 0; i < 200; ++i) loss = t.step(x, y);
    BOOST_TEST(loss < 0.01f);
    BOOST_TEST(net->parameter<"0.scale">()[0] == 1.f / 127);
}
