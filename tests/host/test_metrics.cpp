// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Metrics: scikit-learn's figures, what holds by definition, what is refused.
#define BOOST_TEST_MODULE metrics
#include <boost/test/unit_test.hpp>

#include "../golden/metrics.hpp"
#include "folder.hpp"

#include <inlay/host/metrics.hpp>
#include <inlay/inlay.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace inlay;

namespace {

template <size_t Width, size_t Size>
std::vector<std::array<double, Width>> rows(const double (&values)[Size]) {
    std::vector<std::array<double, Width>> all(Size / Width);
    for (size_t i = 0; i < Size; ++i) all[i / Width][i % Width] = values[i];
    return all;
}
template <class Value, size_t Size>
std::vector<Value> list(const Value (&values)[Size]) {
    return {values, values + Size};
}
template <class Found, size_t Size>
void near(const Found& found, const double (&wanted)[Size]) {
    BOOST_REQUIRE(found.size() == Size);
    for (size_t i = 0; i < Size; ++i) BOOST_TEST(std::abs(found[i] - wanted[i]) <= 1e-14);
}
void near(double found, double wanted) { BOOST_TEST(std::abs(found - wanted) <= 1e-13 * (1 + std::abs(wanted))); }

template <class Call>
std::string refusal(Call call) {
    return message_of<std::invalid_argument>(call);
}

} // namespace

BOOST_AUTO_TEST_CASE(classes_as_sklearn) {
    using namespace golden::metrics::classes;
    const auto truth = list(labels);
    const auto by_class = rows<4>(scores);
    std::vector<size_t> predicted;
    for (const auto& row : by_class) predicted.push_back(argmax(row));
    near(inlay::accuracy(truth, predicted), golden::metrics::classes::accuracy[0]);
    for (size_t k = 1; k <= 3; ++k) near(top_k_accuracy(truth, by_class, k), top_k[k - 1]);
    near(top_k_accuracy(truth, by_class, 4), 1);

    const classification_report report(truth, predicted);
    const auto same = [&](const class_figures& one, size_t at) {
        near(one.precision, figures[at]);
        near(one.recall, figures[at + 1]);
        near(one.f1, figures[at + 2]);
        near(static_cast<double>(one.support), figures[at + 3]);
    };
    BOOST_TEST(report.size() == 4u);
    for (size_t c = 0; c < 4; ++c) same(report[c], 4 * c);
    same(report.macro, 16);
    same(report.weighted, 20);
    near(report.micro.precision, micro[0]);
    near(report.micro.recall, micro[1]);
    near(report.micro.f1, micro[2]);
    near(report.accuracy(), micro[2]);

    const auto shares = rows<4>(probabilities);
    near(inlay::log_loss(truth, shares), golden::metrics::classes::log_loss[0]);
    near(inlay::roc_auc(truth, rows<3>(three)), golden::metrics::classes::roc_auc[0]);
    near(calibration_curve(truth, shares, 5).ece(), ece[0]);
    near(calibration_curve(truth, shares, 10).ece(), ece[1]);
    near(calibration_curve(truth, shares).ece(), ece[2]);
}

BOOST_AUTO_TEST_CASE(two_classes_as_sklearn) {
    using namespace golden::metrics::two;
    const auto truth = list(labels);
    const auto score = list(scores);
    const roc_curve roc(truth, score);
    near(roc.false_positive_rate, fpr);
    near(roc.true_positive_rate, tpr);
    BOOST_TEST(roc.thresholds.front() == std::numeric_limits<double>::infinity());
    near(std::vector<double>(roc.thresholds.begin() + 1, roc.thresholds.end()), roc_thresholds);
    near(roc.auc(), auc[0]);
    near(roc_auc(truth, score), auc[0]);
    near(roc_auc(truth, rows<1>(scores)), auc[0]);
    const precision_recall_curve curve(truth, score);
    near(curve.precision, precision);
    near(curve.recall, recall);
    near(curve.thresholds, thresholds);
    near(curve.average_precision(), average_precision[0]);
    near(inlay::log_loss(truth, list(probabilities)), golden::metrics::two::log_loss[0]);
    near(inlay::log_loss(truth, rows<1>(probabilities)), golden::metrics::two::log_loss[0]);
}

