// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Pictures by gnuplot 5, without a display: curves, boundaries, matrices, filters. A picture is gnuplot's commands with their
// data, so it can also go to any stream, such as gnuplot-iostream's Gnuplot, which shows a window: `Gnuplot gp; gp << picture`.
#pragma once

#include <inlay/host/confusion_matrix.hpp>
#include <inlay/host/data_set.hpp>
#include <inlay/host/fit_options.hpp>
#include <inlay/host/metrics.hpp>
#include <inlay/host/search.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A picture that can be saved: `picture_of(history).save("fit.svg")`.
class picture {
  public:
    picture() = default;
    /// gnuplot's commands, with their data in blocks.
    explicit picture(std::string commands) : commands_(std::move(commands)) {}

    /// What gnuplot is told, after `set terminal` and `set output`.
    [[nodiscard]] const std::string& commands() const noexcept { return commands_; }
    friend std::ostream& operator<<(std::ostream& out, const picture& one) { return out << one.commands_; }

    /// Has gnuplot draw it into a file, .svg or .png. Throws std::invalid_argument for another ending, and
    /// std::runtime_error where gnuplot is not installed or fails.
    void save(const std::filesystem::path& path, size_t width = 800, size_t height = 600) const {
        const std::string ending = path.extension().string();
        if (ending != ".svg" && ending != ".png")
            throw std::invalid_argument("inlay: the picture " + path.string() + ": expected the ending .svg or .png");
        std::string quoted;
        for (const char c : path.string()) quoted += c == '\'' ? "''" : std::string(1, c);
        const std::string head = std::string("set terminal ") + (ending == ".svg" ? "svg" : "png") + " size " +
                                 std::to_string(width) + "," + std::to_string(height) + "\nset output '" + quoted +
                                 "'\n";
#if defined(_WIN32)
        std::FILE* const pipe = _popen("gnuplot", "wb");
#else
        // What a gnuplot that failed leaves unread is read by the shell: a broken pipe would end the program.
        std::FILE* const pipe =
            popen("if command -v gnuplot >/dev/null 2>&1; then gnuplot; status=$?; else status=127; fi; "
                  "while read -r line; do :; done; exit $status",
                  "w");
#endif
        if (!pipe) throw std::runtime_error("inlay: gnuplot cannot be started; " + path.string() + " was not drawn");
        const std::string all = head + commands_ + "unset output\n";
        const bool written = std::fwrite(all.data(), 1, all.size(), pipe) == all.size();
#if defined(_WIN32)
        const int status = _pclose(pipe);
        const bool missing = false;
#else
        const int status = pclose(pipe);
        const bool missing = status == 127 << 8;
#endif
        if (missing)
            throw std::runtime_error("inlay: gnuplot is not installed (Debian: apt install gnuplot-nox); " +
                                     path.string() + " was not drawn");
        if (!written || status != 0)
            throw std::runtime_error("inlay: gnuplot failed; " + path.string() + " was not drawn");
    }
    /// The same for programs that go on without their picture: says on `log` that it was drawn, or why not, and returns whether
    /// it was.
    bool try_save(const std::filesystem::path& path, std::ostream& log, size_t width = 800, size_t height = 600) const {
        try {
            save(path, width, height);
            log << path.string() << " drawn\n";
            return true;
        } catch (const std::runtime_error& error) {
            log << error.what() << '\n';
            return false;
        }
    }

  private:
    std::string commands_;
};

