// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// How good predictions are: of classes, of probabilities, of numbers. All take what is true first, then what was
// predicted, as scikit-learn does, whose figures these are. `labels`, `scores` and `targets` have size() and []:
// std::vector, std::array, std::span, or your own. Everything is computed in double.
#pragma once

#include <inlay/host/confusion_matrix.hpp>
#include <inlay/host/predict.hpp>
#include <inlay/host/samples.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

inline void check_pairs(size_t labels, size_t others, const char* metric, const char* others_are) {
    if (labels != others)
        throw std::invalid_argument(std::string("inlay: ") + metric + " of " + std::to_string(labels) + " labels but " +
                                    std::to_string(others) + " " + others_are);
    if (labels == 0) throw std::invalid_argument(std::string("inlay: ") + metric + " of no samples");
}

/// The number of a class that may be of any whole type.
template <class Label>
size_t class_number(Label label, size_t sample, const char* metric) {
    if constexpr (std::is_signed_v<Label>)
        if (label < 0)
            throw std::invalid_argument(std::string("inlay: ") + metric + ": the label of sample " +
                                        std::to_string(sample) + " is " + std::to_string(label));
    return static_cast<size_t>(label);
}

/// The number of a class that has a score.
template <class Label>
size_t class_below(Label label, size_t classes, size_t sample, const char* metric) {
    const size_t number = class_number(label, sample, metric);
    if (number >= classes)
        throw std::invalid_argument(std::string("inlay: ") + metric + ": the label of sample " +
                                    std::to_string(sample) + " is " + std::to_string(number) + ": expected 0 to " +
                                    std::to_string(classes - 1));
    return number;
}

/// A score as a number: itself, or the only one of an array.
template <class Score>
double single_score(const Score& score, size_t sample, const char* metric) {
    double value = 0;
    if constexpr (std::is_arithmetic_v<Score>) value = static_cast<double>(score);
    else {
        static_assert(std::tuple_size_v<Score> == 1, "inlay: expected one score per sample");
        value = static_cast<double>(score[0]);
    }
    if (value != value)
        throw std::invalid_argument(std::string("inlay: ") + metric + ": the score of sample " +
                                    std::to_string(sample) + " is NaN");
    return value;
}

/// Scores of two classes from the highest to the lowest, equal ones together: how many samples of class 1 and of class 0
/// have that score or a higher one.
struct ranking {
    std::vector<double> threshold, positives, negatives;
};

template <class Labels, class Scores>
ranking ranked(const Labels& labels, const Scores& scores, const char* metric) {
    check_pairs(labels.size(), scores.size(), metric, "scores");
    struct scored {
        double score;
        bool positive;
    };
    std::vector<scored> all(labels.size());
    for (size_t i = 0; i < all.size(); ++i)
        all[i] = {single_score(scores[i], i, metric), class_below(labels[i], 2, i, metric) == 1};
    std::sort(all.begin(), all.end(), [](const scored& a, const scored& b) { return a.score > b.score; });
    ranking found;
    double positives = 0, negatives = 0;
    for (size_t i = 0; i < all.size(); ++i) {
        ++(all[i].positive ? positives : negatives);
        if (i + 1 < all.size() && !(all[i + 1].score < all[i].score)) continue;
        found.threshold.push_back(all[i].score);
        found.positives.push_back(positives);
        found.negatives.push_back(negatives);
    }
    return found;
}

inline double ratio_or_zero(double part, double whole) { return whole > 0 ? part / whole : 0; }

/// The probability of each class, of a row or of the single one of class 1.
template <class Row>
std::vector<double> class_probabilities(const Row& row, size_t sample, const char* metric) {
    std::vector<double> shares;
    if constexpr (std::is_arithmetic_v<Row>) shares = {1 - static_cast<double>(row), static_cast<double>(row)};
    else if constexpr (std::tuple_size_v<Row> == 1)
        shares = {1 - static_cast<double>(row[0]), static_cast<double>(row[0])};
    else
        for (const auto value : row) shares.push_back(static_cast<double>(value));
    for (size_t i = shares.size(); i-- > 0;) // of two classes first the one that was given
        if (!(shares[i] >= 0 && shares[i] <= 1 + 1e-6_double))
            throw std::invalid_argument(std::string("inlay: ") + metric + ": a probability of sample " +
                                        std::to_string(sample) + " is " + short_number(shares[i]) +
                                        ": expected 0 to 1 (predict_probabilities gives them)");
    return shares;
}

} // namespace detail

