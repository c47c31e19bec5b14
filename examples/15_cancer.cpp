// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Two classes: is a tumour benign (1) or malignant (0)? 30 measures of 569 cell samples, standardised inside the network, one
// output that is a logit, and the figures that such a test is judged by. Where to put the threshold is a question of what an
// error costs, and the ROC curve shows what can be had.
#include <inlay/host.hpp>

#include <cstdio>
#include <iostream>

using namespace inlay;

/// What binary_cross_entropy takes: the probability of class 1.
std::vector<std::array<float, 1>> probabilities(const std::vector<std::size_t>& labels) {
    std::vector<std::array<float, 1>> all;
    for (const std::size_t label : labels) all.push_back({label == 1 ? 1.0f : 0.0f});
    return all;
}

using cancer = network<input<30>, normalization, dense<16>, relu, dense<1>>;

int main() {
    const auto data = read_csv<30>(INLAY_EXAMPLE_DATA "/breast_cancer.csv", 2);
    std::vector<double> areas;
    for (std::uint64_t split = 0; split < 10; ++split) {
        random_generator random{seed{split}};
        const auto parts = stratified_split(data.labels, 0.3, random);
        const auto train = data.subset(parts.train), test = data.subset(parts.test);
        cancer net;
        initialize(net, seed{split});
        adapt(net, train.inputs); // mean and deviation, of the training part alone
        trainer<cancer, binary_cross_entropy_with_logits, adam, batch<16>> trainer{net, {.learning_rate = 3e-3}};
        const auto seen = fit(trainer, train.inputs, probabilities(train.labels), {.epochs = 30}, random,
                              validation{test.inputs, probabilities(test.labels)});
        const auto logits = predict(net, test.inputs);
        const roc_curve roc(test.labels, logits);
        areas.push_back(roc.auc());
        if (split > 0) continue;
        std::cout
            << seen.last_line() << "\n\n"
            << classification_report(test.labels, predict_classes(net, test.inputs)).names({"malignant", "benign"})
            << '\n';
        for (std::size_t i = 0; i < roc.thresholds.size(); ++i) // 1 − true positives: benign ones that worry
            if (roc.true_positive_rate[i] > 0.9 && roc.false_positive_rate[i] < 0.05) {
                std::printf("at a threshold of %.2f: %.1f %% of the malignant ones found, %.1f %% of the benign ones "
                            "taken for malignant\n",
                            roc.thresholds[i], 100 * (1 - roc.false_positive_rate[i]),
                            100 * (1 - roc.true_positive_rate[i]));
                break;
            }
        picture_of(roc, "benign or malignant").try_save("15_cancer_roc.svg", std::cout, 480, 480);
        picture_of(seen, "training").try_save("15_cancer_history.svg", std::cout, 480, 480);
    }
    // PyTorch: tools/reference/learning.py cancer, the same net and settings, other splits.
    std::printf("area under the curve, 10 splits: %.4f ± %.4f      PyTorch: 0.9952 ± 0.0039\n", mean(areas),
                standard_deviation(areas));
    return mean(areas) > 0.985 ? 0 : 1;
}
