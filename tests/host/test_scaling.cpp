// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Scales measured on training data, in the data or in the network, where an exported header takes them along.
#define BOOST_TEST_MODULE scaling
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/export.hpp>
#include <inlay/host/scaling.hpp>
#include <inlay/inlay.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace inlay;

namespace {

data_set<3> some(size_t count, std::uint64_t number) {
    random_generator random{seed{number}};
    data_set<3> data;
    for (size_t i = 0; i < count; ++i) {
        data.inputs.push_back({random.normal(1000.0f, 50.0f), random.normal(-0.001f, 0.0001f), 7});
        data.labels.push_back(i % 2);
    }
    return data;
}
using scaled = network<input<3>, normalization, dense<2>>;
using plain = network<input<3>, dense<2>>;

template <class Call>
std::string refusal(Call call) {
    return message_of<std::invalid_argument>(call);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_layer_does_what_standardize_does) {
    data_set<3> train = some(50, 1), test = some(20, 2);
    scaled net;
    initialize(net, seed{1});
    adapt(net, train.inputs);
    plain other;
    initialize(other, seed{1});
    other.assign(net.canonical());
    const auto raw = test.inputs;
    standardize(train, test);
    for (size_t i = 0; i < raw.size(); ++i)
        for (size_t o = 0; o < 2; ++o) BOOST_TEST(std::abs(net(raw[i])[o] - other(test.inputs[i])[o]) < 1e-4);
    BOOST_TEST(net.parameter<"0.mean">()[2] == 7.0f);
    BOOST_TEST(net.parameter<"0.scale">()[2] == 1.0f); // a constant channel
}

BOOST_AUTO_TEST_CASE(ranges) {
    using only = network<input<2, 1>, normalization>; // two steps of one channel
    only net;
    const std::vector<only::input_type> x{{2, 4}, {6, 3}};
    adapt(net, x, to_range{-1, 3});
    BOOST_TEST(net(x[0])[0] == -1.0f);
    BOOST_TEST(net(x[0])[1] == 1.0f);
    BOOST_TEST(net(x[1])[0] == 3.0f);
    adapt(net, x);
    const double deviation = std::sqrt((1.75 * 1.75 + 0.25 * 0.25 + 2.25 * 2.25 + 0.75 * 0.75) / 4);
    BOOST_TEST(std::abs(net(x[0])[0] - -1.75 / deviation) < 1e-6);

    data_set<2> train{{{0, 5}, {4, 5}}, {0, 1}}, test{{{8, 6}}, {0}};
    const auto scaling = scale_to_range(train, test, -1, 1);
    BOOST_TEST(train.inputs[0][0] == -1.0f);
    BOOST_TEST(train.inputs[1][0] == 1.0f);
    BOOST_TEST(test.inputs[0][0] == 3.0f); // by the numbers of the training data
    BOOST_TEST(train.inputs[0][1] == -1.0f);
    BOOST_TEST(scaling.greatest[0] == 4.0);
    BOOST_TEST(refusal([&] { static_cast<void>(fit_min_max(train, 1, 1)); }) ==
               "inlay: min_max_scaling from 1 to 1: expected the lower one first");
}

BOOST_AUTO_TEST_CASE(another_place) {
    network<input<1>, named<"scale", normalization>, dense<1>> net;
    adapt<"scale">(net, std::vector<std::array<float, 1>>{{3}, {5}});
    BOOST_TEST(net.parameter<"scale.mean">()[0] == 4.0f);
    BOOST_TEST(net.parameter<"scale.scale">()[0] == 1.0f);
}

BOOST_AUTO_TEST_CASE(the_chip_gets_the_numbers) {
    scaled net;
    initialize(net, seed{1});
    adapt(net, some(50, 1).inputs);
    const std::string text = header_text(net, "model.hpp");
    BOOST_TEST(contains(text, "inlay::normalization, inlay::dense<2>"));
    BOOST_TEST(contains(text, "// 0.mean: 3"));
    BOOST_TEST(contains(text, "// 0.scale: 3"));
    BOOST_TEST(contains(text, "0x1.cp+2f")); // 7, the mean of the constant one
}

BOOST_AUTO_TEST_CASE(labels_and_missing_values) {
    const auto rows = one_hot<3>(std::vector<int>{2, 0});
    BOOST_TEST((rows[0] == std::array<float, 3>{0, 0, 1} && rows[1] == std::array<float, 3>{1, 0, 0}));
    BOOST_TEST(refusal([] {
                   static_cast<void>(one_hot<2>(std::vector<int>{0, 2}));
               }) == "inlay: one_hot: the label of sample 1 is 2: expected 0 to 1");
    const float none = std::numeric_limits<float>::quiet_NaN();
    data_set<2> train{{{1, none}, {3, 5}}, {0, 1}}, test{{{none, none}}, {0}};
    fill_missing(train, test);
    BOOST_TEST((train.inputs[0] == std::array<float, 2>{1, 5} && test.inputs[0] == std::array<float, 2>{2, 5}));
    data_set<1> nothing{{{none}}, {0}};
    BOOST_TEST(refusal([&] { fill_missing(nothing, nothing); }) ==
               "inlay: fill_missing: feature 0 has no value in the training data");
    scaled net;
    BOOST_TEST(refusal([&] { adapt(net, std::vector<scaled::input_type>{}); }) == "inlay: adapt without samples");
    BOOST_TEST(refusal([&] {
                   adapt(net, std::vector<scaled::input_type>{{1, none, 2}});
               }) == "inlay: input 0 is NaN at feature 1");
}
