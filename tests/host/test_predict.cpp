// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Many samples through a trained network: outputs, accuracy, loss; networks and trainers on the heap; summary.
#define BOOST_TEST_MODULE predict
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host.hpp>

#include <array>
#include <cstring>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <pthread.h>

using namespace inlay;

namespace {

using several = network<input<3>, dense<8>, inlay::tanh, dense<4>>;
using one = network<input<1>, dense<1>>;
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

several trained() {
    several net;
    initialize(net, seed{1});
    return net;
}

std::vector<several::input_type> inputs(size_t count) {
    random_generator random{seed{2}};
    std::vector<several::input_type> x(count);
    for (auto& sample : x)
        for (float& value : sample) value = random.normal(0.0f, 1.0f);
    return x;
}

/// y = x
one copy() {
    one net;
    net.parameter<"0.weight">() = {1.0f};
    return net;
}

template <class Call>
std::string refusal(Call call) {
    return message_of<std::invalid_argument>(call);
}

} // namespace

BOOST_AUTO_TEST_CASE(the_largest_of_an_array) {
    BOOST_TEST(argmax(std::array<float, 1>{3}) == 0u);
    BOOST_TEST(argmax(std::array<float, 4>{1, 7, 7, 2}) == 1u); // the first among equals
    BOOST_TEST(argmax(std::array<double, 3>{-3, -2, -1}) == 2u);
    BOOST_TEST(argmax(std::array<float, 3>{not_a_number, -5, -6}) == 1u);
    BOOST_TEST(argmax(std::array<float, 3>{1, not_a_number, 2}) == 2u);
    BOOST_TEST(argmax(std::array<float, 2>{not_a_number, not_a_number}) == 0u);
    static_assert(argmax(std::array<int, 3>{1, 3, 2}) == 1);
}

BOOST_AUTO_TEST_CASE(any_number_of_samples) {
    const several net = trained();
    for (const size_t count : {0u, 1u, 7u, 255u, 256u, 257u, 1000u}) {
        const auto x = inputs(count);
        const std::vector<several::output_type> y = predict(net, x);
        std::vector<several::output_type> same(count);
        predict(net, x, same);
        BOOST_REQUIRE_EQUAL(y.size(), count);
        for (size_t i = 0; i < count; ++i)
            for (size_t k = 0; k < 4; ++k) {
                BOOST_TEST_REQUIRE(std::abs(y[i][k] - net(x[i])[k]) <= 1e-6f); // a batch agrees to rounding
                BOOST_TEST_REQUIRE(same[i][k] == y[i][k]);
            }
    }
    const auto x = inputs(3);
    std::vector<several::output_type> room(2);
    BOOST_TEST(refusal([&] { predict(net, x, room); }) == "inlay: 3 inputs but room for 2 outputs");
    const std::array<several::input_type, 2> array{};
    BOOST_TEST(predict(net, array).size() == 2u);
    BOOST_TEST(predict(net, std::span(x).first(2)).size() == 2u);
}

BOOST_AUTO_TEST_CASE(accuracy_is_the_share_of_right_classes) {
    const several net = trained();
    data_set<3> data{inputs(1000), {}};
    std::vector<size_t> found;
    for (const auto& x : data.inputs) found.push_back(argmax(net(x)));
    data.labels = found;
    BOOST_TEST(accuracy(net, data) == 1);
    BOOST_TEST(accuracy(net, data.inputs, data.labels) == 1);
    for (size_t i = 0; i < 250; ++i) data.labels[4 * i] = (found[4 * i] + 1) % 4;
    BOOST_TEST(accuracy(net, data) == 0.75);
    std::vector<int> with_sign(data.labels.begin(), data.labels.end());
    BOOST_TEST(accuracy(net, data.inputs, with_sign) == 0.75);
    BOOST_TEST(predicted_class<several>({0, 2, 1, 2}) == 1u);
}

BOOST_AUTO_TEST_CASE(one_output_tells_two_classes_apart) {
    const data_set<1> data{{{-2}, {-0.5f}, {0}, {0.25f}, {3}}, {0, 0, 0, 1, 1}};
    BOOST_TEST(accuracy(copy(), data) == 1);
    data_set<1> other = data;
    other.labels = {1, 0, 0, 1, 0};
    BOOST_TEST(accuracy(copy(), other) == 0.6);
    BOOST_TEST(predicted_class<one>({0.001f}) == 1u);
    BOOST_TEST(predicted_class<one>({0}) == 0u);
    BOOST_TEST(predicted_class<one>({not_a_number}) == 0u);
    // After a sigmoid it is a probability.
    network<input<1>, dense<1>, sigmoid> probability;
    probability.parameter<"0.weight">() = {1.0f};
    BOOST_TEST(accuracy(probability, data) == 1);
    other.labels[0] = 2;
    BOOST_TEST(refusal([&] { std::ignore = accuracy(copy(), other); }) ==
               "inlay: the label of sample 0 is 2, but the network has one output, which tells two classes apart: "
               "expected 0 to 1");
}

