// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE online_trainer
#include <boost/test/unit_test.hpp>
#include <inlay/inlay.hpp>

#include <memory>
#include <vector>

using namespace inlay;

namespace {

template <class Scalar, size_t Size>
auto drawn(random_generator& random) {
    std::array<Scalar, Size> values;
    for (Scalar& value : values) value = random.uniform(Scalar(-1), Scalar(1));
    return values;
}

// Five steps of gradient descent with weight decay, with and without a buffer for the gradients.
template <class Net, size_t Batch>
void same_bits_as_the_trainer() {
    using scalar = typename Net::scalar_type;
    const auto a = std::make_unique<Net>(), b = std::make_unique<Net>();
    initialize(*a, seed{3});
    *b = *a;
    constexpr sgd rule{.learning_rate = 0.05, .weight_decay = 0.01};
    const auto stored =
        std::make_unique<trainer<Net, mean_squared_error, sgd, batch<Batch>>>(*a, rule, mean_squared_error{}, seed{1});
    const auto online = std::make_unique<online_trainer<Net, mean_squared_error, batch<Batch>>>(
        *b, rule, mean_squared_error{}, seed{1});
    random_generator random(seed{9});
    for (size_t step = 0; step < 5; ++step) {
        std::vector<typename Net::input_type> x;
        std::vector<typename Net::output_type> y;
        const size_t rows = step == 4 ? (Batch + 1) / 2 : Batch; // the last batch is not full
        for (size_t n = 0; n < rows; ++n) {
            x.push_back(drawn<scalar, Net::input_size>(random));
            y.push_back(drawn<scalar, Net::output_size>(random));
        }
        BOOST_TEST(stored->step(x, y) == online->step(x, y));
    }
    BOOST_TEST(a->canonical() == b->canonical(), boost::test_tools::per_element());
    Net start;
    initialize(start, seed{3});
    BOOST_TEST((start.canonical() != b->canonical()));
}

} // namespace

BOOST_AUTO_TEST_CASE(dense_nets) {
    using net = network<input<13>, dense<33>, inlay::tanh, dense<3>>;
    same_bits_as_the_trainer<net, 1>();
    same_bits_as_the_trainer<net, 7>();
    same_bits_as_the_trainer<net::with_scalar<double>, 2>();
    same_bits_as_the_trainer<network<input<4, 5>, dense_without_bias<6>, flatten, dense<2>>, 3>();
}

// Convolutions, recurrent layers and composites hand their gradients over in between.
BOOST_AUTO_TEST_CASE(layers_that_do_not_descend) {
    same_bits_as_the_trainer<network<input<6, 6, 2>, conv2d<5, 3>, relu, max_pool2d<2>, flatten, dense<3>>, 3>();
    same_bits_as_the_trainer<network<input<5, 3>, gru<6>, last_step, dense<2>>, 2>();
    same_bits_as_the_trainer<
        network<input<4>, dense<6>, residual<dense<6>, inlay::tanh>, dropout<0.25>, parallel<dense<3>, dense<4>>>, 3>();
}

BOOST_AUTO_TEST_CASE(frozen_layers) {
    same_bits_as_the_trainer<network<input<4>, dense<6>, frozen<dense<6>>, relu, frozen<dense<7>, "bias">>, 3>();
    using net = network<input<4>, frozen<dense<6>>, relu, dense<2>>;
    net changed;
    initialize(changed, seed{3});
    const net before = changed;
    online_trainer<net, cross_entropy> trainer{changed, {.learning_rate = 0.1}};
    trainer.step({1, 2, 3, 4}, size_t{1});
    for (size_t i = 0; i < 24; ++i) BOOST_TEST(changed.parameter<"0.weight">()[i] == before.parameter<"0.weight">()[i]);
    BOOST_TEST(changed.parameter<"2.bias">()[1] > before.parameter<"2.bias">()[1]);
}

// What it is for: no memory as large as the parameters.
BOOST_AUTO_TEST_CASE(no_gradient_buffer) {
    using net = network<input<64>, dense<32>, relu, dense<10>>;
    static_assert(sizeof(online_trainer<net, cross_entropy>) < sizeof(net) / 10);
    static_assert(sizeof(trainer<net, cross_entropy, sgd>) > sizeof(net));
}

BOOST_AUTO_TEST_CASE(constant_expression) {
    constexpr auto trained = [] {
        network<input<2>, dense<1>> net;
        online_trainer<decltype(net), mean_squared_error> trainer{net, {.learning_rate = 0.05}};
        for (int i = 0; i < 20; ++i) trainer.step({1, 2}, std::array{3.0f});
        return net;
    }();
    static_assert(trained({1, 2})[0] > 2.99f && trained({1, 2})[0] < 3.01f);
}

// Without samples, or with no target that counts, nothing changes: no weight decay either.
BOOST_AUTO_TEST_CASE(nothing_to_learn_from) {
    using net = network<input<4>, dense<6>, relu, dense<2>>;
    net changed;
    initialize(changed, seed{3});
    const net before = changed;
    online_trainer<net, cross_entropy, batch<3>> trainer{changed, {.learning_rate = 0.1, .weight_decay = 0.5}};
    const auto nan = [](float loss) { return loss != loss; };
    BOOST_TEST(nan(trainer.step(std::span<const net::input_type>(), std::span<const int>())));
    BOOST_TEST(nan(trainer.step({1, 2, 3, 4}, -100)));
    BOOST_TEST(changed.canonical() == before.canonical(), boost::test_tools::per_element());
    trainer.step({1, 2, 3, 4}, 1);
    BOOST_TEST((changed.canonical() != before.canonical()));
}