namespace detail {

/// A number as gnuplot reads it; infinite and NaN leave a gap.
inline std::string plotted(double value) {
    if (!(value - value == 0)) return "NaN";
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.9g", value);
    return digits;
}
/// Text in gnuplot's double quotes, none of it markup.
inline std::string plot_text(std::string_view text) {
    std::string all = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') all += '\\';
        if (c == '_' || c == '^' || c == '{' || c == '}' || c == '@' || c == '&') all += "\\\\";
        all += c == '\n' ? ' ' : c;
    }
    return all + "\"";
}
/// A block of data of that name, from rows of columns.
template <class... Columns>
std::string plot_block(const std::string& name, const Columns&... columns) {
    const size_t rows = std::min({columns.size()...});
    std::string text = "$" + name + " << EOD\n";
    for (size_t i = 0; i < rows; ++i) {
        ((text += plotted(static_cast<double>(columns[i])) + " "), ...);
        text.back() = '\n';
    }
    return text + "EOD\n";
}
inline std::vector<double> counted_from_one(size_t count) {
    std::vector<double> all(count);
    for (size_t i = 0; i < count; ++i) all[i] = static_cast<double>(i + 1);
    return all;
}
inline std::string axes_text(std::string_view title, std::string_view x, std::string_view y) {
    return "set title " + plot_text(title) + "\nset xlabel " + plot_text(x) + "\nset ylabel " + plot_text(y) +
           "\nset grid\n";
}

} // namespace detail

/// Numbers over numbers, for picture_of_series.
struct plot_series {
    std::string name;      ///< in the legend; empty: not there
    std::vector<double> x; ///< to the right
    std::vector<double> y; ///< upwards, of each x
    bool points = false;   ///< dots, not a line
};

/// How picture_of_series draws its axes.
struct plot_axes {
    std::string x = "";  ///< what is written below
    std::string y = "";  ///< and on the left
    bool log_x = false;  ///< by the logarithm
    bool log_y = false;  ///< by the logarithm
    bool square = false; ///< one unit is as long in both directions
};

/// Any numbers over others, in one picture: `picture_of_series({{"sine", x, y}, {"samples", a, b, true}}, "fit", {.x = "s"})`.
/// A series ends where x or y does; NaN leaves a gap. Throws std::invalid_argument without series.
[[nodiscard]] inline picture picture_of_series(const std::vector<plot_series>& all, std::string_view title,
                                               const plot_axes& axes = {}) {
    if (all.empty()) throw std::invalid_argument("inlay: picture_of_series of none");
    std::string blocks, plots;
    for (size_t i = 0; i < all.size(); ++i) {
        const std::string name = "series" + std::to_string(i);
        blocks += detail::plot_block(name, all[i].x, all[i].y);
        plots += (i == 0 ? "$" : ", $") + name + " using 1:2 with " +
                 (all[i].points ? "points pt 7 ps 0.4" : "lines lw 2") +
                 (all[i].name.empty() ? " notitle" : " title " + detail::plot_text(all[i].name));
    }
    return picture(blocks + detail::axes_text(title, axes.x, axes.y) + (axes.log_x ? "set logscale x\n" : "") +
                   (axes.log_y ? "set logscale y\nset format y '10^{%L}'\n" : "") +
                   (axes.square ? "set size ratio -1\n" : "") + "set key below\nplot " + plots + "\n");
}

/// Losses, and below them the metrics, over the epochs; the best one is marked.
[[nodiscard]] inline picture picture_of(const history& seen, std::string_view title = "training") {
    const auto epochs = detail::counted_from_one(seen.epochs());
    std::string text = detail::plot_block("loss", epochs, seen.loss),
                losses = "$loss using 1:2 with lines lw 2 title 'loss'";
    if (!seen.validation_loss.empty()) {
        text += detail::plot_block("validation", epochs, seen.validation_loss);
        losses += ", $validation using 1:2 with lines lw 2 title 'validation loss'";
    }
    std::string metrics;
    for (size_t i = 0; i < seen.metrics.size(); ++i) {
        const std::string name = "metric" + std::to_string(i);
        text += detail::plot_block(name, epochs, seen.metrics[i].values);
        metrics += (metrics.empty() ? "" : ", ") + ("$" + name) + " using 1:2 with lines lw 2 title " +
                   detail::plot_text(seen.metrics[i].name);
    }
    if (seen.best_epoch > 0)
        text += "set arrow from first " + std::to_string(seen.best_epoch) + ", graph 0 to first " +
                std::to_string(seen.best_epoch) + ", graph 1 nohead dt 2\n";
    if (!metrics.empty()) text += "set multiplot layout 2,1\n";
    text += detail::axes_text(title, "epoch", "loss") + "plot " + losses + "\n";
    if (!metrics.empty()) text += detail::axes_text("", "epoch", "metric") + "plot " + metrics + "\nunset multiplot\n";
    return picture(text);
}