BOOST_AUTO_TEST_CASE(what_has_no_accuracy) {
    const several net = trained();
    data_set<3> data{inputs(5), {0, 1, 2, 3, 4}};
    const auto said = [&] { return refusal([&] { std::ignore = accuracy(net, data); }); };
    BOOST_TEST(said() == "inlay: the label of sample 4 is 4, but the network has 4 outputs: expected 0 to 3");
    data.labels.pop_back();
    BOOST_TEST(said() == "inlay: 5 inputs but 4 labels");
    data = {};
    BOOST_TEST(said() == "inlay: there are no samples");
    const std::vector<int> negative{0, -1, 0, 0, 0};
    BOOST_TEST(contains(refusal([&] { std::ignore = accuracy(net, inputs(5), negative); }), "sample 1 is -1"));
    // NaN is never right, not even of class 0.
    several lost = net;
    lost.parameter<"2.bias">() = {not_a_number, not_a_number, not_a_number, not_a_number};
    data = {inputs(5), {0, 0, 0, 0, 0}};
    BOOST_TEST(accuracy(lost, data) == 0);
    one lost_too;
    lost_too.parameter<"0.bias">() = {not_a_number};
    BOOST_TEST(accuracy(lost_too, data_set<1>{{{1}, {2}}, {0, 0}}) == 0);
}

BOOST_AUTO_TEST_CASE(the_loss_of_all_samples_is_that_of_one_batch) {
    several net = trained();
    data_set<3> data{inputs(300), {}};
    for (size_t i = 0; i < data.inputs.size(); ++i) data.labels.push_back(i % 4);
    const double found = evaluate(net, cross_entropy{}, data);
    BOOST_TEST(found == evaluate(net, cross_entropy{}, data.inputs, data.labels));
    trainer<several, cross_entropy, sgd, batch<300>> all{net, {.learning_rate = 0}};
    BOOST_TEST(found == static_cast<double>(all.step(data.inputs, data.labels)), boost::test_tools::tolerance(1e-6));
    BOOST_TEST(evaluate(net, summed<cross_entropy>{}, data) == 300 * found, boost::test_tools::tolerance(1e-6));

    const std::vector<one::input_type> x{{1}, {2}, {3}};
    const std::vector<one::output_type> y{{1}, {0}, {3}};
    BOOST_TEST(evaluate(copy(), mean_squared_error{}, x, y) == 4.0 / 3, boost::test_tools::tolerance(1e-7));
    BOOST_TEST(evaluate(copy(), summed<mean_squared_error>{}, x, y) == 4.0, boost::test_tools::tolerance(1e-7));
    // Nothing is dropped.
    network<input<1>, dropout<0.5>, dense<1>> dropping;
    dropping.parameter<"1.weight">() = {1.0f};
    BOOST_TEST(evaluate(dropping, mean_squared_error{}, x, y) == 4.0 / 3, boost::test_tools::tolerance(1e-7));

    data.labels[17] = 4;
    BOOST_TEST(
        contains(refusal([&] { std::ignore = evaluate(net, cross_entropy{}, data); }), "label of sample 17 is 4"));
    data.inputs[3][2] = not_a_number;
    BOOST_TEST(
        contains(refusal([&] { std::ignore = evaluate(net, cross_entropy{}, data); }), "input 3 is NaN at feature 2"));
    BOOST_TEST(contains(refusal([&] { std::ignore = evaluate(net, cross_entropy{}, data_set<3>{}); }), "no samples"));
}

BOOST_AUTO_TEST_SUITE(heap)

using wide = network<input<784>, dense<16>, relu, dense<10>>;
using large_batch = batch<6144>;
static_assert(sizeof(trainer<wide, cross_entropy, adam, large_batch>) > size_t{16} << 20);
using large = network<input<784>, dense<1024>, relu, dense<10>>;
static_assert(sizeof(large) > size_t{3} << 20);