// ---- what a network says, as classes and as probabilities ---------------------------------------------------------------

/// The class of every sample, as predicted_class has it (scikit-learn's predict).
template <class Network>
[[nodiscard]] std::vector<size_t> predict_classes(const Network& net, std::span<const typename Network::input_type> x) {
    std::vector<size_t> classes;
    classes.reserve(x.size());
    detail::for_outputs(net, x, [&](size_t, std::span<const typename Network::output_type> y) {
        for (const auto& outputs : y) classes.push_back(predicted_class<Network>(outputs));
    });
    return classes;
}

/// The probability of every class for every sample, in double: softmax of the outputs, of a single output its sigmoid (the
/// probability of class 1); the outputs themselves where the network's last layer is softmax or sigmoid.
/// (scikit-learn's predict_proba.)
template <class Network>
[[nodiscard]] std::vector<std::array<double, Network::output_size>>
predict_probabilities(const Network& net, std::span<const typename Network::input_type> x) {
    std::vector<std::array<double, Network::output_size>> all;
    static_assert(detail::has_one_class<Network>,
                  "inlay: a network with outputs at several positions has no single class");
    if constexpr (!detail::has_one_class<Network>) return all;
    else {
        all.reserve(x.size());
        constexpr std::string_view last = Network::template layer<Network::layer_count - 1>::name;
        detail::for_outputs(net, x, [&](size_t, std::span<const typename Network::output_type> y) {
            for (const auto& outputs : y) {
                auto& shares = all.emplace_back();
                std::copy(outputs.begin(), outputs.end(), shares.begin());
                if constexpr (last == "softmax" || last == "sigmoid" || last == "hard_sigmoid") continue;
                else if constexpr (Network::output_size == 1) shares[0] = 1 / (1 + std::exp(-shares[0]));
                else {
                    const double most = *std::max_element(shares.begin(), shares.end());
                    double sum = 0;
                    for (double& share : shares) sum += share = std::exp(share - most);
                    for (double& share : shares) share /= sum;
                }
            }
        });
        return all;
    }
}

// ---- classes ------------------------------------------------------------------------------------------------------------

/// The share of samples whose predicted class is their label, 0 to 1. Throws std::invalid_argument without samples and
/// when there are not as many predictions as labels.
template <class Labels, class Classes>
requires(std::integral<detail::item_of<Labels>>&& std::integral<detail::item_of<Classes>>)
    [[nodiscard]] double accuracy(const Labels& labels, const Classes& predicted) {
    detail::check_pairs(labels.size(), predicted.size(), "accuracy", "predictions");
    size_t right = 0;
    for (size_t i = 0; i < labels.size(); ++i) right += std::cmp_equal(labels[i], predicted[i]);
    return static_cast<double>(right) / static_cast<double>(labels.size());
}

/// The share of samples whose label is among the `k` classes of highest score. Of equal scores the class of lower number
/// counts as higher, as argmax has it, so that k = 1 is the accuracy. Throws std::invalid_argument as accuracy does, for
/// a label without a score, and unless 1 ≤ k ≤ classes. A sample whose label's score is NaN is never right.
template <class Labels, class Scores>
[[nodiscard]] double top_k_accuracy(const Labels& labels, const Scores& scores, size_t k) {
    constexpr size_t classes = std::tuple_size_v<detail::item_of<Scores>>;
    detail::check_pairs(labels.size(), scores.size(), "top_k_accuracy", "rows of scores");
    if (k < 1 || k > classes)
        throw std::invalid_argument("inlay: top_k_accuracy: k is " + std::to_string(k) + ": expected 1 to " +
                                    std::to_string(classes));
    size_t right = 0;
    for (size_t i = 0; i < labels.size(); ++i) {
        const size_t label = detail::class_below(labels[i], classes, i, "top_k_accuracy");
        const auto own = scores[i][label];
        size_t above = own == own ? 0 : k;
        for (size_t c = 0; c < classes; ++c) above += scores[i][c] > own || (c < label && scores[i][c] == own);
        right += above < k;
    }
    return static_cast<double>(right) / static_cast<double>(labels.size());
}

