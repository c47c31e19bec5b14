// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Tables as people have them.
#define BOOST_TEST_MODULE csv_table
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/csv_table.hpp>
#include <inlay/host/scaling.hpp>
#include <inlay/inlay.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace inlay;

namespace {

using two = std::array<float, 2>;
using names = std::vector<std::string>;

named_data_set<2> classes(const std::string& text, csv_options options = {}) {
    return csv_table(text, "t.csv", std::move(options)).classes<2>();
}
template <class Call>
std::string refusal(Call call) {
    return message_of<file_error>(call);
}

} // namespace

BOOST_AUTO_TEST_CASE(separators_headers_line_ends) {
    for (const std::string text :
         {"a,b,species\n1,2,cat\n3,4,dog\n", "a;b;species\r\n1;2;cat\r\n3;4;dog",
          "a\tb\tspecies\n1\t2\tcat\n\n3\t4\tdog\n\n", "  a  b species\n 1 2   cat  \n3 4 dog\r\n",
          "\xef\xbb\xbf\"a\",\"b\" , species \n1, \"2\",cat\n3,4,\"dog\"\n"}) {
        BOOST_TEST_CONTEXT(text) {
            const auto data = classes(text);
            BOOST_TEST(data.size() == 2u);
            BOOST_TEST((data.inputs[0] == two{1, 2} && data.inputs[1] == two{3, 4}));
            BOOST_TEST((data.labels == std::vector<size_t>{0, 1}));
            BOOST_TEST((data.class_names == names{"cat", "dog"}));
            BOOST_TEST((data.feature_names == std::array<std::string, 2>{"a", "b"}));
        }
    }
    const auto bare = classes("1,2,cat\n3,4,dog\n");
    BOOST_TEST(bare.size() == 2u);
    BOOST_TEST(bare.feature_names[1] == "1");
    const auto comma = classes("x;y;k\n1,5;-2;u\n", {.decimal_point = ','});
    BOOST_TEST((comma.inputs[0] == two{1.5f, -2}));
    BOOST_TEST(classes("# made by hand\n1,2,0\n#\n3,4,1\n", {.comment = '#'}).size() == 2u);
    BOOST_TEST(classes("1,2,3\n4,5,6\n", {.header = true}).size() == 1u);
    // A tab between empty fields is one, blanks are not.
    const auto gaps = classes("1\t\tx\n", {.missing = missing_values::nan});
    BOOST_TEST(std::isnan(gaps.inputs[0][1]));
}

BOOST_AUTO_TEST_CASE(quotes) {
    const csv_table table("name,\"size, in m\",k\n\"a \"\"b\"\", c\",1,x\n\"two\nlines\",2,y\n", "t.csv");
    BOOST_TEST((table.names() == names{"name", "size, in m", "k"}));
    BOOST_TEST((table.column("name") == names{"a \"b\", c", "two\nlines"}));
    BOOST_TEST((table.column("k") == names{"x", "y"}));
}

BOOST_AUTO_TEST_CASE(labels_by_name_and_by_index) {
    const csv_table table("k,x,y\nb,1,2\na,3,4\nb,5,6\n", "t.csv");
    for (const auto& data : {table.classes<2>("k"), table.classes<2>(0), table.classes<2>(-3)}) {
        BOOST_TEST((data.labels == std::vector<size_t>{1, 0, 1}));
        BOOST_TEST((data.inputs[2] == two{5, 6}));
    }
    BOOST_TEST((table.classes<2>("k", {"b", "a"}).labels == std::vector<size_t>{0, 1, 0}));
    BOOST_TEST(refusal([&] {
                   static_cast<void>(table.classes<2>(0, {"b", "c"}));
               }) == "t.csv:3: the label \"a\" is no class");
    BOOST_TEST(refusal([&] { static_cast<void>(table.classes<2>(3)); }) == "t.csv: there is no column 3 of 3");
    // Numbers are in the order of numbers.
    const auto ten = csv_table("x,k\n0,10\n0,9\n0,0\n", "t.csv").classes<1>("k");
    BOOST_TEST((ten.class_names == names{"0", "9", "10"}));
    const auto [inputs, targets, features] = csv_table(table).drop("k").numbers<1, 1>({"y"});
    BOOST_TEST((inputs.size() == 3u && inputs[1][0] == 3.0f && targets[1][0] == 4.0f && features[0] == "x"));
}