/// On a stack of 256 KB.
void* train_what_is_larger_than_the_stack(void* result) {
    const auto net = make_network<wide>(seed{1});
    const auto trainer = make_trainer<wide, cross_entropy, adam, large_batch>(*net, {.learning_rate = 0.01});
    data_set<784> data;
    random_generator random{seed{2}};
    for (size_t i = 0; i < 7000; ++i) {
        auto& x = data.inputs.emplace_back();
        for (size_t k = 0; k < 784; ++k) x[k] = k / 78 == i % 10 ? 1.0f : random.uniform<float>(0, 1);
        data.labels.push_back(i % 10);
    }
    std::vector<double> losses;
    fit(*trainer, data.inputs, data.labels, 3, random, [&](size_t, double loss) { losses.push_back(loss); });
    if (losses[2] < losses[0] && accuracy(*net, data) > 0) *static_cast<double*>(result) = 1;
    const auto unused = make_network<large>();
    if (unused->parameters()[0] != 0) *static_cast<double*>(result) = -1;
    return nullptr;
}
BOOST_AUTO_TEST_CASE(a_trainer_of_16_mb_on_a_stack_of_256_kb) {
    pthread_attr_t small;
    pthread_attr_init(&small);
    BOOST_REQUIRE_EQUAL(pthread_attr_setstacksize(&small, size_t{256} << 10), 0);
    pthread_t thread;
    double result = 0;
    BOOST_REQUIRE_EQUAL(pthread_create(&thread, &small, train_what_is_larger_than_the_stack, &result), 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&small);
    BOOST_TEST(result == 1);
}

BOOST_AUTO_TEST_CASE(what_is_made_is_what_would_stand_on_a_stack) {
    several net = trained();
    const auto made = make_network<several>(seed{1});
    BOOST_TEST(std::memcmp(made.get(), &net, sizeof net) == 0);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(made.get()) % alignof(several) == 0u);
    const auto trainer = make_trainer<several, cross_entropy, sgd_momentum, batch<4>>(
        *made, {.learning_rate = 0.5, .momentum = 0.25}, {.label_smoothing = 0.125}, seed{3});
    inlay::trainer<several, cross_entropy, sgd_momentum, batch<4>> same{
        net, {.learning_rate = 0.5, .momentum = 0.25}, {.label_smoothing = 0.125}, seed{3}};
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(trainer.get()) % alignof(decltype(same)) == 0u);
    const auto x = inputs(4);
    const std::vector<int> labels{0, 1, 2, 3};
    for (int i = 0; i < 3; ++i) BOOST_TEST(trainer->step(x, labels) == same.step(x, labels));
    BOOST_TEST(std::memcmp(made.get(), &net, sizeof net) == 0);
    BOOST_TEST(make_network<several>()->parameters()[0] == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(what_a_summary_says) {
    using net = network<input<5, 4, 1>, conv2d<2, 3>, relu, flatten, named<"middle", frozen<dense<3>>>,
                        frozen<dense<2>, "bias">>;
    std::ostringstream out;
    out << std::hex << summary<net>{}; // the stream's own formatting does not matter
    const std::string expected = "    layer                         output            parameters     mult-adds\n"
                                 "----------------------------------------------------------------------------\n"
                                 "    input                         5 x 4 x 1                                 \n"
                                 "0   conv2d                        3 x 2 x 2                 20           108\n"
                                 "1   relu                          3 x 2 x 2                                 \n"
                                 "2   flatten                       12                                        \n"
                                 "3   middle (dense) (frozen)       3                         39            36\n"
                                 "4   dense (partly frozen)         2                          8             6\n"
                                 "----------------------------------------------------------------------------\n"
                                 "parameters 67, of which trainable 26; multiply-accumulates per sample 150\n"
                                 "bytes: network ";
    BOOST_TEST(out.str().substr(0, expected.size()) == expected);
    std::ostringstream plain, recurrent;
    plain << summary<several>{};
    BOOST_TEST(contains(plain.str(), "parameters 68; multiply-accumulates per sample 56\n"));
    BOOST_TEST(contains(plain.str(), "bytes: network " + std::to_string(memory<several>.parameter_bytes) +
                                         ", activations of one inference " +
                                         std::to_string(memory<several>.inference_bytes) + "\n"));
    recurrent << summary<network<input<6, 3>, gru<5>, last_step>>{};
    BOOST_TEST(contains(recurrent.str(), ", state 20\n"));
    std::ostringstream normed; // buffers are no parameters
    normed << summary<network<input<4>, dense<3>, batch_norm<>, frozen<batch_norm<>>>>{};
    BOOST_TEST(contains(normed.str(), "1   batch_norm                    3                          6             3\n"));
    BOOST_TEST(contains(normed.str(), "2   batch_norm (frozen)           3                          6             3\n"));
    BOOST_TEST(contains(normed.str(), "parameters 27, of which trainable 21; numbers in buffers 12; multiply-accumulates "));
}