BOOST_AUTO_TEST_CASE(numbers_as_sklearn) {
    using namespace golden::metrics::numbers;
    const auto wanted = rows<2>(targets), given = rows<2>(outputs);
    const regression_report report(wanted, given);
    near(report.mse, mse[0]);
    near(report.rmse(), std::sqrt(mse[0]));
    near(report.mae, mae[0]);
    near(report.r2, r2[0]);
    near(report.esr, esr[0]);
    std::vector<float> one_wanted, one_given;
    for (size_t i = 0; i < wanted.size(); ++i) {
        one_wanted.push_back(static_cast<float>(wanted[i][0]));
        one_given.push_back(static_cast<float>(given[i][0]));
    }
    BOOST_TEST(std::abs(regression_report(one_wanted, one_given).r2 - r2_of_first[0]) < 1e-6);
}

BOOST_AUTO_TEST_CASE(by_definition) {
    const std::vector<int> labels{0, 0, 1, 1};
    BOOST_TEST(roc_curve(labels, std::vector<float>{0, 1, 2, 3}).auc() == 1.0);
    BOOST_TEST(roc_curve(labels, std::vector<float>{3, 2, 1, 0}).auc() == 0.0);
    BOOST_TEST(roc_curve(labels, std::vector<float>{5, 5, 5, 5}).auc() == 0.5);
    BOOST_TEST(precision_recall_curve(labels, std::vector<float>{0, 1, 2, 3}).average_precision() == 1.0);
    // Sure and right costs nothing, sure and wrong is not infinite.
    near(log_loss(labels, std::vector<double>{0, 0, 1, 1}), 0);
    near(log_loss(labels, std::vector<double>{1, 1, 0, 0}), 52 * std::log(2.0));
    // Of equal scores the first is taken, as argmax does.
    const std::vector<std::array<float, 3>> equal{{1, 1, 1}};
    BOOST_TEST(top_k_accuracy(std::vector<int>{0}, equal, 1) == 1.0);
    BOOST_TEST(top_k_accuracy(std::vector<int>{1}, equal, 1) == 0.0);
    BOOST_TEST(top_k_accuracy(std::vector<int>{1}, equal, 2) == 1.0);
    // Constant targets.
    BOOST_TEST(regression_report(std::vector<float>{2, 2}, std::vector<float>{2, 2}).r2 == 1.0);
    BOOST_TEST(regression_report(std::vector<float>{2, 2}, std::vector<float>{2, 3}).r2 == 0.0);
    const float none = std::numeric_limits<float>::quiet_NaN();
    BOOST_TEST(std::isnan(regression_report(std::vector<float>{2, 1}, std::vector<float>{2, none}).r2));
    // Half of them right at 0.75: ECE ¼, all in the bin (0.7, 0.8].
    const calibration_curve sure(std::vector<int>{1, 0}, std::vector<double>{0.75, 0.75}, 10);
    BOOST_TEST(sure.samples[7] == 2u);
    BOOST_TEST(sure.accuracy[7] == 0.5);
    BOOST_TEST(sure.confidence[7] == 0.75);
    BOOST_TEST(sure.ece() == 0.25);
    BOOST_TEST(std::isnan(sure.accuracy[0]));
}

