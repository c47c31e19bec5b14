// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network
#include "../laws.hpp"

using namespace inlay;

using digits = network<input<64>, dense<32>, relu, dense<10>>;

BOOST_AUTO_TEST_CASE(what_the_compiler_knows) {
    static_assert(digits::input_size == 64 && digits::output_size == 10 && digits::layer_count == 3);
    static_assert(digits::parameter_count == 64 * 32 + 32 + 32 * 10 + 10);
    static_assert(digits::trainable_count == digits::parameter_count);
    static_assert(std::is_same_v<digits::layer<1>, relu>);
    static_assert(std::is_same_v<digits::layer_input<2>, shape<32>>);
    static_assert(std::is_same_v<digits::layer_output<2>, shape<10>>);
    static_assert(
        std::is_same_v<digits::with_scalar<double>, basic_network<double, input<64>, dense<32>, relu, dense<10>>>);
    static_assert(std::is_trivially_copyable_v<digits>);
    using image = network<input<8, 8, 1>, conv2d<5, 3>, relu, max_pool2d<2>, flatten, dense<10>>;
    static_assert(std::is_same_v<image::layer_output<0>, shape<6, 6, 5>>);
    static_assert(std::is_same_v<image::layer_output<3>, shape<45>>);
    static_assert(image::parameter_count == 5 * 9 + 5 + 45 * 10 + 10);
    using sequence = network<input<7, 3>, gru<5>, last_step, dense<2>>;
    static_assert(std::is_same_v<sequence::output_shape, shape<2>>);
    static_assert(std::tuple_size_v<sequence::state_type> == 5);
    static_assert(std::tuple_size_v<digits::state_type> == 0);
    BOOST_TEST(true);
}

template <class Net>
std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const tensor_spec& spec : Net::tensors) all.emplace_back(spec.name.view());
    return all;
}

BOOST_AUTO_TEST_CASE(names_are_those_of_state_dict) {
    const std::vector<std::string> plain{"0.weight", "0.bias", "2.weight", "2.bias"};
    BOOST_TEST(names<digits>() == plain, boost::test_tools::per_element());
    using given = network<input<3>, named<"hidden", dense<5>>, relu, named<"out", dense_without_bias<2>>>;
    const std::vector<std::string> own{"hidden.weight", "hidden.bias", "out.weight"};
    BOOST_TEST(names<given>() == own, boost::test_tools::per_element());
    using nested = network<input<3>, dense<3>, residual<dense<5>, relu, dense<3>>,
                           named<"fork", parallel<dense<2>, sequential<dense<4>, named<"tip", dense<1>>>>>>;
    const std::vector<std::string> paths{"0.weight", "0.bias", "1.0.weight", "1.0.bias", "1.2.weight", "1.2.bias",
                                         "fork.0.weight", "fork.0.bias", "fork.1.0.weight", "fork.1.0.bias",
                                         "fork.1.tip.weight", "fork.1.tip.bias"};
    BOOST_TEST(names<nested>() == paths, boost::test_tools::per_element());
    static_assert(nested::find_tensor("1.2.bias") == 5 && nested::find_tensor("1.2.nothing") == nested::tensor_count);
}

BOOST_AUTO_TEST_CASE(parameters_by_name) {
    using net = network<input<3>, named<"hidden", dense<37>>, relu, dense<2>>;
    net n;
    auto weight = n.parameter<"hidden.weight">();
    static_assert(weight.size() == 37 * 3);
    BOOST_TEST(weight.name() == "hidden.weight");
    weight(36, 2) = 5; // in the second panel
    BOOST_TEST(weight[36 * 3 + 2] == 5.0f);
    n.parameter<"2.weight">()(1, 36) = 2;
    n.parameter<"2.bias">() = {7, 8};
    const auto y = n({0, 0, 1.5f});
    BOOST_TEST(y[0] == 7.0f);
    BOOST_TEST(y[1] == 8.0f + 2 * 7.5f);
    const net& unchanging = n;
    BOOST_TEST((unchanging.parameter<"hidden.weight">()(36, 2)) == 5.0f);
    static_assert(std::is_const_v<std::remove_reference_t<decltype(unchanging.parameter<"2.bias">()(0))>>);
}