/// The loss over the learning rate, and the rate suggested.
[[nodiscard]] inline picture picture_of(const range_test& test, std::string_view title = "learning-rate range test") {
    const std::string rate = detail::plotted(test.suggestion);
    return picture(detail::plot_block("loss", test.rates, test.losses) + "set logscale x\nset format x '10^{%L}'\n" +
                   detail::axes_text(title, "learning rate", "loss") + "set arrow from first " + rate +
                   ", graph 0 to first " + rate + ", graph 1 nohead dt 2\nplot $loss using 1:2 with lines lw 2 title " +
                   detail::plot_text("suggested: " + detail::short_number(test.suggestion)) + "\n");
}

/// The receiver operating characteristic, and chance as the diagonal.
[[nodiscard]] inline picture picture_of(const roc_curve& roc, std::string_view title = "ROC") {
    return picture(detail::plot_block("roc", roc.false_positive_rate, roc.true_positive_rate) +
                   detail::axes_text(title, "false positive rate", "true positive rate") +
                   "set key bottom right\nset xrange [0:1]\nset yrange [0:1]\nset size square\nplot x with lines dt 2 "
                   "notitle, $roc using 1:2 with lines lw 2 title " +
                   detail::plot_text("area " + detail::short_number(roc.auc())) + "\n");
}

/// Precision over recall.
[[nodiscard]] inline picture picture_of(const precision_recall_curve& curve,
                                        std::string_view title = "precision and recall") {
    return picture(
        detail::plot_block("curve", curve.recall, curve.precision) + detail::axes_text(title, "recall", "precision") +
        "set key bottom left\nset xrange [0:1]\nset yrange [0:1.05]\nplot $curve using 1:2 with steps lw 2 title " +
        detail::plot_text("average precision " + detail::short_number(curve.average_precision())) + "\n");
}

/// How often the most probable class was right, over its probability; the diagonal is what it says.
[[nodiscard]] inline picture picture_of(const calibration_curve& curve, std::string_view title = "calibration") {
    return picture(
        detail::plot_block("curve", curve.confidence, curve.accuracy) +
        detail::axes_text(title, "confidence", "accuracy") +
        "set key top left\nset xrange [0:1]\nset yrange [0:1]\nset size square\nplot x with lines dt 2 notitle, "
        "$curve using 1:2 with linespoints lw 2 pt 7 title " +
        detail::plot_text("ECE " + detail::short_number(curve.ece())) + "\n");
}

/// Counts as colours and numbers, a row per actual class.
template <size_t Classes>
[[nodiscard]] picture picture_of(const confusion_matrix<Classes>& matrix, std::string_view title = "confusion") {
    std::string text = "$counts << EOD\n";
    for (size_t i = 0; i < Classes; ++i)
        for (size_t j = 0; j < Classes; ++j)
            text += std::to_string(j) + " " + std::to_string(i) + " " + std::to_string(matrix.count(i, j)) + "\n";
    text += "EOD\n" + detail::axes_text(title, "predicted", "actual") + "unset grid\nset size square\nset yrange [" +
            std::to_string(Classes) + "-0.5:-0.5]\nset xrange [-0.5:" + std::to_string(Classes) +
            "-0.5]\nset xtics 1\nset ytics 1\nunset key\nset cbrange [0:*]\n"
            "set palette defined (0 'white', 1 'steelblue')\n"
            "plot $counts using 1:2:3 with image, '' using 1:2:(sprintf('%g', $3)) with labels\n";
    return picture(text);
}