/// Precision, recall and F1 of a class, or a mean of several:
///
///     precision = found / predicted as the class    recall = found / samples of the class    f1 = 2·p·r / (p + r)
///
/// 0 where there is nothing to divide by (scikit-learn's zero_division=0).
struct class_figures {
    double precision = 0, recall = 0, f1 = 0;
    std::uint64_t support = 0; ///< how many samples of the class there are
};

/// The figures of all classes and their means (sklearn.metrics.classification_report):
///
///     const classification_report report(test.labels, predict_classes(net, test.inputs));
///     std::cout << report;             // a table
///     report.macro.f1, report[2].recall
///
/// Classes that are neither among the labels nor among the predictions do not count in the means.
class classification_report {
  public:
    class_figures macro;    ///< the plain mean over the classes
    class_figures micro;    ///< of all samples together: each of the three is the accuracy
    class_figures weighted; ///< the mean over the classes, weighted by support

    /// Throws std::invalid_argument without samples, when there are not as many predictions as labels, and for a class
    /// below 0 or of a million and more.
    template <class Labels, class Classes>
    classification_report(const Labels& labels, const Classes& predicted) {
        constexpr const char* metric = "classification_report";
        detail::check_pairs(labels.size(), predicted.size(), metric, "predictions");
        std::vector<std::uint64_t> hits, as;
        std::uint64_t right = 0;
        const auto room = [&](size_t number, size_t sample) {
            detail::class_below(number, 1000000, sample, metric);
            if (number < classes_.size()) return;
            classes_.resize(number + 1);
            hits.resize(number + 1);
            as.resize(number + 1);
        };
        for (size_t i = 0; i < labels.size(); ++i) {
            const size_t actual = detail::class_number(labels[i], i, metric);
            const size_t found = detail::class_number(predicted[i], i, metric);
            room(std::max(actual, found), i);
            ++classes_[actual].support;
            ++as[found];
            hits[actual] += actual == found;
            right += actual == found;
        }
        size_t present = 0;
        const auto all = static_cast<double>(labels.size());
        for (size_t c = 0; c < classes_.size(); ++c) {
            class_figures& one = classes_[c];
            const auto hit = static_cast<double>(hits[c]), share = static_cast<double>(one.support) / all;
            one.precision = detail::ratio_or_zero(hit, static_cast<double>(as[c]));
            one.recall = detail::ratio_or_zero(hit, static_cast<double>(one.support));
            one.f1 = detail::ratio_or_zero(2 * hit, static_cast<double>(as[c] + one.support));
            present += as[c] + one.support > 0;
            add(macro, one, 1);
            add(weighted, one, share);
        }
        const class_figures sum = macro;
        macro = {};
        add(macro, sum, 1 / static_cast<double>(present));
        micro.precision = micro.recall = micro.f1 = static_cast<double>(right) / all;
        macro.support = micro.support = weighted.support = labels.size();
    }

    /// How many classes there are, up to the highest one seen.
    [[nodiscard]] size_t size() const noexcept { return classes_.size(); }
    /// The figures of class `which`; below size().
    [[nodiscard]] const class_figures& operator[](size_t which) const { return classes_.at(which); }
    /// The share of samples whose class was found, 0 to 1.
    [[nodiscard]] double accuracy() const noexcept { return micro.f1; }
    /// What the rows of the table are called, class by class.
    classification_report& names(std::vector<std::string> of_classes) {
        names_ = std::move(of_classes);
        return *this;
    }