template <class Net>
void round_trip() {
    laws::layout_is_a_bijection<Net>();
    const auto net = std::make_unique<Net>(), copy = std::make_unique<Net>();
    std::vector<float> values(Net::parameter_count);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i + 1);
    net->assign(std::span<const float, Net::parameter_count>(values.data(), Net::parameter_count));
    const auto canonical = net->canonical();
    BOOST_TEST(canonical == values, boost::test_tools::per_element());
    copy->assign(canonical);
    laws::check_same_bits<float>("parameters", net->parameters(), copy->parameters());
    size_t at = 0; // tensor by tensor, row-major
    for (size_t t = 0; t < Net::tensor_count; ++t)
        for (size_t i = 0; i < Net::tensors[t].size; ++i)
            BOOST_TEST_REQUIRE(net->parameters()[Net::parameter_index(t, i)] == values[at++]);
}
BOOST_AUTO_TEST_CASE(canonical_and_assign) {
    round_trip<digits>();
    round_trip<network<input<5, 5, 3>, conv2d<35, window{2, 3}>, flatten, dense<3>>>();
    round_trip<network<input<4, 3>, gru<5>, last_step, frozen<dense<7>>, dense<33>>>();
    round_trip<network<input<3>, residual<dense<5>, relu, dense<3>>, parallel<dense<2>, dense<40>>>>();
}

BOOST_AUTO_TEST_CASE(memory_shares_by_lifetime) {
    constexpr size_t step = detail::alignment<float>;
    static_assert(digits::inference_scratch == round_up(32, step)); // relu works on dense's results in registers
    static_assert(memory<digits>.parameter_bytes == sizeof(digits));
    static_assert(sizeof(digits) == sizeof(float) * digits::parameter_extent);
    static_assert(memory<digits>.inference_bytes == 4 * round_up(32, step));
    static_assert(memory<digits>.multiply_accumulates == 64 * 32 + 32 * 10);
    static_assert(memory<digits>.state_bytes == 0);
    // A deep net needs the two largest neighbours, not the sum of all.
    using deep = network<input<16>, dense<64>, relu, dense<48>, relu, dense<64>, relu, dense<48>, relu, dense<2>>;
    static_assert(deep::inference_scratch == 64 + 48);
    static_assert(memory<network<input<3>, gru<8>>>.state_bytes == 32);
    static_assert(sizeof(workspace<digits, 32>) >= 4 * 32 * (32 + 10 + 10));
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(calls) {
    digits net;
    initialize(net, seed{3});
    random_generator random(seed{4});
    std::array<float, 64> x{};
    laws::draw<float>(x, random, -1, 1);
    const digits& unchanging = net;
    const auto y = unchanging(x);
    const std::vector<float> elsewhere(x.begin(), x.end());
    BOOST_TEST(unchanging(std::span<const float, 64>(elsewhere.data(), 64)) == y, boost::test_tools::per_element());
    std::array<float, 10> z{};
    std::array<float, digits::inference_scratch> scratch{};
    net.infer<kernels::scalar, 1>(x.data(), z.data(), scratch.data());
    BOOST_TEST(y == z, boost::test_tools::per_element());
    const digits copy = net;
    BOOST_TEST(copy(x) == y, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(constant_expression) {
    constexpr auto y = [] {
        network<input<2>, dense<3>, relu, dense<5>> net;
        initialize(net, seed{11});
        return net({0.25f, -0.5f});
    }();
    network<input<2>, dense<3>, relu, dense<5>> net;
    initialize(net, laws::at_run_time(11));
    laws::check_same_bits<float>("a net started and run by the compiler", y, net({0.25f, -0.5f}));
}

