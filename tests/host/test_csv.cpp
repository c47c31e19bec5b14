// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE csv
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/csv.hpp>

#include <array>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using inlay::file_error;
using std::size_t;

/// `bytes` as a gzip file.
std::string gzip(const std::string& bytes) {
    z_stream packer{};
    BOOST_REQUIRE_EQUAL(deflateInit2(&packer, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&packer, static_cast<uLong>(bytes.size())) + 32, '\0');
    packer.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    packer.avail_in = static_cast<uInt>(bytes.size());
    packer.next_out = reinterpret_cast<Bytef*>(packed.data());
    packer.avail_out = static_cast<uInt>(packed.size());
    BOOST_REQUIRE_EQUAL(deflate(&packer, Z_FINISH), Z_STREAM_END);
    packed.resize(packer.total_out);
    deflateEnd(&packer);
    return packed;
}

/// The message of the file_error that `call` must throw.
template <class Call>
std::string message(Call call) {
    return message_of<file_error>(call);
}

template <size_t Features, class Scalar = float>
std::string csv_message(std::string_view text, size_t classes = std::numeric_limits<size_t>::max()) {
    return message([&] { std::ignore = inlay::parse_csv<Features, Scalar>(text, "t.csv", classes); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(plain_and_packed_files_give_the_same_bytes) {
    const temporary_folder temporary;
    std::string bytes;
    for (int i = 0; i < 300'000; ++i) bytes += static_cast<char>(i % 977 * i >> 3);
    BOOST_TEST((inlay::read_file(temporary.write("plain", bytes)) == bytes));
    BOOST_TEST((inlay::read_file(temporary.write("packed", gzip(bytes))) == bytes));
    BOOST_TEST((inlay::read_file(temporary.write("joined.gz", gzip(bytes) + gzip("") + gzip("end"))) == bytes + "end"));
    BOOST_TEST(inlay::read_file(temporary.write("empty", "")) == "");
    BOOST_TEST(inlay::read_file(temporary.write("nothing.gz", gzip(""))) == "");
    // What decides is the contents, not the name.
    BOOST_TEST(inlay::read_file(temporary.write("not_packed.gz", "text")) == "text");
}

BOOST_AUTO_TEST_CASE(missing_files_and_folders_are_named) {
    const temporary_folder temporary;
    const std::filesystem::path missing = temporary.path / "missing.csv";
    BOOST_TEST(message([&] { std::ignore = inlay::read_file(missing); }) == missing.string() + ": no such file");
    BOOST_TEST(message([&] { std::ignore = inlay::read_file(missing / "below"); }) ==
               (missing / "below").string() + ": no such file");
    BOOST_TEST(message([&] { std::ignore = inlay::read_file(temporary.path); }) ==
               temporary.path.string() + ": expected a file, found a directory");
    BOOST_TEST(message([&] { std::ignore = inlay::read_file(""); }) == ": no such file");
    BOOST_TEST(contains(message([&] { std::ignore = inlay::read_file(temporary.path / std::string(5000, 'x')); }), "xxx: "));
}

BOOST_AUTO_TEST_CASE(links_that_lead_to_themselves_are_errors) {
    const temporary_folder temporary;
    std::filesystem::create_symlink("loop", temporary.path / "loop");
    BOOST_TEST(message([&] { std::ignore = inlay::read_file(temporary.path / "loop"); }) != "no error");
}

BOOST_AUTO_TEST_CASE(a_cut_gzip_file_is_an_error_at_every_length) {
    const std::string packed = gzip("1,2,0\n3,4,1\n");
    for (size_t length = 2; length < packed.size(); ++length)
        BOOST_TEST(message([&] { std::ignore = inlay::gunzip(packed.substr(0, length), "t.gz"); }) ==
                   "t.gz: gzip data are cut off at offset " + std::to_string(length));
    BOOST_TEST(message([&] { std::ignore = inlay::gunzip("", "t.gz"); }) == "t.gz: gzip data are cut off at offset 0");
    const temporary_folder temporary;
    const auto path = temporary.write("cut.csv.gz", packed.substr(0, packed.size() - 3));
    BOOST_TEST(message([&] { std::ignore = inlay::read_csv<2>(path); }) ==
               path.string() + ": gzip data are cut off at offset " + std::to_string(packed.size() - 3));
}

BOOST_AUTO_TEST_CASE(a_damaged_gzip_file_never_gives_other_contents) {
    const std::string text = "1,2,0\n3,4,1\n5,6,0\n";
    const std::string packed = gzip(text);
    for (size_t i = 0; i < packed.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            std::string damaged = packed;
            damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
            try {
                // The header's time and system, which the checksum does not cover, may be anything.
                BOOST_TEST(inlay::gunzip(damaged, "t.gz") == text);
            } catch (const file_error& error) { BOOST_TEST(contains(error.what(), "t.gz: ")); }
        }
    std::string checksum = packed;
    checksum[packed.size() - 8] = static_cast<char>(checksum[packed.size() - 8] ^ 1);
    BOOST_TEST(contains(message([&] { std::ignore = inlay::gunzip(checksum, "t.gz"); }), "incorrect data check"));
    std::string length = packed;
    length.back() = static_cast<char>(length.back() ^ 1);
    BOOST_TEST(contains(message([&] { std::ignore = inlay::gunzip(length, "t.gz"); }), "incorrect length check"));
}

BOOST_AUTO_TEST_CASE(bytes_after_the_gzip_data_are_an_error) {
    const std::string packed = gzip("text");
    BOOST_TEST(message([&] { std::ignore = inlay::gunzip(packed + "more", "t.gz"); }) ==
               "t.gz: 4 unexpected bytes after the end of the gzip data at offset " + std::to_string(packed.size()));
    BOOST_TEST(contains(message([&] { std::ignore = inlay::gunzip(packed + '\x1f', "t.gz"); }), "1 unexpected bytes"));
}

BOOST_AUTO_TEST_CASE(contents_beyond_the_limit_are_an_error) {
    const temporary_folder temporary;
    const std::string bytes(100'000, 'x');
    const auto plain = temporary.write("plain", bytes), packed = temporary.write("packed", gzip(bytes));
    for (const auto& path : {plain, packed}) {
        BOOST_TEST((inlay::read_file(path, bytes.size()) == bytes));
        const std::string said = message([&] { std::ignore = inlay::read_file(path, bytes.size() - 1); });
        BOOST_TEST(contains(said, "more than the limit of 99999 bytes"));
        BOOST_TEST(contains(said, "every reader takes another limit as its last argument"));
        BOOST_TEST(contains(message([&] { std::ignore = inlay::read_file(path, 0); }), "limit of 0 bytes"));
    }
    BOOST_TEST(contains(message([&] { std::ignore = inlay::read_csv<1>(plain, 10, 99'999); }), "limit of 99999 bytes"));
    static_assert(inlay::default_file_limit >= 814'255u * 784); // EMNIST
}

BOOST_AUTO_TEST_CASE(an_error_says_path_line_and_reason) {
    const auto thrown = [](auto call) -> file_error {
        try {
            call();
        } catch (const file_error& error) { return error; }
        return {"", "no error"};
    };
    const file_error table = thrown([] { std::ignore = inlay::parse_csv<2>("1,2,0\n1,2\n", "a:7.csv"); });
    BOOST_TEST(table.path() == "a:7.csv");
    BOOST_TEST(table.line() == 2u);
    BOOST_TEST(table.reason() == "expected 3 columns, found 2");
    BOOST_TEST(table.what() == "a:7.csv:2: expected 3 columns, found 2");
    const file_error missing = thrown([] { std::ignore = inlay::read_file("no/such"); });
    BOOST_TEST(missing.path() == "no/such");
    BOOST_TEST(missing.line() == 0u);
    BOOST_TEST(missing.reason() == "no such file");
    BOOST_TEST(missing.what() == "no/such: no such file");
    static_assert(std::is_nothrow_copy_constructible_v<file_error>);
}

#if !defined(__SANITIZE_ADDRESS__)
/// The most memory in bytes that a process of its own needs for `call`.
template <class Call>
size_t memory_for(Call call) {
    const pid_t child = fork();
    if (child == 0) {
        call();
        _exit(0);
    }
    int status = 0;
    rusage usage{};
    BOOST_REQUIRE_EQUAL(wait4(child, &status, 0, &usage), child);
    BOOST_REQUIRE_EQUAL(status, 0);
    return static_cast<size_t>(usage.ru_maxrss) * 1024;
}

BOOST_AUTO_TEST_CASE(a_small_file_never_takes_much_memory_and_a_large_one_its_size_once) {
    const temporary_folder temporary;
    // 1.5 GB of zeros in 1.5 MB: one member, repeated.
    std::string bomb;
    const std::string member = gzip(std::string(size_t{1} << 24, '\0'));
    for (int i = 0; i < 90; ++i) bomb += member;
    const auto path = temporary.write("bomb.gz", bomb);
    const size_t before = memory_for([] {});
    const size_t refused = memory_for([&] {
        if (!contains(message([&] { std::ignore = inlay::read_file(path); }), "more than the limit")) _exit(1);
    });
    BOOST_TEST(refused < before + (size_t{32} << 20));
    const auto packed = temporary.write("packed.gz", gzip(std::string(size_t{100} << 20, 'x')));
    const auto plain = temporary.write("plain", std::string(size_t{100} << 20, 'x'));
    for (const auto& one : {packed, plain}) {
        const size_t taken = memory_for([&] {
            if (inlay::read_file(one).size() != size_t{100} << 20) _exit(1);
        });
        BOOST_TEST(taken < before + (size_t{130} << 20));
    }
    // A device has no end.
    BOOST_TEST(contains(message([&] { std::ignore = inlay::read_file("/dev/zero", 10'000'000); }), "more than the limit"));
}
#endif

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tables)

BOOST_AUTO_TEST_CASE(numbers_and_labels_are_read) {
    const auto data =
        inlay::parse_csv<3>("# header, with, commas\n\n1,2.5,-3e-1,0\n  # more\n 4 ,\t5, 6 , 2 \r\n\r\n", "t");
    BOOST_REQUIRE_EQUAL(data.size(), 2u);
    BOOST_TEST((data.inputs[0] == std::array<float, 3>{1, 2.5f, -0.3f}));
    BOOST_TEST((data.inputs[1] == std::array<float, 3>{4, 5, 6}));
    BOOST_TEST((data.labels == std::vector<size_t>{0, 2}));
}

BOOST_AUTO_TEST_CASE(the_last_line_needs_no_end_and_a_byte_order_mark_is_skipped) {
    const auto data = inlay::parse_csv<1, double>("\xef\xbb\xbf"
                                                  "0.1,7",
                                                  "t");
    BOOST_REQUIRE_EQUAL(data.size(), 1u);
    BOOST_TEST(data.inputs[0][0] == 0.1);
    BOOST_TEST(data.labels[0] == 7u);
}

BOOST_AUTO_TEST_CASE(a_label_may_be_all_there_is) {
    const auto data = inlay::parse_csv<0>("3\n4\n", "t");
    BOOST_TEST((data.labels == std::vector<size_t>{3, 4}));
}

BOOST_AUTO_TEST_CASE(numbers_are_rounded_once) {
    // Just above 1 + 2⁻²⁴: by way of double it would become that, and then 1.
    const auto data = inlay::parse_csv<1>("1.0000000596046447753906251,0", "t");
    BOOST_TEST(data.inputs[0][0] == 1 + std::numeric_limits<float>::epsilon());
}

BOOST_AUTO_TEST_CASE(the_number_of_columns_is_checked) {
    std::string row = "0";
    for (int i = 1; i < 64; ++i) row += ",0";
    BOOST_TEST(csv_message<64>("# digits\n" + row + ",1\n" + row + "\n") == "t.csv:3: expected 65 columns, found 64");
    BOOST_TEST(csv_message<2>("1,2,0\n1,2,3,0\n") == "t.csv:2: expected 3 columns, found 4");
    BOOST_TEST(csv_message<2>("1,2,0,\n") == "t.csv:1: expected 3 columns, found 4");
    BOOST_TEST(csv_message<2>("1;2;0\n") == "t.csv:1: expected 3 columns, found 1");
    BOOST_TEST(csv_message<2>("1,2,0\r3,4,1\r") == "t.csv:1: expected 3 columns, found 5"); // lines of an old Macintosh
}

BOOST_AUTO_TEST_CASE(fields_that_are_no_numbers_are_named) {
    BOOST_TEST(csv_message<2>("1,2,0\n\n1,abc,0\n") == "t.csv:3: column 2: \"abc\" is not a finite number");
    BOOST_TEST(csv_message<2>(",2,0\n") == "t.csv:1: column 1: nothing is not a finite number");
    BOOST_TEST(csv_message<2>("1, ,0\n") == "t.csv:1: column 2: nothing is not a finite number");
    for (const std::string field : {"nan", "NaN", "inf", "-INF", "infinity", "nan(1)", "1x", "1 2", "0x10", "1e", "--1",
                                    "+-1", "-+1", "++1", "+", "\"1\"", ".", "-", "1.2.3", "1d0"})
        BOOST_TEST(csv_message<1>(field + ",0") == "t.csv:1: column 1: \"" + field + "\" is not a finite number");
    BOOST_TEST(csv_message<1>(std::string("\0,0", 3)) == "t.csv:1: column 1: \"?\" is not a finite number");
    BOOST_TEST(csv_message<1>(std::string(1000, 'x') + ",0") ==
               "t.csv:1: column 1: \"" + std::string(40, 'x') + "…\" is not a finite number");
}

BOOST_AUTO_TEST_CASE(numbers_too_large_for_the_type_are_errors) {
    const std::string end = " is too large for the number type";
    BOOST_TEST(csv_message<1>("1e39,0") == "t.csv:1: column 1: \"1e39\"" + end);
    BOOST_TEST(csv_message<1>("-1e39,0") == "t.csv:1: column 1: \"-1e39\"" + end);
    BOOST_TEST((csv_message<1, double>("1e39,0") == "no error"));
    BOOST_TEST((csv_message<1, double>("1e999,0") == "t.csv:1: column 1: \"1e999\"" + end));
}

BOOST_AUTO_TEST_CASE(numbers_too_small_become_the_nearest_value_and_a_plus_is_a_sign) {
    const auto one = [](const std::string& field) { return inlay::parse_csv<1>(field + ",+3", "t"); };
    BOOST_TEST(one("1e-50").inputs[0][0] == 0.0f);
    BOOST_TEST(one("1e-50").labels[0] == 3u);
    BOOST_TEST(std::signbit(one("-1e-60").inputs[0][0]));
    BOOST_TEST(one("1e-40").inputs[0][0] == 1e-40f); // subnormal
    BOOST_TEST(one("1e-999999999999999999999").inputs[0][0] == 0.0f);
    BOOST_TEST(one("0e999").inputs[0][0] == 0.0f);
    BOOST_TEST(one("+1").inputs[0][0] == 1.0f);
    BOOST_TEST(one("+.5E+1").inputs[0][0] == 5.0f);
    BOOST_TEST(one("7.").inputs[0][0] == 7.0f);
}

BOOST_AUTO_TEST_CASE(the_c_library_reads_the_same_numbers) {
    // What stands in where the standard library has no from_chars.
    std::uint64_t state = 1;
    const auto draw = [&](std::uint64_t below) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % below;
    };
    const auto same = []<class Scalar>(const std::string& text, Scalar) {
        Scalar read = 0;
        BOOST_REQUIRE((inlay::detail::read_number(text, read) != inlay::detail::number_problem::not_a_number));
        const Scalar other = inlay::detail::nearest_by_c<Scalar>(text);
        BOOST_TEST_REQUIRE(std::memcmp(&read, &other, sizeof read) == 0, text);
    };
    for (int i = 0; i < 20'000; ++i) {
        std::string text = draw(2) ? "-" : "";
        for (auto digits = 1 + draw(20); digits; --digits) text += static_cast<char>('0' + draw(10));
        if (draw(2)) text += '.';
        if (text.back() == '.')
            for (auto digits = draw(25); digits; --digits) text += static_cast<char>('0' + draw(10));
        if (draw(2)) text += "e" + std::to_string(static_cast<int>(draw(100)) - 60);
        same(text, 0.0f);
        same(text, 0.0);
    }
    const char* const before = std::setlocale(LC_ALL, nullptr);
    const std::string kept = before ? before : "C";
    for (const char* comma : {"de_DE.UTF-8", "fr_FR.UTF-8"}) // where they are installed
        if (std::setlocale(LC_ALL, comma) != nullptr) same("1.5", 0.0f);
    std::setlocale(LC_ALL, kept.c_str());
}

BOOST_AUTO_TEST_CASE(labels_are_checked) {
    const std::string whole = " is not a class label: expected a whole number from 0";
    for (const std::string label : {"-1", "1.0", "a", "1e0", "+-1", "+", "0 1"})
        BOOST_TEST(csv_message<1>("5,0\n5," + label) == "t.csv:2: column 2: \"" + label + "\"" + whole);
    BOOST_TEST(csv_message<1>("5,") == "t.csv:1: column 2: nothing" + whole);
    BOOST_TEST(csv_message<1>("5,10", 11) == "no error");
    BOOST_TEST(csv_message<1>("5,10", 10) ==
               "t.csv:1: column 2: \"10\" is not a class label: expected a whole number below 10");
    BOOST_TEST(contains(csv_message<1>("5,99999999999999999999"), "\"99999999999999999999\" is not a class label"));
}

BOOST_AUTO_TEST_CASE(tables_without_lines_are_errors) {
    const std::string expected = "t.csv: expected lines of 5 columns, found none";
    for (const std::string text : {"", "\n", "# only\n# comments", "\xef\xbb\xbf", "\r\n\r\n"})
        BOOST_TEST(csv_message<4>(text) == expected);
}

BOOST_AUTO_TEST_CASE(files_are_read_plain_and_packed) {
    const temporary_folder temporary;
    const std::string text = "# x\n1,2,0\n3,4,1\n";
    const auto plain = inlay::read_csv<2>(temporary.write("a.csv", text));
    const auto packed = inlay::read_csv<2>(temporary.write("a.csv.gz", gzip(text)));
    BOOST_TEST((plain.inputs == packed.inputs && plain.labels == packed.labels));
    BOOST_TEST(plain.size() == 2u);
    const auto ragged = temporary.write("ragged.csv", "1,2,0\n1,0\n");
    BOOST_TEST(message([&] { std::ignore = inlay::read_csv<2>(ragged); }) == ragged.string() + ":2: expected 3 columns, found 2");
    const auto empty = temporary.write("empty.csv", "");
    BOOST_TEST(message([&] { std::ignore = inlay::read_csv<2>(empty); }) ==
               empty.string() + ": expected lines of 3 columns, found none");
}

BOOST_AUTO_TEST_CASE(the_examples_data_are_as_described) {
    // The repository's folder as seen from this file, unless the caller knows better (an installed or remote build).
    const char* const given = std::getenv("INLAY_DATA");
    const std::filesystem::path data =
        given != nullptr
            ? std::filesystem::path(given)
            : std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "examples" / "data";
    if (!std::filesystem::is_directory(data)) {
        BOOST_TEST_MESSAGE("no " << data << ": set INLAY_DATA");
        return;
    }
    const auto classes = [](const auto& table) {
        std::vector<size_t> counts;
        for (const size_t label : table.labels) {
            if (label >= counts.size()) counts.resize(label + 1);
            ++counts[label];
        }
        return counts;
    };
    const auto digits = inlay::read_csv<64>(data / "digits.csv.gz", 10);
    BOOST_TEST((classes(digits) == std::vector<size_t>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}));
    for (const auto& image : digits.inputs)
        for (const float pixel : image) BOOST_REQUIRE((pixel >= 0 && pixel <= 16 && pixel == std::floor(pixel)));
    BOOST_TEST((classes(inlay::read_csv<4>(data / "iris.csv", 3)) == std::vector<size_t>{50, 50, 50}));
    BOOST_TEST((classes(inlay::read_csv<13>(data / "wine.csv", 3)) == std::vector<size_t>{59, 71, 48}));
    BOOST_TEST((classes(inlay::read_csv<30>(data / "breast_cancer.csv", 2)) == std::vector<size_t>{212, 357}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(data_sets)

BOOST_AUTO_TEST_CASE(subsets_keep_order_and_repeat) {
    const inlay::data_set<1> data{{{1}, {2}, {3}}, {4, 5, 6}};
    const auto chosen = data.subset(std::vector<size_t>{2, 0, 2});
    BOOST_TEST((chosen.inputs == std::vector<std::array<float, 1>>{{3}, {1}, {3}}));
    BOOST_TEST((chosen.labels == std::vector<size_t>{6, 4, 6}));
    BOOST_TEST(data.subset({}).empty());
    BOOST_CHECK_THROW(std::ignore = data.subset(std::vector<size_t>{0, 3}), std::invalid_argument);
    const inlay::data_set<1> uneven{{{1}, {2}}, {4}};
    BOOST_CHECK_THROW(std::ignore = uneven.subset(std::vector<size_t>{0}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(standardizing_uses_the_training_part_alone) {
    inlay::data_set<2, double> train{{{1, 5}, {2, 5}, {3, 5}, {6, 5}}, {0, 0, 0, 0}};
    inlay::data_set<2, double> test{{{3, 5}, {5, 7}}, {0, 0}};
    const auto used = inlay::standardize(train, test);
    // mean 3, population variance (4 + 1 + 0 + 9) / 4
    const double deviation = std::sqrt(3.5);
    BOOST_TEST(used.mean[0] == 3);
    BOOST_TEST(used.mean[1] == 5);
    BOOST_TEST(used.deviation[0] == deviation);
    BOOST_TEST(used.deviation[1] == 1);
    BOOST_TEST(train.inputs[0][0] == -2 / deviation);
    BOOST_TEST(train.inputs[3][0] == 3 / deviation);
    BOOST_TEST(train.inputs[0][1] == 0);
    BOOST_TEST(test.inputs[0][0] == 0);
    BOOST_TEST(test.inputs[1][0] == 2 / deviation);
    BOOST_TEST(test.inputs[1][1] == 2);
}

BOOST_AUTO_TEST_CASE(constant_features_become_exactly_zero) {
    inlay::data_set<1> train, test{{{0.2f}}, {0}};
    for (int i = 0; i < 999; ++i) train.inputs.push_back({0.1f});
    train.labels.resize(999);
    const auto used = inlay::standardize(train, test);
    BOOST_TEST(used.deviation[0] == 1);
    for (const auto& input : train.inputs) BOOST_REQUIRE_EQUAL(input[0], 0.0f);
    BOOST_TEST(test.inputs[0][0] == 0.1f, boost::test_tools::tolerance(1e-6f));
}

BOOST_AUTO_TEST_CASE(large_offsets_lose_nothing) {
    inlay::data_set<1, double> data{{{1e9 + 1}, {1e9 + 2}, {1e9 + 3}}, {0, 0, 0}};
    inlay::standardize(data, data); // once, although it stands on both sides
    BOOST_TEST(data.inputs[0][0] == -std::sqrt(1.5), boost::test_tools::tolerance(1e-12));
    BOOST_TEST(data.inputs[1][0] == 0);
}

BOOST_AUTO_TEST_CASE(standardizing_nothing_or_nan) {
    inlay::data_set<1> none, test;
    BOOST_CHECK_THROW(inlay::standardize(none, test), std::invalid_argument);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    inlay::data_set<1> undefined{{{nan}, {nan}}, {0, 0}};
    BOOST_TEST(std::isnan(inlay::fit_standardization(undefined).deviation[0]));
    inlay::data_set<1> partly{{{1}, {nan}}, {0, 0}};
    BOOST_TEST(std::isnan(inlay::fit_standardization(partly).deviation[0]));
}

BOOST_AUTO_TEST_CASE(scaling_multiplies) {
    inlay::data_set<2> data{{{16, 8}, {0, -4}}, {0, 1}};
    inlay::scale(data, 1.0 / 16); // the factor is converted, not deduced
    BOOST_TEST((data.inputs == std::vector<std::array<float, 2>>{{1, 0.5f}, {0, -0.25f}}));
}

BOOST_AUTO_TEST_SUITE_END()
