// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Pictures: what gnuplot is told, that it draws where it is installed, what is said where it is not; the diagram.
#define BOOST_TEST_MODULE pictures
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/diagram.hpp>
#include <inlay/host/pictures.hpp>
#include <inlay/inlay.hpp>

#include <array>
#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace inlay;

namespace {

using plane = network<input<2>, dense<4>, inlay::tanh, dense<3>>;
using curve = network<input<1>, dense<4>, inlay::tanh, dense<1>>;
using image = network<input<6, 6, 1>, conv2d<4, window{3, 3}>, relu, named<"flat", flatten>, dense<2>>;

template <class Call>
std::string refusal(Call call) {
    return message_of<std::invalid_argument>(call);
}
template <class Network>
Network start() {
    Network net;
    initialize(net, seed{1});
    return net;
}

/// One of each kind.
std::vector<std::pair<std::string, picture>> all() {
    history seen;
    seen.loss = {3, 2, 1.5};
    seen.validation_loss = {3, 2.5, 2.6};
    seen.learning_rate = {1, 1, 1};
    seen.metrics = {{"top_k", {0.1, 0.2, 0.3}}};
    seen.best_epoch = 2;
    range_test test;
    test.rates = {1e-3, 1e-2, 1e-1};
    test.losses = {1, 0.5, 2};
    test.suggestion = 1e-2;
    const std::vector<int> labels{0, 1, 1, 0};
    const std::vector<double> scores{0.1, 0.9, 0.4, 0.6};
    confusion_matrix<2> matrix;
    matrix.add(0, 1);
    const data_set<2> points{{{0, 0}, {1, 2}, {3, 1}}, {0, 1, 2}};
    const std::vector<curve::input_type> x{{0}, {1}};
    return {{"history", picture_of(seen)},
            {"range", picture_of(test)},
            {"roc", picture_of(roc_curve(labels, scores))},
            {"recall", picture_of(precision_recall_curve(labels, scores))},
            {"calibration", picture_of(calibration_curve(labels, scores))},
            {"confusion", picture_of(matrix)},
            {"boundary", picture_of_boundary(start<plane>(), points, "it's \"a_b\"", 10)},
            {"curve", picture_of_curve(start<curve>(), x, std::vector<float>{1, 2})},
            {"histogram", picture_of_histogram(start<plane>().canonical())},
            {"series", picture_of_series({{"a line", {1, 2, 3}, {1, 10, 100}}, {"", {1, 2}, {3, 4}, true}}, "two",
                                         {.x = "x", .log_x = true, .log_y = true, .square = true})},
            {"filters", picture_of_weights<"0.weight", 3, 3>(start<image>())}};
}

} // namespace

BOOST_AUTO_TEST_CASE(what_gnuplot_is_told) {
    const auto pictures = all();
    const std::string& seen = pictures[0].second.commands();
    BOOST_TEST(contains(seen, "$validation << EOD\n1 3\n2 2.5\n3 2.6\nEOD\n"));
    BOOST_TEST(contains(seen, "set arrow from first 2, graph 0"));
    BOOST_TEST(contains(seen, "title \"top\\\\_k\""));
    BOOST_TEST(contains(pictures[2].second.commands(), "area 0.75"));
    BOOST_TEST(contains(pictures[5].second.commands(), "$counts << EOD\n0 0 0\n1 0 1\n0 1 0\n1 1 0\nEOD\n"));
    BOOST_TEST(contains(pictures[9].second.commands(), "$series1 << EOD\n1 3\n2 4\nEOD\n"));
    BOOST_TEST(contains(pictures[9].second.commands(), "title \"a line\", $series1 using 1:2 with points"));
    std::ostringstream out;
    out << pictures[1].second;
    BOOST_TEST(out.str() == pictures[1].second.commands());
}

BOOST_AUTO_TEST_CASE(drawn) {
    if (std::system("gnuplot --version >/dev/null 2>&1") != 0) {
        BOOST_TEST_MESSAGE("gnuplot is not installed: nothing is drawn");
        return;
    }
    const temporary_folder here;
    for (const auto& [name, one] : all()) {
        BOOST_TEST_CONTEXT(name) {
            one.save(here / (name + "'s.png"), 400, 300);
            std::ostringstream log;
            BOOST_TEST(one.try_save(here / (name + ".svg"), log));
            BOOST_TEST(contains(log.str(), name + ".svg drawn\n"));
            BOOST_TEST(contains(read_file(here / (name + ".svg")), "</svg>"));
            BOOST_TEST(read_file(here / (name + "'s.png")).substr(1, 3) == "PNG");
        }
    }
    BOOST_TEST(contains(message_of<std::runtime_error>([&] { picture("no such command\n").save(here / "x.svg"); }),
                        "gnuplot failed"));
}

BOOST_AUTO_TEST_CASE(not_drawn) {
    const temporary_folder here;
    BOOST_TEST(
        contains(refusal([&] { picture("plot x\n").save(here / "x.gif"); }), "expected the ending .svg or .png"));
    const char* const given = std::getenv("PATH");
    const std::string before = given ? given : "";
    setenv("PATH", "/nowhere", 1);
    const std::string said = message_of<std::runtime_error>([&] { picture("plot x\n").save(here / "x.svg"); });
    std::ostringstream log;
    const bool drawn = picture("plot x\n").try_save(here / "x.svg", log);
    setenv("PATH", before.c_str(), 1);
    BOOST_TEST(!drawn);
    BOOST_TEST(log.str() == said + "\n");
    BOOST_TEST(contains(refusal([&] { picture("plot x\n").try_save(here / "x.gif", log); }), "expected the ending"));
    BOOST_TEST(contains(said, "gnuplot is not installed (Debian: apt install gnuplot-nox)"));
    BOOST_TEST(refusal([] { static_cast<void>(picture_of_series({}, "")); }) == "inlay: picture_of_series of none");
    BOOST_TEST(refusal([] { static_cast<void>(picture_of_histogram(std::vector<double>{})); }) ==
               "inlay: picture_of_histogram of no values");
}

BOOST_AUTO_TEST_CASE(the_diagram) {
    const std::string svg = diagram<image>();
    BOOST_TEST(svg.starts_with("<svg xmlns="));
    BOOST_TEST(svg.ends_with("</svg>\n"));
    for (const char* const part :
         {">6 x 6 x 1<", ">0  conv2d<", ">4 x 4 x 4<", ">1  relu<", ">2  flat (flatten)<", ">64<", ">3  dense<",
          ">40 numbers, ", ">130 numbers, ", ">170 parameters; bytes: flash "})
        BOOST_TEST(contains(svg, part), part);
    BOOST_TEST(detail::xml_text("a<b>&\"") == "a&lt;b&gt;&amp;&quot;");
    const temporary_folder here;
    save_diagram<image>(here / "net.svg");
    BOOST_TEST(read_file(here / "net.svg") == svg);
    BOOST_TEST(diagram<image>() == svg);
}
