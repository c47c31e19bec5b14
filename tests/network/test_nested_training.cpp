// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What happens to gradients inside lists within lists: stored, overwritten or taken as steps of descent at once.
#define BOOST_TEST_MODULE network_nested_training
#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

using namespace inlay;

namespace {

/// Layers that apply their gradients themselves (dense) and others (gru), in every composite.
using net = network<input<3, 4>, sequential<dense<4>, inlay::tanh, residual<gru<4>, dense<4>>>,
                    parallel<gru<2>, sequential<dense<3>, residual<dense<3>>>, frozen<dense<2>, "bias">>, last_step,
                    sequential<sequential<dense<3>>, softmax>>;

template <class Trainer>
std::array<float, net::parameter_count> trained() {
    net it;
    initialize(it, seed{4});
    Trainer trainer{it, {.learning_rate = 0.05, .weight_decay = 0.01}};
    random_generator random(seed{9});
    for (int step = 0; step < 5; ++step) {
        std::array<net::input_type, 2> x;
        std::array<net::output_type, 2> t;
        for (auto& one : x)
            for (float& value : one) value = random.uniform(-1.0f, 1.0f);
        for (auto& one : t)
            for (float& value : one) value = random.uniform(0.0f, 1.0f);
        trainer.step(x, t);
    }
    return it.canonical();
}

} // namespace

BOOST_AUTO_TEST_CASE(descent_in_place_takes_the_same_steps) {
    const auto stored = trained<trainer<net, mean_squared_error, sgd, batch<2>>>();
    const auto at_once = trained<online_trainer<net, mean_squared_error, batch<2>>>();
    BOOST_TEST(stored == at_once, boost::test_tools::per_element());
    net start;
    initialize(start, seed{4});
    const auto before = start.canonical();
    size_t moved = 0, at = 0;
    for (size_t t = 0; t < net::tensor_count; ++t)
        for (size_t i = 0; i < net::tensors[t].size; ++i, ++at)
            moved += net::tensors[t].trainable && stored[at] != before[at];
    BOOST_TEST(moved == net::trainable_count);
}

/// Only layers that need their gradients stored get room for them, wherever they stand: the larger gru is enough.
BOOST_AUTO_TEST_CASE(room_for_gradients_is_that_of_one_layer) {
    constexpr auto all = [](size_t first, size_t last) {
        size_t size = 0;
        for (size_t t = first; t < last; ++t) size += detail::aligned<float>(net::tensors[t].size);
        return size;
    };
    static_assert(net::tensors[2].name == "0.2.0.weight_ih_l0");
    static_assert(net::chain_type::gradient_scratch_size() == all(2, 6));
    static_assert(network<input<3>, sequential<dense<2>, residual<dense<2>>>>::chain_type::gradient_scratch_size() ==
                  0);
    BOOST_TEST(true);
}