BOOST_AUTO_TEST_CASE(of_networks) {
    using logits = network<input<2>, dense<3>>;
    using shares = network<input<2>, dense<3>, softmax>;
    logits net;
    initialize(net, seed{1});
    shares same;
    same.assign(net.canonical());
    const std::vector<logits::input_type> x{{1, 2}, {-1, 0}, {0, 0}};
    const auto from_logits = predict_probabilities(net, x), from_softmax = predict_probabilities(same, x);
    const auto classes = predict_classes(net, x);
    BOOST_TEST(classes.size() == 3u);
    for (size_t i = 0; i < 3; ++i) {
        for (size_t c = 0; c < 3; ++c) BOOST_TEST(std::abs(from_logits[i][c] - from_softmax[i][c]) < 1e-6);
        BOOST_TEST(classes[i] == argmax(from_logits[i]));
    }
    using one = network<input<1>, dense<1>>;
    one single;
    single.parameter<"0.weight">() = {1.0f};
    const std::vector<one::input_type> y{{0.5f}, {-2.0f}};
    near(predict_probabilities(single, y)[0][0], 1 / (1 + std::exp(-0.5)));
    BOOST_TEST(predict_classes(single, y)[0] == 1u);
    BOOST_TEST(predict_classes(single, y)[1] == 0u);
}

BOOST_AUTO_TEST_CASE(as_a_table) {
    std::ostringstream out;
    out << classification_report(std::vector<int>{0, 1, 1, 1}, std::vector<int>{0, 1, 1, 0}).names({"cat", "dog"});
    BOOST_TEST(out.str() == "                  precision     recall         f1    support\n"
                            "cat                   0.500      1.000      0.667          1\n"
                            "dog                   1.000      0.667      0.800          3\n"
                            "macro                 0.750      0.833      0.733          4\n"
                            "weighted              0.875      0.750      0.767          4\n"
                            "accuracy              0.750      0.750      0.750          4\n");
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    const std::vector<int> labels{0, 1}, none{};
    const std::vector<double> scores{0.1, 0.2}, three{1, 2, 3};
    const double not_a_number = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(refusal([&] { roc_curve(labels, three); }) == "inlay: roc_curve of 2 labels but 3 scores");
    BOOST_TEST(refusal([&] { roc_curve(none, std::vector<double>{}); }) == "inlay: roc_curve of no samples");
    BOOST_TEST(refusal([&] {
                   roc_curve(std::vector<int>{1, 1}, scores);
               }) == "inlay: roc_curve: all labels are 1: expected both classes");
    BOOST_TEST(refusal([&] {
                   roc_curve(std::vector<int>{0, 2}, scores);
               }) == "inlay: roc_curve: the label of sample 1 is 2: expected 0 to 1");
    BOOST_TEST(refusal([&] {
                   roc_curve(labels, std::vector<double>{0, not_a_number});
               }) == "inlay: roc_curve: the score of sample 1 is NaN");
    BOOST_TEST(refusal([&] {
                   precision_recall_curve(std::vector<int>{0, 0}, scores);
               }) == "inlay: precision_recall_curve: all labels are 0: expected class 1 too");
    BOOST_TEST(refusal([&] {
                   static_cast<void>(log_loss(labels, std::vector<double>{0.5, 1.5}));
               }) ==
               "inlay: log_loss: a probability of sample 1 is 1.5: expected 0 to 1 (predict_probabilities gives them)");
    BOOST_TEST(refusal([&] {
                   classification_report(std::vector<int>{-1, 0}, labels);
               }) == "inlay: classification_report: the label of sample 0 is -1");
    const std::vector<std::array<double, 2>> rows{{0, 1}, {1, 0}};
    BOOST_TEST(refusal([&] { static_cast<void>(top_k_accuracy(labels, rows, 3)); }) ==
               "inlay: top_k_accuracy: k is 3: expected 1 to 2");
    BOOST_TEST(refusal([&] { calibration_curve(labels, scores, 0); }) ==
               "inlay: calibration_curve: expected at least one bin");
    BOOST_TEST(refusal([&] { regression_report(scores, three); }) ==
               "inlay: regression_report of 2 labels but 3 outputs");
}