BOOST_AUTO_TEST_CASE(missing) {
    const std::string text = "x,y,k\n1,NA,u\n3,4,v\n,8,u\n";
    BOOST_TEST(refusal([&] { classes(text); }) == "t.csv:2: column 2 (y) is missing; missing_values::skip leaves such "
                                                  "lines out, nan lets fill_missing fill them");
    const auto skipped = classes(text, {.missing = missing_values::skip});
    BOOST_TEST((skipped.size() == 1u && skipped.inputs[0] == two{3, 4}));
    auto filled = classes(text, {.missing = missing_values::nan});
    fill_missing<2, float>(filled, filled);
    BOOST_TEST((filled.inputs[0] == two{1, 6} && filled.inputs[2] == two{2, 8}));
    BOOST_TEST(refusal([&] { classes("1,2,\n", {.missing = missing_values::nan}); }) ==
               "t.csv:1: the label is missing");
}

BOOST_AUTO_TEST_CASE(texts_as_numbers) {
    csv_table table("colour,x,k\nred,1,a\nblue,2,b\nred,3,a\n", "t.csv");
    table.one_hot("colour");
    BOOST_TEST((table.names() == names{"x", "k", "colour=blue", "colour=red"}));
    const auto data = table.classes<3>("k");
    BOOST_TEST((data.inputs[0] == std::array<float, 3>{1, 0, 1} && data.inputs[1] == std::array<float, 3>{2, 1, 0}));
    BOOST_TEST((table.column("x") == names{"1", "2", "3"}));
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    BOOST_TEST(refusal([] { classes("a,b,k\n1,2\n"); }) == "t.csv:2: expected 3 columns, found 2");
    BOOST_TEST(refusal([] { classes("a,b,k\n\n1,two,x\n"); }) ==
               "t.csv:3: column 2 (b): \"two\" is not a finite number (drop the column, or one_hot it)");
    BOOST_TEST(refusal([] { classes("a,b,k\n1,2e99,x\n"); }) ==
               "t.csv:2: column 2 (b): \"2e99\" is too large for the number type");
    BOOST_TEST(refusal([] { classes("a,b,k\n\"1\n2,3,x\n"); }) == "t.csv:2: a quote is not closed");
    BOOST_TEST(refusal([] { classes("a,b,k\n\"1\"2,3,x\n"); }) == "t.csv:2: text after a closing quote");
    BOOST_TEST(refusal([] { classes("a,a,k\n1,2,x\n"); }) == "t.csv:1: two columns are called \"a\"");
    BOOST_TEST(refusal([] { classes("a,b,k\n"); }) == "t.csv: expected lines of fields, found none");
    BOOST_TEST(refusal([] { classes("a,b,c,k\n1,2,3,x\n"); }) == "t.csv: expected 2 features, found 3");
    BOOST_TEST(refusal([] { static_cast<void>(csv_table("a,k\n1,x\n", "t.csv").classes<1>("z")); }) ==
               "t.csv: there is no column \"z\", but a, k");
    // Lines are those of the file, though a field holds a line end.
    BOOST_TEST(refusal([] { csv_table("a,k\n\"x\ny\",1\n1\n", "t.csv"); }) == "t.csv:4: expected 2 columns, found 1");
}

BOOST_AUTO_TEST_CASE(files) {
    const temporary_folder here;
    BOOST_TEST(read_table(here.write("t.csv", "a,k\n1,x\n")).classes<1>().size() == 1u);
}
