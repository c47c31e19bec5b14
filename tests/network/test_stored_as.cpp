// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_stored_as
#include "../laws.hpp"

using namespace inlay;

namespace {

using digits = network<input<64>, dense<32>, relu, dense<10>>;
template <size_t... Sizes>
using byte_dense = stored_as<std::int8_t, dense<Sizes...>>;
using small_digits = network<input<64>, byte_dense<32>, relu, byte_dense<10>>;

/// The same network in double, its weights multiplied out.
template <class Stored, class Net>
void equals_the_weights_multiplied_out() {
    auto net = std::make_unique<Net>();
    initialize(*net, seed{3});
    const auto stored = std::make_unique<Stored>(quantized<Stored>(*net));
    auto exact = std::make_unique<typename Net::template with_scalar<double>>();
    size_t t = 0;
    for (size_t i = 0; i < Net::tensor_count; ++i, ++t) {
        const tensor_spec& spec = Net::tensors[i];
        const auto at = [&](size_t tensor, size_t k) { return double(stored->element(Stored::parameter_index(tensor, k))); };
        const bool bytes = Stored::tensors[t].element == element_type::int8;
        const size_t width = spec.size / spec.extents[0];
        for (size_t k = 0; k < spec.size; ++k) {
            const double w = bytes ? at(t, k) * at(t + 1, k / width) : at(t, k);
            exact->element(Net::template with_scalar<double>::parameter_index(i, k), w);
            if (!bytes) continue;
            BOOST_TEST((at(t, k) == std::floor(at(t, k)) && std::abs(at(t, k)) <= 127));
            BOOST_TEST(std::abs(w - double(net->element(Net::parameter_index(i, k)))) <= at(t + 1, k / width) * 0.5001);
        }
        t += bytes;
    }
    BOOST_TEST(t == Stored::tensor_count);
    random_generator random(seed{4});
    for (int n = 0; n < 5; ++n) {
        typename Net::input_type x;
        laws::draw<float>(x, random, -1, 1);
        std::array<double, Net::input_size> same;
        for (size_t i = 0; i < x.size(); ++i) same[i] = double(x[i]);
        const auto y = (*stored)(x);
        const auto expected = (*exact)(same);
        std::vector<float> rounded(expected.begin(), expected.end());
        laws::check_close<float>("stored weights, and multiplied out", y, rounded, 1e-6);
    }
}

/// Outputs by the scalar twin.
template <class Net>
std::vector<float> in_scalars(const Net& net, const typename Net::input_type& x) {
    std::vector<float> y(Net::output_size), scratch(Net::inference_scratch + 1);
    net.template infer<kernels::scalar, 1>(x.data(), y.data(), scratch.data());
    return y;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_quarter_of_the_memory) {
    static_assert(small_digits::stored_extent == 64 * 32 + 32 * 10);
    static_assert(small_digits::tensor_count == 6 && small_digits::element_count == digits::element_count + 42);
    static_assert(small_digits::tensors[0].name == "0.weight" && small_digits::tensors[1].name == "0.weight_scale");
    static_assert(small_digits::tensors[2].name == "0.bias");
    static_assert(memory<small_digits>.parameter_bytes == sizeof(small_digits));
    static_assert(sizeof(small_digits) * 10 < sizeof(digits) * 3);
    static_assert(memory<small_digits>.layers[0].parameter_bytes == 64 * 32 + 2 * 32 * sizeof(float));
    static_assert(fits<small_digits, flash<2900>>);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(computes_with_the_weights_multiplied_out) {
    equals_the_weights_multiplied_out<small_digits, digits>();
    equals_the_weights_multiplied_out<
        network<input<5, 3>, byte_dense<7>, stored_as<std::int8_t, dense_without_bias<33>>, residual<byte_dense<33>>, gru<4>>,
        network<input<5, 3>, dense<7>, dense_without_bias<33>, residual<dense<33>>, gru<4>>>();
    equals_the_weights_multiplied_out<
        network<input<6>, parallel<dense<3>, sequential<named<"h", byte_dense<2>>, inlay::tanh, byte_dense<5>>>>,
        network<input<6>, parallel<dense<3>, sequential<named<"h", dense<2>>, inlay::tanh, dense<5>>>>>();
}

BOOST_AUTO_TEST_CASE(convolutions_over_time) {
    using conv = causal_conv1d<20, 3, 1, 2>;
    using last = causal_conv1d_without_bias<3, 2>;
    using stored = network<input<9, 5>, stored_as<std::int8_t, conv>, relu, stored_as<std::int8_t, last>>;
    static_assert(stored::tensors[0].extents[2] == 3 && stored::tensors[1].name == "0.weight_scale");
    equals_the_weights_multiplied_out<stored, network<input<9, 5>, conv, relu, last>>();
    laws::streaming_is_the_whole_sequence<stored>();
    laws::streaming_is_the_whole_sequence<stored, 4>();
}

BOOST_AUTO_TEST_CASE(recurrent_layers) {
    using stored = network<input<4, 5>, stored_as<std::int8_t, gru<7>>, stored_as<std::int8_t, lstm<20>>,
                           stored_as<std::int8_t, gru<17, relu, reset_before_product>>, stored_as<std::int8_t, lstm<9, projection<5>>>>;
    static_assert(stored::tensors[1].name == "0.weight_ih_l0_scale" && stored::tensors[3].name == "0.weight_hh_l0_scale");
    equals_the_weights_multiplied_out<stored, network<input<4, 5>, gru<7>, lstm<20>, gru<17, relu, reset_before_product>, lstm<9, projection<5>>>>();
    laws::streaming_is_the_whole_sequence<stored>();
    auto net = std::make_unique<stored>();
    random_generator random(seed{3});
    laws::draw_parameters(*net, random);
    stored::input_type x;
    laws::draw<float>(x, random, -1, 1);
    const auto y = (*net)(x);
    BOOST_TEST(in_scalars(*net, x) == std::vector<float>(y.begin(), y.end()));
}

BOOST_AUTO_TEST_CASE(the_same_bits_everywhere) {
    digits net;
    initialize(net, seed{1});
    const small_digits small = quantized<small_digits>(net);
    digits::input_type x;
    random_generator random(seed{2});
    laws::draw<float>(x, random, -1, 1);
    const auto y = small(x);
    BOOST_TEST(in_scalars(small, x) == std::vector<float>(y.begin(), y.end()));
    BOOST_TEST((small.infer<backend::size>(x) == y));
    std::array<digits::input_type, 3> batch{x, x, x};
    std::array<digits::output_type, 3> outputs;
    small(batch, outputs);
    BOOST_TEST((outputs[2] == y));
}

BOOST_AUTO_TEST_CASE(in_constant_expressions) {
    using tiny = network<input<2>, dense<2>>;
    using tiny_bytes = network<input<2>, byte_dense<2>>;
    static constexpr tiny_bytes net = [] {
        tiny wide;
        wide.parameter<"0.weight">() = {0.5f, -1.27f, 0, 0};
        wide.parameter<"0.bias">() = {1, 2};
        return quantized<tiny_bytes>(wide);
    }();
    static_assert(net.parameter<"0.weight">()(0, 0) == 50 && net.parameter<"0.weight">()(0, 1) == -127);
    static_assert(net.parameter<"0.weight">()[2] == 0 && net.parameter<"0.weight_scale">()[1] == 1);
    static constexpr auto y = net({1, 1});
    BOOST_TEST((net({1, 1}) == y));
    BOOST_TEST(y[0] == 1 + (50 - 127) * net.parameter<"0.weight_scale">()[0], boost::test_tools::tolerance(1e-6f));
    BOOST_TEST(y[1] == 2);
}

BOOST_AUTO_TEST_CASE(canonical_and_back) {
    digits net;
    initialize(net, seed{1});
    const small_digits small = quantized<small_digits>(net);
    small_digits copy;
    copy.assign(small.canonical());
    BOOST_TEST((copy.canonical() == small.canonical()));
    BOOST_TEST((copy(digits::input_type{}) == small(digits::input_type{})));
    copy.parameter<"2.weight">()(9, 31) = std::int8_t{-128};
    BOOST_TEST(copy.parameter<"2.weight">()(9, 31) == -128);
    BOOST_TEST(copy.canonical() [64 * 32 + 64 + 319] == -128.0f);
}

BOOST_AUTO_TEST_CASE(other_inputs_and_streams) {
    using net_type = network<input<6>, dense<4>, gru<5>, dense<3>>;
    using stored = network<input<6>, byte_dense<4>, gru<5>, byte_dense<3>>;
    net_type wide;
    initialize(wide, seed{5});
    const stored net = quantized<stored>(wide);
    random_generator random(seed{6});
    const std::vector<float> x = laws::drawn<float>(4 * 6, random);
    std::array<float, 24> all;
    std::copy(x.begin(), x.end(), all.begin());
    const auto y = net.as<input<4, 6>>()(all);
    stored::state_type state{}, same{};
    std::vector<float> streamed(12);
    BOOST_TEST(net.stream(x, streamed, same));
    for (size_t t = 0; t < 4; ++t) {
        stored::input_type one;
        std::copy_n(x.begin() + long(t * 6), 6, one.begin());
        const auto step = net(one, state);
        for (size_t i = 0; i < 3; ++i) {
            BOOST_TEST(step[i] == y[t * 3 + i]); // rows one by one: the same bits
            BOOST_TEST(step[i] == streamed[t * 3 + i]);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_comes_after_is_trained) {
    digits net;
    initialize(net, seed{7});
    using head = network<input<64>, byte_dense<32>, relu, dense<10>>;
    head tuned = quantized<head>(net);
    const head before = tuned;
    trainer<head, cross_entropy, sgd> t{tuned, {.learning_rate = 0.1}};
    random_generator random(seed{8});
    digits::input_type x;
    laws::draw<float>(x, random, 0, 1);
    const float first = t.step(x, 3);
    for (int i = 0; i < 20; ++i) (void)t.step(x, 3);
    BOOST_TEST(t.step(x, 3) < first / 4);
    for (size_t i = 0; i < 64 * 32; ++i) BOOST_TEST_REQUIRE(tuned.parameter<"0.weight">()[i] == before.parameter<"0.weight">()[i]);
}