/// Where a network on two numbers sees which class, over the samples: classes as colours. `steps` points each way.
template <class Network>
[[nodiscard]] picture picture_of_boundary(const Network& net, const data_set<2, typename Network::scalar_type>& data,
                                          std::string_view title = "decision boundary", size_t steps = 100) {
    static_assert(Network::input_size == 2, "inlay: a decision boundary is that of a network on two numbers");
    if (data.empty() || steps < 2) throw std::invalid_argument("inlay: picture_of_boundary without samples or steps");
    std::array<double, 2> low, high;
    for (size_t f = 0; f < 2; ++f) {
        low[f] = high[f] = static_cast<double>(data.inputs[0][f]);
        for (const auto& x : data.inputs) {
            low[f] = std::min(low[f], static_cast<double>(x[f]));
            high[f] = std::max(high[f], static_cast<double>(x[f]));
        }
        const double rim = high[f] > low[f] ? (high[f] - low[f]) / 10 : 1;
        low[f] -= rim;
        high[f] += rim;
    }
    std::string text = "$field << EOD\n";
    for (size_t r = 0; r < steps; ++r)
        for (size_t c = 0; c < steps; ++c) {
            const auto at = [&](size_t f, size_t step) {
                return low[f] + (high[f] - low[f]) * static_cast<double>(step) / static_cast<double>(steps - 1);
            };
            using scalar = typename Network::scalar_type;
            const typename Network::input_type x{static_cast<scalar>(at(0, c)), static_cast<scalar>(at(1, r))};
            text += detail::plotted(at(0, c)) + " " + detail::plotted(at(1, r)) + " " +
                    std::to_string(predicted_class<Network>(net(x))) + "\n";
        }
    text += "EOD\n$samples << EOD\n";
    for (size_t i = 0; i < data.size(); ++i)
        text += detail::plotted(static_cast<double>(data.inputs[i][0])) + " " +
                detail::plotted(static_cast<double>(data.inputs[i][1])) + " " + std::to_string(data.labels[i]) + "\n";
    return picture(
        text + "EOD\n" + detail::axes_text(title, "", "") +
        "unset grid\nunset key\nunset colorbox\nset palette defined (0 '#9ecae1', 1 '#fdae6b', 2 '#a1d99b', 3 "
        "'#bcbddc')\nset cbrange [0:3]\nset autoscale xfix\nset autoscale yfix\n"
        "plot $field using 1:2:3 with image, $samples using 1:2 with points pt 7 ps 1 lc rgb 'black', $samples "
        "using 1:2:3 with points pt 7 ps 0.7 lc palette\n");
}

/// A network from one number to one number over its samples.
template <class Network, class Targets>
[[nodiscard]] picture picture_of_curve(const Network& net, std::span<const typename Network::input_type> inputs,
                                       const Targets& targets, std::string_view title = "fitted curve") {
    static_assert(Network::input_size == 1 && Network::output_size == 1,
                  "inlay: a fitted curve is that of a network from one number to one number");
    detail::check_counts(inputs.size(), targets.size(), "targets");
    std::vector<double> x, t, at, y;
    for (size_t i = 0; i < inputs.size(); ++i) {
        x.push_back(static_cast<double>(inputs[i][0]));
        t.push_back(detail::single_score(targets[i], i, "picture_of_curve"));
    }
    const auto [low, high] = std::minmax_element(x.begin(), x.end());
    for (size_t i = 0; i <= 300; ++i) {
        at.push_back(*low + (*high - *low) * static_cast<double>(i) / 300);
        y.push_back(static_cast<double>(net({static_cast<typename Network::scalar_type>(at.back())})[0]));
    }
    return picture(detail::plot_block("samples", x, t) + detail::plot_block("curve", at, y) +
                   detail::axes_text(title, "x", "y") +
                   "plot $samples using 1:2 with points pt 7 ps 0.6 title 'samples', $curve using 1:2 with lines lw 2 "
                   "title 'network'\n");
}

