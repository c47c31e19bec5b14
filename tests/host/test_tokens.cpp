// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE host_tokens
#include <boost/test/unit_test.hpp>

#include <inlay/host.hpp>
#include <inlay/inlay.hpp>

using namespace inlay;

namespace {

// The next of three letters, told by the two before: "abcabc…" and "acbacb…".
using net_type = network<input_of<std::int8_t, 2>, embedding<3, 4>, flatten, dense<8>, inlay::tanh, dense<3>>;

struct sentences {
    std::vector<net_type::input_type> inputs{{0, 1}, {1, 2}, {2, 0}, {0, 2}, {2, 1}, {1, 0}};
    std::vector<int> labels{2, 0, 1, 1, 0, 2};
};

struct fixture {
    sentences data;
    net_type net;
    trainer<net_type, cross_entropy, adam, batch<3>> learner{net, {.learning_rate = 0.05}};
    random_generator random{seed{1}};
    fixture() { initialize(net, seed{1}); }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(fit_predict_and_evaluate, fixture) {
    (void)fit(learner, data.inputs, data.labels, 200, random);
    const std::span<const net_type::input_type> all(data.inputs);
    BOOST_TEST(accuracy(net, all, data.labels) == 1);
    BOOST_TEST(evaluate(net, cross_entropy{}, all, data.labels) < 0.1);
    BOOST_TEST(predict(net, all).size() == 6u);
    std::vector<net_type::output_type> y(6);
    BOOST_TEST(net(all, std::span(y)));
    for (size_t i = 0; i < 6; ++i) BOOST_TEST(argmax(y[i]) == size_t(data.labels[i]));
}

BOOST_FIXTURE_TEST_CASE(a_token_outside_of_the_vocabulary, fixture) {
    const auto refused = [&](std::int8_t token, const std::string& wanted) {
        data.inputs[4][1] = token;
        const auto before = net.canonical();
        BOOST_CHECK_EXCEPTION((void)fit(learner, data.inputs, data.labels, 1, random), std::invalid_argument,
                              [&](const std::invalid_argument& error) { return error.what() == wanted; });
        BOOST_TEST((net.canonical() == before));
    };
    refused(3, "inlay: input 4 has token 3 at place 1, expected a number from 0 to 2");
    refused(-1, "inlay: input 4 has token -1 at place 1, expected a number from 0 to 2");
}
