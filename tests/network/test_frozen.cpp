// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_frozen
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_hold_for_what_is_trained) {
    laws::obeys_laws_briefly<network<input<3>, dense<5>, inlay::tanh, frozen<dense<7>>, relu, dense<2>>>();
    laws::obeys_laws_briefly<network<input<3>, frozen<dense<5>, "weight">, inlay::tanh, frozen<dense<2>, "bias">>>();
    laws::obeys_laws_briefly<network<input<3>, frozen<residual<dense<5>, relu, dense<3>>>, dense<2>>>();
    laws::obeys_laws_briefly<network<input<3, 2>, frozen<gru<3>, "weight_hh_l0", "bias_ih_l0">>>();
    laws::obeys_laws_briefly<network<input<3, 3, 1>, frozen<conv2d<5, 2>, "bias">, flatten, dense<2>>>();
}

BOOST_AUTO_TEST_CASE(costs_nothing) {
    using all = network<input<64>, frozen<dense<32>>, relu, dense<10>>;
    static_assert(all::parameter_count == 64 * 32 + 32 + 32 * 10 + 10);
    static_assert(all::trainable_count == 32 * 10 + 10);
    static_assert(all::trainable_extent < 32 * 10 + 10 + 2 * detail::alignment<float>);
    static_assert(sizeof(gradients<all>) <= round_up(4 * all::trainable_extent, 64));
    using one = network<input<1>, frozen<dense<2>>, relu, frozen<dense<1>, "weight">, relu>;
    static_assert(one::trainable_count == 1);
    using none = network<input<3>, frozen<dense<2>>>;
    static_assert(none::trainable_count == 0 && none::trainable_extent == 0);
    // Nothing before the first trained layer is walked back through.
    static_assert(all::chain_type::backward_stop<context<kernels::native, context_options{.pass = pass::training}>>() == 2);
    static_assert(none::chain_type::backward_stop<context<kernels::native, context_options{.pass = pass::training}>>() == 1);
    BOOST_TEST(true);
}

template <class Net>
void only_the_rest_moves(const std::vector<std::string>& frozen_names) {
    Net net;
    initialize(net, seed{3}, init::he_normal{}, init::uniform{0.1, 0.5});
    const Net before = net;
    trainer<Net, mean_squared_error, adam, batch<3>> train(net);
    std::array<typename Net::input_type, 3> x{};
    std::array<typename Net::output_type, 3> t{};
    for (size_t n = 0; n < 3; ++n) {
        x[n].fill(static_cast<float>(n) + 0.5f);
        t[n].fill(2 - static_cast<float>(n));
    }
    for (int i = 0; i < 5; ++i) train.step(x, t);
    for (size_t k = 0; k < Net::tensor_count; ++k) {
        const std::string name(Net::tensors[k].name.view());
        const bool is_frozen = std::find(frozen_names.begin(), frozen_names.end(), name) != frozen_names.end();
        BOOST_TEST(Net::tensors[k].trainable == !is_frozen);
        size_t moved = 0;
        for (size_t i = 0; i < Net::tensors[k].size; ++i) {
            const size_t index = Net::parameter_index(k, i);
            moved += net.parameters()[index] != before.parameters()[index] ? 1 : 0;
        }
        BOOST_TEST((moved == 0) == is_frozen, name << " moved " << moved << " elements");
    }
}
BOOST_AUTO_TEST_CASE(only_the_rest_moves_in_training) {
    only_the_rest_moves<network<input<3>, dense<5>, inlay::tanh, frozen<dense<4>>, inlay::tanh, dense<2>>>(
        {"2.weight", "2.bias"});
    only_the_rest_moves<network<input<3>, frozen<dense<5>, "weight">, inlay::tanh, frozen<dense<2>, "bias">>>(
        {"0.weight", "1.bias", "2.bias"});
    only_the_rest_moves<network<input<3>, named<"a", frozen<residual<dense<3>, inlay::tanh>, "0.bias">>, dense<2>>>(
        {"a.0.bias"});
}

BOOST_AUTO_TEST_CASE(frozen_and_free_gradients_agree) {
    using free = network<input<3>, dense<5>, inlay::tanh, dense<4>, inlay::tanh, dense<2>>;
    using part = network<input<3>, frozen<dense<5>, "weight">, inlay::tanh, frozen<dense<4>>, inlay::tanh, dense<2>>;
    free a;
    initialize(a, seed{9});
    part b;
    b.assign(a.canonical()); // freezing moves tensors in the buffer, not in canonical order
    const std::array<float, 3> x = {1, -2, 0.5f};
    const auto y = a(x), same = b(x);
    BOOST_TEST(y == same, boost::test_tools::per_element());
    workspace<free, 1> work_a;
    workspace<part, 1> work_b;
    gradients<free> into_a;
    gradients<part> into_b;
    work_a.forward(a, x.data());
    work_b.forward(b, x.data());
    for (size_t i = 0; i < 2; ++i) work_a.output_gradients()[i] = work_b.output_gradients()[i] = 1;
    work_a.backward(a, x.data(), into_a);
    work_b.backward(b, x.data(), into_b);
    for (size_t i = 0; i < 5; ++i) BOOST_TEST((into_a.parameter<"0.bias">()(i)) == (into_b.parameter<"0.bias">()(i)));
    for (size_t i = 0; i < 8; ++i)
        BOOST_TEST((into_a.parameter<"4.weight">()[i]) == (into_b.parameter<"4.weight">()[i]));
}
