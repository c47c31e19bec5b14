// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Under NDEBUG nothing checks what INLAY_EXPECTS names. What is documented then: wrong counts train on nothing and give
// NaN, a label out of range gives NaN and no gradient, a missing generator drops nothing.
#ifndef NDEBUG
#define NDEBUG
#endif
#define BOOST_TEST_MODULE training_release
#include <boost/test/unit_test.hpp>
#include <inlay/inlay.hpp>

#include <cmath>
#include <vector>

using namespace inlay;

namespace {

using net_type = network<input<2>, dense<3>>;
using sample = net_type::input_type;
const std::vector<sample> x{{1, 2}, {-1, 0.5f}, {0.25f, 1}, {2, -1}, {1, 1}};
const std::vector<int> y{0, 1, 2, 1, 0};

net_type started() {
    net_type net;
    initialize(net, seed{3});
    return net;
}

template <class Trainer>
void wrong_counts(auto optimizer) {
    net_type net = started();
    Trainer train(net, optimizer);
    train.step(std::span(x).first(4), std::span(y).first(4)); // momentum, for those that have one
    const auto before = net.canonical();
    BOOST_TEST(std::isnan(train.step(x, y)));
    BOOST_TEST(std::isnan(train.step(std::span(x).first(3), std::span(y).first(2))));
    BOOST_TEST(std::isnan(train.step(std::span(x).first(2), std::span(y).first(3))));
    BOOST_TEST(std::isnan(train.step(std::span(x).first(2), std::span(y).first(0))));
    BOOST_TEST(net.canonical() == before, boost::test_tools::per_element());
    if constexpr (requires { train.accumulate(x, y); }) {
        BOOST_TEST(std::isnan(train.accumulate(x, y)));
        for (const float g : train.gradients().canonical()) BOOST_TEST(g == 0.0f);
    }
    BOOST_TEST(std::isfinite(train.step(std::span(x).first(4), std::span(y).first(4))));
}

} // namespace

BOOST_AUTO_TEST_CASE(wrong_counts_train_on_nothing) {
    wrong_counts<trainer<net_type, cross_entropy, sgd_momentum, batch<4>>>(sgd_momentum{.weight_decay = 0.1});
    wrong_counts<trainer<net_type, summed<cross_entropy>, sgd, batch<4>>>(sgd{});
    wrong_counts<online_trainer<net_type, cross_entropy, batch<4>>>(sgd{.weight_decay = 0.1});
}

BOOST_AUTO_TEST_CASE(a_wrong_label_is_not_silent) {
    for (const int label : {3, 99, -1, -5}) {
        net_type a = started(), b = a;
        trainer<net_type, cross_entropy, sgd, batch<4>> train_a(a), train_b(b);
        trainer<net_type, summed<weighted_cross_entropy<3>>, sgd> sums(a);
        const std::array<int, 3> labels{0, label, 2}, ignoring{0, -100, 2};
        const auto three = std::span(x).first<3>();
        BOOST_TEST(std::isnan(train_a.step(three, labels)));
        train_b.step(three, ignoring); // the others count
        BOOST_TEST(a.canonical() == b.canonical(), boost::test_tools::per_element());
        BOOST_TEST(std::isnan(train_a.step(x[0], label)));
        BOOST_TEST(std::isnan(sums.step(x[0], label)));
        BOOST_TEST(a.canonical() == b.canonical(), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(no_generator_no_crash) {
    network<input<2>, dropout<0.5>, dense<3>> net;
    initialize(net, seed{1});
    workspace<decltype(net), 1> work;
    work.forward(net, x[0].data());
    for (size_t i = 0; i < 3; ++i) BOOST_TEST(work.outputs()[i] == net(x[0])[i]);
}
