// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Checkpoints of trainers of every kind.
#define BOOST_TEST_MODULE files_checkpoint_trainers
#include <boost/test/unit_test.hpp>

#include "../host/folder.hpp"

#include <inlay/files.hpp>

using namespace inlay;

namespace {

/// Whether four epochs are two and two more.
template <class Trainer, class Network = typename Trainer::network_type>
bool goes_on(typename Trainer::scalar_type rate = 0.01f) {
    std::vector<std::array<float, 4>> inputs(20);
    std::vector<int> labels;
    random_generator numbers;
    for (auto& x : inputs) {
        for (float& value : x) value = numbers.uniform<float>(-1, 1);
        labels.push_back(x[0] > x[1]);
    }
    const temporary_folder here;
    const checkpoint_options options{.path = here / "a"};
    const auto train = [&](size_t epochs, Network& net, const checkpoint_options* to) {
        initialize(net, seed{1});
        Trainer t(net, {.learning_rate = rate});
        random_generator random;
        if (to) fit(t, inputs, labels, epochs, random, *to);
        else fit(t, inputs, labels, epochs, random);
    };
    Network whole, first, second;
    train(4, whole, nullptr);
    train(2, first, &options);
    train(4, second, &options);
    return detail::all_elements(whole) == detail::all_elements(second);
}

using plain = network<input<4>, dense<6>, frozen<dense<5>, "bias">, relu, dense<3>>;

} // namespace

BOOST_AUTO_TEST_CASE(of_sgd) { BOOST_TEST((goes_on<trainer<plain, cross_entropy, sgd, batch<8>>>())); }
BOOST_AUTO_TEST_CASE(of_momentum) { BOOST_TEST((goes_on<trainer<plain, cross_entropy, sgd_momentum, batch<8>>>())); }
BOOST_AUTO_TEST_CASE(of_adam) { BOOST_TEST((goes_on<trainer<plain, cross_entropy, adam>>())); }
BOOST_AUTO_TEST_CASE(online) { BOOST_TEST((goes_on<online_trainer<plain, cross_entropy, batch<8>>>())); }