/// How often values lie where, in `bins` of equal width: of errors, of weights (`net.canonical()`). Infinite and NaN are left
/// out. Throws std::invalid_argument without values.
template <class Values>
[[nodiscard]] picture picture_of_histogram(const Values& values, std::string_view title = "histogram",
                                           size_t bins = 40) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const auto value : values) {
        const auto number = static_cast<double>(value);
        if (number - number == 0) low = std::min(low, number), high = std::max(high, number);
    }
    if (!(low <= high) || bins == 0) throw std::invalid_argument("inlay: picture_of_histogram of no values");
    const double width = high > low ? (high - low) / static_cast<double>(bins) : 1;
    std::vector<double> counts(bins), centres(bins);
    for (size_t i = 0; i < bins; ++i) centres[i] = low + (static_cast<double>(i) + 0.5) * width;
    for (const auto value : values) {
        const auto number = static_cast<double>(value);
        if (number - number == 0) ++counts[std::min(bins - 1, static_cast<size_t>((number - low) / width))];
    }
    return picture(detail::plot_block("bins", centres, counts) + detail::axes_text(title, "", "count") +
                   "unset key\nset style fill solid 0.6\nset yrange [0:*]\nset boxwidth " + detail::plotted(width) +
                   "\nplot $bins using 1:2 with boxes\n");
}

/// Images of one channel side by side, each from its least (black) to its greatest value (white): digits, or the weights of
/// a first layer, `picture_of_images<28, 28>(rows)` with rows of numbers, such as `picture_of_weights` makes.
template <size_t Height, size_t Width, class Images>
[[nodiscard]] picture picture_of_images(const Images& images, std::string_view title = "", size_t columns = 8) {
    if (images.size() == 0 || columns == 0) throw std::invalid_argument("inlay: picture_of_images of no images");
    std::string text = "$pixels << EOD\n";
    for (size_t n = 0; n < images.size(); ++n) {
        const auto& image = images[n];
        if (image.size() != Height * Width)
            throw std::invalid_argument("inlay: picture_of_images: image " + std::to_string(n) + " has " +
                                        std::to_string(image.size()) + " pixels");
        const auto [low, high] = std::minmax_element(image.begin(), image.end());
        const double least = static_cast<double>(*low),
                     range = std::max(static_cast<double>(*high) - least, 1e-30_double);
        for (size_t r = 0; r < Height; ++r)
            for (size_t c = 0; c < Width; ++c)
                text += std::to_string((n % columns) * (Width + 1) + c) + " " +
                        std::to_string((n / columns) * (Height + 1) + r) + " " +
                        detail::plotted((static_cast<double>(image[r * Width + c]) - least) / range) + "\n";
    }
    return picture(
        text + "EOD\nset title " + detail::plot_text(title) +
        "\nunset key\nunset colorbox\nunset border\nunset tics\nset palette gray\nset cbrange [0:1]\nset size "
        "ratio -1\nset yrange [] reverse\nset style fill solid 1 noborder\nplot $pixels using "
        "1:2:(0.5):(0.5):3 with boxxyerror lc palette\n");
}

/// The weights of each output of a tensor as an image: those of a dense layer on images of Height × Width, or the filters of
/// a convolution of that size over one channel. `picture_of_weights<"0.weight", 5, 5>(net)`.
template <fixed_text Path, size_t Height, size_t Width, class Network>
[[nodiscard]] picture picture_of_weights(const Network& net, std::string_view title = "weights", size_t columns = 8) {
    const auto tensor = net.template parameter<Path>();
    static_assert(decltype(tensor)::size() % (Height * Width) == 0,
                  "inlay: the tensor is no row of images of that height and width");
    std::vector<std::vector<double>> images(tensor.size() / (Height * Width));
    for (size_t i = 0; i < tensor.size(); ++i) images[i / (Height * Width)].push_back(static_cast<double>(tensor[i]));
    return picture_of_images<Height, Width>(images, title, columns);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
