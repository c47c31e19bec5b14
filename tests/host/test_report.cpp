// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#include <inlay/host.hpp> // first: what it defines is looked at
#if defined(TIOCGWINSZ) || defined(CTRL) || defined(CEOF) || defined(O_RDONLY)
#error "host.hpp brings the macros of a system header"
#endif

#define BOOST_TEST_MODULE report
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <limits>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

using std::size_t;

namespace {

size_t count(const std::string& text, char c) { return static_cast<size_t>(std::count(text.begin(), text.end(), c)); }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// The UTF-8 characters of `text`.
size_t width(const std::string& text) {
    return static_cast<size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// A stream that never takes anything.
struct full_disk : std::streambuf {
    int overflow(int) override { return traits_type::eof(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(confusion)

BOOST_AUTO_TEST_CASE(counts_and_shares) {
    inlay::confusion_matrix<3> matrix;
    for (int i = 0; i < 8; ++i) matrix.add(0, 0);
    for (int i = 0; i < 2; ++i) matrix.add(0, 1);
    for (int i = 0; i < 6; ++i) matrix.add(1, 1);
    for (int i = 0; i < 4; ++i) matrix.add(2, 0);
    BOOST_TEST(matrix.total() == 20u);
    BOOST_TEST(matrix.count(0, 1) == 2u);
    BOOST_TEST(matrix.counts()[2][0] == 4u);
    BOOST_TEST(matrix.accuracy() == 0.7);
    BOOST_TEST(matrix.recall(0) == 0.8);
    BOOST_TEST(matrix.recall(1) == 1.0);
    BOOST_TEST(matrix.recall(2) == 0.0);
    BOOST_TEST(matrix.precision(0) == 8.0 / 12);
    BOOST_TEST(matrix.precision(1) == 0.75);
    BOOST_TEST(std::isnan(matrix.precision(2))); // never predicted

    inlay::confusion_matrix<3> other;
    other.add(2, 2);
    matrix += other;
    BOOST_TEST(matrix.total() == 21u);
    BOOST_TEST(matrix.precision(2) == 1.0);
}

BOOST_AUTO_TEST_CASE(classes_are_checked) {
    inlay::confusion_matrix<3> matrix;
    BOOST_CHECK_THROW(matrix.add(3, 0), std::invalid_argument);
    BOOST_CHECK_THROW(matrix.add(0, 3), std::invalid_argument);
    BOOST_CHECK_THROW(std::ignore = matrix.count(3, 0), std::invalid_argument);
    BOOST_CHECK_THROW(std::ignore = matrix.precision(3), std::invalid_argument);
    BOOST_CHECK_THROW(std::ignore = matrix.recall(3), std::invalid_argument);
    BOOST_TEST(matrix.total() == 0u);
    BOOST_TEST(std::isnan(matrix.accuracy()));
    try {
        matrix.add(0, 7);
    } catch (const std::invalid_argument& error) { BOOST_TEST(error.what() == "inlay: confusion_matrix: predicted class 7 of 3"); }
}

BOOST_AUTO_TEST_CASE(the_table_is_aligned_whatever_the_stream_is_set_to) {
    inlay::confusion_matrix<3> matrix{{"setosa", "Köln", "c"}};
    for (int i = 0; i < 1234; ++i) matrix.add(0, 0);
    for (int i = 0; i < 2; ++i) matrix.add(1, 1);
    matrix.add(1, 0);
    const std::string expected = "actual \\ predicted  setosa    Köln  c  recall\n"
                                 "            setosa    1234       0  0  100.0%\n"
                                 "              Köln       1       2  0   66.7%\n"
                                 "                 c       0       0  0       -\n"
                                 "         precision   99.9%  100.0%  -   99.9%\n";
    std::ostringstream plain, odd;
    plain << matrix;
    odd << std::hex << std::showbase << std::left << std::setfill('*') << std::setprecision(1) << matrix;
    BOOST_TEST(plain.str() == expected);
    BOOST_TEST(odd.str() == expected);
    std::ostringstream numbered;
    numbered << inlay::confusion_matrix<2>{};
    BOOST_TEST(contains(numbered.str(), "actual \\ predicted  0  1  recall\n                 0  0  0       -\n"));
}

BOOST_AUTO_TEST_CASE(shares_are_rounded_to_the_nearest) {
    const auto said = [](int right, int wrong) {
        inlay::confusion_matrix<2> matrix;
        for (int i = 0; i < right; ++i) matrix.add(0, 0);
        for (int i = 0; i < wrong; ++i) matrix.add(0, 1);
        std::ostringstream out;
        out << matrix;
        const std::string text = out.str();
        const size_t end = text.find('\n', text.find('\n') + 1);
        return text.substr(text.rfind(' ', end) + 1, end - text.rfind(' ', end) - 1); // recall of class 0
    };
    BOOST_TEST(said(35, 2) == "94.6%"); // 94.594…
    BOOST_TEST(said(1, 1) == "50.0%");
    BOOST_TEST(said(1, 2) == "33.3%");
    BOOST_TEST(said(2, 1) == "66.7%");
    BOOST_TEST(said(1, 1999) == "0.1%"); // 0.05, half up
    // All and none are said only of all and none.
    BOOST_TEST(said(9999, 1) == "99.9%");
    BOOST_TEST(said(10, 0) == "100.0%");
    BOOST_TEST(said(1, 9999) == "0.1%");
    BOOST_TEST(said(0, 10) == "0.0%");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(files_get_ten_lines) {
    std::ostringstream out;
    inlay::progress_bar bar{"training", 1000, out};
    for (std::uint64_t i = 0; i <= 1000; ++i) bar.update(i, "loss 0.5");
    bar.finish();
    const std::string text = out.str();
    BOOST_TEST(count(text, '\n') == 10u);
    BOOST_TEST(count(text, '\r') == 0u);
    BOOST_TEST(text.starts_with("training  10%  00:00 elapsed, 00:0"));
    BOOST_TEST(text.ends_with("training 100%  00:00 elapsed, 00:00 left  loss 0.5\n"));
    bar.finish();
    bar.update(1);
    BOOST_TEST(out.str() == text);
}

BOOST_AUTO_TEST_CASE(an_early_end_shows_the_last_state) {
    std::ostringstream out;
    {
        inlay::progress_bar bar{"t", 100, out};
        bar.update(29, "a");
        bar.update(29, "b");
        bar.finish();
    }
    BOOST_TEST(count(out.str(), '\n') == 2u);
    BOOST_TEST(contains(out.str(), "t  29%"));
    BOOST_TEST(out.str().ends_with("b\n"));
    std::ostringstream unused;
    inlay::progress_bar{"t", 100, unused}.finish();
    BOOST_TEST(unused.str() == "t   0%  00:00 elapsed, --:-- left\n");
}

BOOST_AUTO_TEST_CASE(few_no_and_too_many_steps) {
    std::ostringstream few, none, beyond, huge;
    inlay::progress_bar three{"t", 3, few};
    for (std::uint64_t i = 1; i <= 3; ++i) three.update(i);
    three.finish();
    BOOST_TEST(count(few.str(), '\n') == 3u);
    inlay::progress_bar zero{"t", 0, none};
    zero.update(0);
    zero.finish();
    BOOST_TEST(none.str() == "t 100%  00:00 elapsed, 00:00 left\n");
    inlay::progress_bar over{"t", 2, beyond};
    over.update(5);
    over.finish();
    BOOST_TEST(beyond.str() == "t 100%  00:00 elapsed, 00:00 left\n");
    inlay::progress_bar large{"t", std::numeric_limits<std::uint64_t>::max(), huge};
    large.update(1); // at this speed the rest takes longer than can be told
    large.update(std::numeric_limits<std::uint64_t>::max() / 2 + 1);
    large.finish();
    BOOST_TEST(contains(huge.str(), "t  50%"));
}

BOOST_AUTO_TEST_CASE(terminals_get_one_line_redrawn) {
    std::ostringstream out;
    {
        inlay::progress_bar bar{"epochs", 200, out, true};
        bar.update(0, "a note that is long");
        for (std::uint64_t i = 1; i < 200; ++i) bar.update(i, "short");
        bar.update(200, "short");
        bar.finish();
    }
    const std::string text = out.str();
    BOOST_TEST(count(text, '\n') == 1u);
    BOOST_TEST(text.back() == '\n');
    BOOST_TEST(text.front() == '\r');
    BOOST_TEST(count(text, '\r') >= 3u);
    BOOST_TEST(count(text, '\r') < 50u); // not one per update
    BOOST_TEST(contains(text, "epochs   0%                      00:00 elapsed, --:-- left  a note that is long"));
    // The second state covers the remains of the longer first one.
    BOOST_TEST(contains(text, "100% ████████████████████ 00:00 elapsed, 00:00 left  short              \r"));
}

BOOST_AUTO_TEST_CASE(the_bar_moves_by_eighths_and_time_passes) {
    std::ostringstream out;
    inlay::progress_bar bar{"t", 160, out, true};
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    bar.update(83);
    BOOST_TEST(contains(out.str(), "t  51% ██████████▍          00:01 elapsed, 00:01 left"));
    bar.finish();
}

BOOST_AUTO_TEST_CASE(lines_never_exceed_the_terminal) {
    std::ostringstream out;
    inlay::progress_bar bar{"täst", 10, out, true};
    std::string note;
    for (int i = 0; i < 500; ++i) note += "ü";
    bar.update(10, note + "\n\r\t");
    bar.finish();
    BOOST_TEST(count(out.str(), '\n') == 1u);
    const std::string first = out.str().substr(1, out.str().find('\r', 1) - 1);
    BOOST_TEST(width(first) == 79u);
    BOOST_TEST(first.ends_with("ü")); // not half a character
}

BOOST_AUTO_TEST_CASE(the_width_is_the_terminals_or_what_the_environment_says) {
    const char* const before = std::getenv("COLUMNS");
    const std::string kept = before ? before : "";
    unsetenv("COLUMNS");
    BOOST_TEST(inlay::detail::terminal_columns(-1) == 80u);
    for (const char* nonsense : {"", "wide", "-3", "0", "99999999999999999999"}) {
        setenv("COLUMNS", nonsense, 1);
        BOOST_TEST(inlay::detail::terminal_columns(-1) == 80u);
    }
    setenv("COLUMNS", "37", 1);
    BOOST_TEST(inlay::detail::terminal_columns(-1) == 37u);
    std::ostringstream out;
    inlay::progress_bar bar{"t", 10, out, true};
    bar.update(3, std::string(100, 'x'));
    BOOST_TEST(width(out.str()) == 37u); // \r and 36 characters
    // A terminal says it itself.
    const int end = posix_openpt(O_RDWR | O_NOCTTY);
    winsize size{};
    size.ws_col = 123;
    if (end >= 0 && ioctl(end, TIOCSWINSZ, &size) == 0) BOOST_TEST(inlay::detail::terminal_columns(end) == 123u);
    BOOST_TEST(end >= 0);
    close(end);
    BOOST_TEST(!inlay::detail::is_terminal(-1));
    if (kept.empty()) unsetenv("COLUMNS");
    else setenv("COLUMNS", kept.c_str(), 1);
}

BOOST_AUTO_TEST_CASE(the_line_ends_when_an_exception_passes) {
    std::ostringstream out;
    try {
        inlay::progress_bar bar{"t", 10, out, true};
        bar.update(3);
        throw std::runtime_error("stop");
    } catch (const std::runtime_error&) {}
    BOOST_TEST(out.str().ends_with("\n"));
}

BOOST_AUTO_TEST_CASE(streams_that_fail_or_are_set_otherwise_do_no_harm) {
    full_disk disk;
    std::ostream throwing{&disk};
    throwing.exceptions(std::ios::badbit | std::ios::failbit);
    for (const bool terminal : {false, true}) {
        throwing.exceptions(std::ios::goodbit);
        throwing.clear();
        throwing.exceptions(std::ios::badbit | std::ios::failbit);
        auto bar = std::make_unique<inlay::progress_bar>("t", 10, throwing, terminal);
        BOOST_CHECK_NO_THROW(bar->update(5));
        BOOST_CHECK_NO_THROW(bar->finish());
        auto unfinished = std::make_unique<inlay::progress_bar>("t", 10, throwing, terminal);
        BOOST_CHECK_NO_THROW(unfinished->update(5));
        BOOST_CHECK_NO_THROW(unfinished.reset());
    }
    std::ostringstream odd;
    odd << std::setfill('*') << std::setw(50);
    inlay::progress_bar bar{"t", 1, odd};
    bar.update(1);
    BOOST_TEST(!contains(odd.str(), "*"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(statistics)

BOOST_AUTO_TEST_CASE(mean_and_deviation) {
    const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
    BOOST_TEST(inlay::mean(values) == 5);
    BOOST_TEST(inlay::standard_deviation(values) == std::sqrt(32.0 / 7));
    BOOST_TEST(inlay::standard_deviation(std::array<double, 2>{3, 3}) == 0);
    BOOST_TEST(inlay::mean(std::array<double, 1>{3}) == 3);
}

BOOST_AUTO_TEST_CASE(median_and_quantiles) {
    const std::vector<double> values{9, 1, 4, 3}; // 1 3 4 9
    BOOST_TEST(inlay::median(values) == 3.5);
    BOOST_TEST(inlay::median(std::array<double, 3>{5, 1, 2}) == 2);
    const auto found = inlay::quantiles(values, std::vector<double>{0, 0.25, 0.5, 0.9, 1});
    const std::vector<double> numpy{1, 2.5, 3.5, 7.5, 9};
    BOOST_TEST(found == numpy, boost::test_tools::tolerance(1e-15) << boost::test_tools::per_element());
    BOOST_TEST(inlay::quantile(std::array<double, 1>{7}, 0.3) == 7);
    BOOST_TEST(inlay::quantiles(values, {}).empty());
}

BOOST_AUTO_TEST_CASE(infinities_and_nan) {
    const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(inlay::median(std::array<double, 3>{1, infinity, 2}) == 2);
    BOOST_TEST(inlay::median(std::array<double, 3>{infinity, infinity, 2}) == infinity);
    BOOST_TEST(inlay::median(std::array<double, 2>{infinity, infinity}) == infinity);
    BOOST_TEST(std::isnan(inlay::median(std::array<double, 3>{1, nan, 2})));
    BOOST_TEST(std::isnan(inlay::mean(std::array<double, 3>{1, nan, 2})));
    BOOST_TEST(std::isnan(inlay::standard_deviation(std::array<double, 3>{1, nan, 2})));
}

BOOST_AUTO_TEST_CASE(too_few_values_and_bad_positions) {
    const std::vector<double> none, one{1}, two{1, 2};
    BOOST_CHECK_THROW(std::ignore = inlay::mean(none), std::invalid_argument);
    BOOST_CHECK_THROW(std::ignore = inlay::median(none), std::invalid_argument);
    BOOST_CHECK_THROW(std::ignore = inlay::standard_deviation(none), std::invalid_argument);
    BOOST_CHECK_THROW(std::ignore = inlay::standard_deviation(one), std::invalid_argument);
    for (const double position : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
        BOOST_CHECK_THROW(std::ignore = inlay::quantile(two, position), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