    /// A row per class, then the means.
    friend std::ostream& operator<<(std::ostream& out, const classification_report& report) {
        std::string table = row({}, "", "precision", "recall", "f1", "support");
        const auto line = [&](const std::string& name, const class_figures& one) {
            const auto places = [](double value) {
                char digits[32];
                std::snprintf(digits, sizeof digits, "%.3f", value);
                return std::string(digits);
            };
            table +=
                row({}, name, places(one.precision), places(one.recall), places(one.f1), std::to_string(one.support));
        };
        for (size_t c = 0; c < report.size(); ++c)
            line(c < report.names_.size() ? report.names_[c] : std::to_string(c), report[c]);
        line("macro", report.macro);
        line("weighted", report.weighted);
        line("accuracy", report.micro);
        return out.write(table.data(), static_cast<std::streamsize>(table.size()));
    }

  private:
    static void add(class_figures& to, const class_figures& one, double share) {
        to.precision += one.precision * share;
        to.recall += one.recall * share;
        to.f1 += one.f1 * share;
    }
    static std::string row(std::string line, const std::string& name, const std::string& a, const std::string& b,
                           const std::string& c, const std::string& d) {
        const auto cell = [](const std::string& text) {
            return std::string(text.size() < 11 ? 11 - text.size() : 1, ' ') + text;
        };
        line += name + std::string(name.size() < 16 ? 16 - name.size() : 1, ' ');
        return line + cell(a) + cell(b) + cell(c) + cell(d) + "\n";
    }
    std::vector<class_figures> classes_;
    std::vector<std::string> names_;
};

// ---- scores of two classes ----------------------------------------------------------------------------------------------

/// The receiver operating characteristic of a score for two classes: for every threshold the shares of class 0 and of
/// class 1 whose score is at least that. `score`: a logit or probability of class 1. (sklearn.metrics.roc_curve with
/// drop_intermediate=False; the first threshold is infinite, where nothing is class 1.)
struct roc_curve {
    std::vector<double> false_positive_rate{0}, true_positive_rate{0};
    std::vector<double> thresholds{std::numeric_limits<double>::infinity()};

    /// Throws std::invalid_argument without samples, when there are not as many scores as labels, for a label that is
    /// neither 0 nor 1, for a score that is NaN, and unless both classes occur.
    template <class Labels, class Scores>
    roc_curve(const Labels& labels, const Scores& scores) {
        const detail::ranking all = detail::ranked(labels, scores, "roc_curve");
        const double positives = all.positives.back(), negatives = all.negatives.back();
        if (positives == 0 || negatives == 0)
            throw std::invalid_argument("inlay: roc_curve: all labels are " + std::string(positives == 0 ? "0" : "1") +
                                        ": expected both classes");
        for (size_t i = 0; i < all.threshold.size(); ++i) {
            false_positive_rate.push_back(all.negatives[i] / negatives);
            true_positive_rate.push_back(all.positives[i] / positives);
            thresholds.push_back(all.threshold[i]);
        }
    }

    /// The area under the curve: the share of pairs of a sample of class 1 and one of class 0 in which the first has the
    /// higher score (equal ones count half). 1 is perfect, ½ is chance. (sklearn.metrics.roc_auc_score.)
    [[nodiscard]] double auc() const {
        double area = 0;
        for (size_t i = 1; i < thresholds.size(); ++i)
            area += (false_positive_rate[i] - false_positive_rate[i - 1]) *
                    (true_positive_rate[i] + true_positive_rate[i - 1]) / 2;
        return area;
    }
};

/// The mean over the classes of the area under the curve of each against all others, from rows of scores
/// (sklearn.metrics.roc_auc_score with multi_class="ovr"). Throws as roc_curve does.
template <class Labels, class Scores>
[[nodiscard]] double roc_auc(const Labels& labels, const Scores& scores) {
    using row = detail::item_of<Scores>;
    if constexpr (std::is_arithmetic_v<row>) return roc_curve(labels, scores).auc();
    else if constexpr (std::tuple_size_v<row> == 1) return roc_curve(labels, scores).auc();
    else {
        constexpr size_t classes = std::tuple_size_v<row>;
        detail::check_pairs(labels.size(), scores.size(), "roc_auc", "rows of scores");
        double sum = 0;
        std::vector<int> is(labels.size());
        std::vector<double> score(labels.size());
        for (size_t c = 0; c < classes; ++c) {
            for (size_t i = 0; i < is.size(); ++i) {
                is[i] = detail::class_below(labels[i], classes, i, "roc_auc") == c;
                score[i] = static_cast<double>(scores[i][c]);
            }
            sum += roc_curve(is, score).auc();
        }
        return sum / static_cast<double>(classes);
    }
}

