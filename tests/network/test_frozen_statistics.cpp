// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Freezing a normalisation freezes its running statistics, and it computes with them: wherever it stands.
#define BOOST_TEST_MODULE network_frozen_statistics
#include "../laws.hpp"
#include "nesting.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_with_frozen_statistics) { // its samples do not see each other
    using net = network<input<3>, dense_without_bias<4>, frozen<batch_norm<>>, inlay::tanh, dense<2>>;
    static_assert(!net::chain_type::traits.mixes_samples && !net::chain_type::traits.has_statistics);
    laws::obeys_laws_briefly<net>();
    laws::obeys_laws_briefly<network<input<3>, frozen<sequential<dense<4>, batch_norm<>>, "1.running_mean", "1.running_var">,
                                     dense<2>>>();
}
BOOST_AUTO_TEST_CASE(laws_with_frozen_parameters) { // its statistics move
    using net = network<input<3>, dense_without_bias<4>, frozen<batch_norm<>, "weight", "bias">, inlay::tanh, dense<2>>;
    static_assert(net::chain_type::traits.mixes_samples && net::chain_type::traits.has_statistics);
    laws::obeys_laws_briefly<net>();
}

/// Trains on two batches of four, and says which of the tensors moved; and whether training computed what inference did.
template <class Net>
std::string what_moves(bool as_inference) {
    Net net;
    random_generator random(seed{3});
    laws::draw_parameters(net, random);
    const Net before = net;
    std::array<typename Net::input_type, 4> x;
    std::array<typename Net::output_type, 4> y{};
    for (auto& one : x)
        for (float& value : one) value = random.uniform(-2.0f, 2.0f);
    const auto work = std::make_unique<workspace<Net, 4>>();
    work->forward(net, x[0].data());
    bool alike = true;
    for (size_t i = 0; i < 4 * Net::output_size; ++i)
        alike = alike && work->outputs()[i] == net(x[i / Net::output_size])[i % Net::output_size];
    BOOST_TEST(alike == as_inference);
    trainer<Net, mean_squared_error, sgd, batch<4>> train{net, {.learning_rate = 0.1}};
    train.step(x, y);
    train.step(x, y);
    std::string moved;
    for (size_t t = 0; t < Net::tensor_count; ++t) {
        bool same = true;
        for (size_t i = 0; i < Net::tensors[t].size; ++i)
            same = same && net.parameters()[Net::parameter_index(t, i)] == before.parameters()[Net::parameter_index(t, i)];
        if (!same) (moved += Net::tensors[t].name.view()) += ' ';
    }
    return moved;
}
BOOST_AUTO_TEST_CASE(what_is_frozen_stays) {
    using all = network<input<3>, batch_norm<>, dense<1>>;
    BOOST_TEST(what_moves<all>(false) == "0.weight 0.bias 0.running_mean 0.running_var 1.weight 1.bias ");
    BOOST_TEST((what_moves<network<input<3>, frozen<batch_norm<>>, dense<1>>>(true)) == "1.weight 1.bias ");
    using parameters = network<input<3>, frozen<batch_norm<>, "weight", "bias">, dense<1>>;
    BOOST_TEST(what_moves<parameters>(false) == "0.running_mean 0.running_var 1.weight 1.bias ");
    using statistics = network<input<3>, frozen<batch_norm<>, "running_mean", "running_var">, dense<1>>;
    BOOST_TEST(what_moves<statistics>(true) == "0.weight 0.bias 1.weight 1.bias ");
    // One of the two is both: they belong together.
    BOOST_TEST((what_moves<network<input<3>, frozen<batch_norm<>, "running_var">, dense<1>>>(true)) ==
               "0.weight 0.bias 1.weight 1.bias ");
    using list = network<input<3>, frozen<sequential<dense<2>, residual<batch_norm<>>>>, dense<1>>;
    BOOST_TEST(what_moves<list>(true) == "1.weight 1.bias ");
    using in_a_list = network<input<3>, frozen<sequential<batch_norm<>, dense<2>>, "1.weight", "1.bias">>;
    BOOST_TEST(what_moves<in_a_list>(false) == "0.0.weight 0.0.bias 0.0.running_mean 0.0.running_var ");
}

BOOST_AUTO_TEST_CASE(in_lists_within_lists) {
    using namespace nesting;
    nested_equals_flat<sequence, dense_without_bias<4>, batch_norm<>>("batch_norm");
    same("frozen list", run<fine<sequence, frozen<sequential<dense<4>, batch_norm<>>>, inlay::tanh>>(),
         run<fine<sequence, frozen<dense<4>>, frozen<batch_norm<>>, inlay::tanh>>());
}