/// Precision over recall, from the lowest threshold, where recall is 1, to none, where it is 0 and precision 1; one
/// threshold less than points. (sklearn.metrics.precision_recall_curve.)
struct precision_recall_curve {
    std::vector<double> precision, recall, thresholds;

    /// Throws std::invalid_argument as roc_curve does; only class 1 must occur.
    template <class Labels, class Scores>
    precision_recall_curve(const Labels& labels, const Scores& scores) {
        const detail::ranking all = detail::ranked(labels, scores, "precision_recall_curve");
        const double positives = all.positives.back();
        if (positives == 0)
            throw std::invalid_argument("inlay: precision_recall_curve: all labels are 0: expected class 1 too");
        for (size_t i = all.threshold.size(); i-- > 0;) {
            precision.push_back(all.positives[i] / (all.positives[i] + all.negatives[i]));
            recall.push_back(all.positives[i] / positives);
            thresholds.push_back(all.threshold[i]);
        }
        precision.push_back(1);
        recall.push_back(0);
    }

    /// Σ (recall_i − recall_{i+1})·precision_i: the mean precision over the recall gained, without interpolation.
    /// (sklearn.metrics.average_precision_score.)
    [[nodiscard]] double average_precision() const {
        double sum = 0;
        for (size_t i = 0; i < thresholds.size(); ++i) sum += (recall[i] - recall[i + 1]) * precision[i];
        return sum;
    }
};

// ---- probabilities ------------------------------------------------------------------------------------------------------

/// −mean ln(probability of the label), of rows of probabilities or, for two classes, of probabilities of class 1.
/// Probabilities are kept 2⁻⁵² away from 0 and 1, and rows divided by their sum. (sklearn.metrics.log_loss, in double.)
/// Throws std::invalid_argument without samples, when there are not as many rows as labels, for a probability that is not
/// from 0 to 1, and for a label without a probability.
template <class Labels, class Probabilities>
[[nodiscard]] double log_loss(const Labels& labels, const Probabilities& probabilities) {
    detail::check_pairs(labels.size(), probabilities.size(), "log_loss", "probabilities");
    constexpr double least = std::numeric_limits<double>::epsilon();
    double sum = 0;
    for (size_t i = 0; i < labels.size(); ++i) {
        std::vector<double> shares = detail::class_probabilities(probabilities[i], i, "log_loss");
        const size_t label = detail::class_below(labels[i], shares.size(), i, "log_loss");
        double all = 0;
        for (double& share : shares) all += share = std::clamp(share, least, 1 - least);
        sum -= std::log(shares[label] / all);
    }
    return sum / static_cast<double>(labels.size());
}

/// Whether probabilities are what they say: samples in `bins` of equal width by their confidence, the highest
/// probability of a row, and in each bin how often that class was the right one (a reliability diagram).
///
///     ECE = Σ_bins samples/all · |accuracy − confidence|      (Guo et al. 2017; bin m is ((m − 1)/bins, m/bins])
struct calibration_curve {
    std::vector<double> confidence; ///< per bin its mean; NaN of an empty bin, as accuracy
    std::vector<double> accuracy;
    std::vector<std::uint64_t> samples;

    /// Throws std::invalid_argument as log_loss does, and for no bins.
    template <class Labels, class Probabilities>
    calibration_curve(const Labels& labels, const Probabilities& probabilities, size_t bins = 15) {
        detail::check_pairs(labels.size(), probabilities.size(), "calibration_curve", "probabilities");
        if (bins == 0) throw std::invalid_argument("inlay: calibration_curve: expected at least one bin");
        confidence.resize(bins);
        accuracy.resize(bins);
        samples.resize(bins);
        for (size_t i = 0; i < labels.size(); ++i) {
            const std::vector<double> shares = detail::class_probabilities(probabilities[i], i, "calibration_curve");
            const auto most = std::max_element(shares.begin(), shares.end());
            const size_t label = detail::class_below(labels[i], shares.size(), i, "calibration_curve");
            const double place = std::ceil(*most * static_cast<double>(bins)) - 1;
            const size_t bin = std::min(place > 0 ? static_cast<size_t>(place) : 0, bins - 1);
            ++samples[bin];
            confidence[bin] += *most;
            accuracy[bin] += static_cast<size_t>(most - shares.begin()) == label;
        }
        for (size_t bin = 0; bin < bins; ++bin) { // 0/0 is NaN
            confidence[bin] /= static_cast<double>(samples[bin]);
            accuracy[bin] /= static_cast<double>(samples[bin]);
        }
    }

    /// The expected calibration error, 0 to 1.
    [[nodiscard]] double ece() const {
        double sum = 0, all = 0;
        for (size_t bin = 0; bin < samples.size(); ++bin) {
            const auto count = static_cast<double>(samples[bin]);
            all += count;
            if (samples[bin] > 0) sum += count * std::abs(accuracy[bin] - confidence[bin]);
        }
        return sum / all;
    }
};

// ---- numbers ------------------------------------------------------------------------------------------------------------

/// How far outputs are from targets, which are numbers or arrays of numbers; with arrays all figures but `r2` are over all
/// elements, and `r2` is the mean over the outputs.
///
///     mse = mean (t − y)²    mae = mean |t − y|    r2 = 1 − Σ(t − y)² / Σ(t − mean t)²    esr = Σ(t − y)² / Σ t²
///
/// r2 is that of sklearn.metrics.r2_score (1 where a constant target is met exactly, 0 where it is not), esr the
/// error-to-signal ratio of audio models (Damskägg et al. 2019, without their pre-emphasis: filter both before).
struct regression_report {
    double mse = 0, mae = 0, r2 = 0, esr = 0;

    [[nodiscard]] double rmse() const { return std::sqrt(mse); } ///< √mse, in the targets' unit

    /// Throws std::invalid_argument without samples, and when there are not as many outputs as targets. NaN makes NaN.
    template <class Targets, class Outputs>
    regression_report(const Targets& targets, const Outputs& outputs) {
        using row = detail::item_of<Targets>;
        static_assert(std::is_arithmetic_v<row> == std::is_arithmetic_v<detail::item_of<Outputs>>,
                      "inlay: targets and outputs are both numbers, or both arrays");
        detail::check_pairs(targets.size(), outputs.size(), "regression_report", "outputs");
        const auto at = [](const auto& sample, [[maybe_unused]] size_t i) {
            if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(sample)>>)
                return static_cast<double>(sample);
            else return static_cast<double>(sample[i]);
        };
        constexpr size_t width = [] {
            if constexpr (std::is_arithmetic_v<row>) return size_t{1};
            else {
                static_assert(std::tuple_size_v<row> == std::tuple_size_v<detail::item_of<Outputs>>,
                              "inlay: targets and outputs are of one size");
                return std::tuple_size_v<row>;
            }
        }();
        const auto count = static_cast<double>(targets.size());
        double signal = 0;
        for (size_t o = 0; o < width; ++o) {
            double centre = 0, errors = 0, spread = 0;
            for (size_t i = 0; i < targets.size(); ++i) centre += at(targets[i], o);
            centre /= count;
            for (size_t i = 0; i < targets.size(); ++i) {
                const double wanted = at(targets[i], o), error = wanted - at(outputs[i], o);
                errors += error * error;
                mae += std::abs(error);
                spread += (wanted - centre) * (wanted - centre);
                signal += wanted * wanted;
            }
            mse += errors;
            r2 += spread == 0 ? (errors == 0 ? 1 : errors > 0 ? 0 : errors) : 1 - errors / spread;
        }
        esr = mse / signal;
        mse /= count * static_cast<double>(width);
        mae /= count * static_cast<double>(width);
        r2 /= static_cast<double>(width);
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
