// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The format itself: what is a safetensors file, and what is not.
#define BOOST_TEST_MODULE files_safetensors
#include <boost/test/unit_test.hpp>

#include "../host/folder.hpp"

#include <inlay/files/safetensors.hpp>

#include <map>
#include <string>
#include <vector>

using inlay::file_error, inlay::file_tensor, inlay::safetensors_contents, inlay::tensor_file;

namespace {

std::string file_of(const std::string& header, const std::string& data = "") {
    std::string bytes;
    inlay::detail::append_little_endian(bytes, header.size(), 8);
    return bytes + header + data;
}
std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape, size_t begin,
                   size_t end) {
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape + "],\"data_offsets\":[" +
           std::to_string(begin) + "," + std::to_string(end) + "]}";
}
/// What is said about these bytes.
std::string fault(const std::string& bytes) {
    return message_of<file_error>([&] { tensor_file(bytes, "t"); });
}
std::string fault_of_header(const std::string& header, const std::string& data = "") {
    return fault(file_of(header, data));
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
    const std::vector<file_tensor> tensors = {{"a", "I8", {3}, "xyz"},
                                              {"b.c", "F32", {2, 1}, "01234567"},
                                              {"é \"\\\n", "I64", {}, "01234567"},
                                              {"none", "F16", {0, 4}, ""}};
    const std::string contents = safetensors_contents(tensors, {{"key", "a \"text\""}, {"k", ""}});
    const tensor_file file(contents, "t");
    BOOST_TEST(file.tensors().size() == 4u);
    for (const file_tensor& one : tensors) {
        const auto& found = file.tensors().at(file.find(one.name));
        BOOST_TEST(found.dtype == one.dtype);
        BOOST_TEST(found.shape == one.shape, boost::test_tools::per_element());
        BOOST_TEST(found.bytes == one.bytes);
        // Numbers begin at multiples of their size.
        BOOST_TEST((found.bytes.data() - file.contents().data()) % (one.dtype == "I64"   ? 8
                                                                    : one.dtype == "F32" ? 4
                                                                                         : 1) ==
                   0);
    }
    BOOST_TEST(file.find("b") == 4u);
    BOOST_TEST((file.metadata() == std::map<std::string, std::string>{{"key", "a \"text\""}, {"k", ""}}));
    const tensor_file empty(safetensors_contents({}), "t");
    BOOST_TEST(empty.tensors().empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written) {
    const std::vector<file_tensor> twice = {{"a", "I8", {1}, "x"}, {"a", "I8", {1}, "y"}};
    BOOST_CHECK_THROW((void)safetensors_contents(twice), std::invalid_argument);
    const std::vector<file_tensor> latin = {{"\xe9", "I8", {1}, "x"}};
    BOOST_CHECK_THROW((void)safetensors_contents(latin), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(every_file_that_is_cut_off) {
    const std::vector<file_tensor> tensors = {{"a", "I8", {3}, "xyz"}, {"b", "F32", {2}, "01234567"}};
    const std::string whole = safetensors_contents(tensors, {{"key", "text"}});
    for (size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST(fault(whole.substr(0, size)) != "no error", "cut off at " << size);
    BOOST_TEST(contains(fault(whole + "x"), "1 bytes after the last tensor belong to none"));
}

BOOST_AUTO_TEST_CASE(every_byte_that_is_another) { // an error, or another file; never more
    const std::vector<file_tensor> tensors = {{"a", "I8", {3}, "xyz"}, {"b", "F32", {2}, "01234567"}};
    const std::string whole = safetensors_contents(tensors, {{"key", "text"}});
    for (size_t at = 0; at < whole.size(); ++at)
        for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
            std::string other = whole;
            other[at] = static_cast<char>(other[at] ^ flip);
            try {
                const tensor_file file(other, "t");
                size_t bytes = 0;
                for (const auto& one : file.tensors()) bytes += one.bytes.size();
                BOOST_TEST(bytes == 11u);
            } catch (const file_error&) {}
        }
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(lengths) {
    BOOST_TEST(contains(fault("1234567"), "too short"));
    BOOST_TEST(contains(fault("\xff\xff\xff\xff\xff\xff\xff\xff{}"), "should have 18446744073709551615 bytes"));
    BOOST_TEST(contains(fault(file_of("{}").substr(0, 9)), "should have 2 bytes"));
    BOOST_TEST(contains(fault(file_of(" {}")), "does not begin with {"));
    BOOST_TEST(fault(file_of("{}    ")) == "no error");
    std::string large(inlay::detail::largest_header + 1, ' ');
    large[0] = '{', large[1] = '}';
    BOOST_TEST(contains(fault(file_of(large)), "larger than the format allows"));
}

BOOST_AUTO_TEST_CASE(offsets) {
    const auto two = [](size_t b0, size_t e0, size_t b1, size_t e1) {
        return fault_of_header("{" + tensor("a", "I8", "4", b0, e0) + "," + tensor("b", "F32", "1", b1, e1) + "}",
                               "01234567");
    };
    BOOST_TEST(two(0, 4, 4, 8) == "no error");
    BOOST_TEST(two(4, 8, 0, 4) == "no error");
    BOOST_TEST(contains(two(0, 4, 3, 7), "it overlaps another one"));
    BOOST_TEST(contains(two(0, 4, 0, 4), "it overlaps another one"));
    BOOST_TEST(contains(two(0, 4, 5, 9), "tensor b lies from 5 to 9, but there are 8 bytes"));
    BOOST_TEST(contains(two(0, 4, 8, 4), "tensor b lies from 8 to 4"));
    BOOST_TEST(contains(two(0, 4, 4, 7), "tensor b is F32 [1] in 3 bytes"));
    BOOST_TEST(contains(two(0, 3, 4, 8), "tensor a is I8 [4] in 3 bytes"));
    BOOST_TEST(contains(
        fault_of_header("{" + tensor("a", "I8", "2", 0, 2) + "," + tensor("b", "I8", "2", 3, 5) + "}", "01234"),
        "what lies between belongs to no tensor"));
    BOOST_TEST(contains(fault_of_header("{" + tensor("a", "I8", "2", 1, 3) + "}", "012"), "begins at byte 1"));
    // Products that would overflow.
    for (const char* shape :
         {"4294967296,4294967296", "9223372036854775807,2", "2,4611686018427387904", "3,6148914691236517206"})
        BOOST_TEST(contains(fault_of_header("{" + tensor("a", "F32", shape, 0, 8) + "}", "01234567"), "in 8 bytes"));
    BOOST_TEST(fault_of_header("{" + tensor("a", "F32", "9223372036854775807,0,9223372036854775807", 0, 0) + "}") ==
               "no error");
}

BOOST_AUTO_TEST_CASE(headers_that_are_none) {
    const auto a = tensor("a", "I8", "1", 0, 1);
    BOOST_TEST(fault_of_header("{" + a + "}", "x") == "no error");
    const std::pair<std::string, const char*> cases[] = {
        {"{", "not valid JSON"},
        {"{}}", "not valid JSON"},
        {"{" + a + ",}", "not valid JSON"},
        {"{\"a\":NaN}", "not valid JSON"},
        {"{\"\xff\":1}", "not valid JSON"},
        {"{\"a\":1}", "expected a description of a tensor, found a number"},
        {"{\"a\":[1]}", "found an array"},
        {"{\"a\":\"I8\"}", "found a string"},
        {"{\"a\":null}", "found null"},
        {"{\"a\":{\"dtype\":\"I8\",\"shape\":[1]}}", "lacks its dtype, shape or data_offsets"},
        {"{\"a\":{\"dtype\":\"I8\",\"dtype\":\"I8\"}}", "has two of dtype"},
        {"{\"a\":{\"shape\":[1],\"shape\":[1]}}", "has two of shape"},
        {"{\"a\":{\"dtype\":\"F33\"}}", "has the unknown dtype F33"},
        {"{\"a\":{\"dtype\":1}}", "has a number for its dtype"},
        {"{\"a\":{\"shape\":[-1]}}", "has a negative number for its shape"},
        {"{\"a\":{\"shape\":[1.5]}}", "has a number that is not whole for its shape"},
        {"{\"a\":{\"shape\":[1e30]}}", "has a number that is not whole for its shape"},
        {"{\"a\":{\"shape\":[1e999]}}", "not valid JSON"},
        {"{\"a\":{\"shape\":[18446744073709551615]}}", "too large"},
        {"{\"a\":{\"shape\":[99999999999999999999999]}}", "has a number that is not whole"},
        {"{\"a\":{\"shape\":[[1]]}}", "has an array for its shape"},
        {"{\"a\":{\"shape\":[1,1,1,1,1,1,1,1,1]}}", "has more than 8 extents"},
        {"{\"a\":{\"data_offsets\":[0]}}", "fewer than two data_offsets"},
        {"{\"a\":{\"data_offsets\":[0,1,2]}}", "more than two data_offsets"},
        {"{\"a\":{\"more\":{}}}", "has an object for its more"},
        {"{\"__metadata__\":1}", "found a number"},
        {"{\"__metadata__\":{\"x\":1}}", "the metadata are strings, but x is a number"},
        {"{\"__metadata__\":{\"x\":{}}}", "the metadata are strings, but x is an object"},
        {"{\"__metadata__\":{\"x\":\"1\",\"x\":\"2\"}}", "the metadata has x twice"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", "__metadata__ occurs twice"},
    };
    BOOST_TEST(contains(fault_of_header("{" + a + "," + tensor("a", "I8", "1", 1, 2) + "}", "xy"),
                        "has two tensors called a"));
    for (const auto& [header, expected] : cases)
        BOOST_TEST(contains(fault_of_header(header, "x"), expected),
                   header << " gives " << fault_of_header(header, "x"));
}

BOOST_AUTO_TEST_CASE(deep_and_long_headers_end_at_once) {
    std::string deep = "{\"a\":";
    deep.append(10'000'000, '[');
    BOOST_TEST(contains(fault_of_header(deep), "found an array"));
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
    BOOST_TEST(contains(fault_of_header(objects), "has an object for its a"));
    const std::string name(1'000'000, 'n');
    BOOST_TEST(fault_of_header("{\"" + name + "\":1}").size() < 300u);
    BOOST_TEST(fault_of_header("{\"a\":{\"dtype\":\"" + name + "\"}}").size() < 300u);
}

BOOST_AUTO_TEST_CASE(files) {
    const temporary_folder here;
    BOOST_TEST(contains(message_of<file_error>([&] { (void)inlay::read_safetensors(here / "none"); }), "no such file"));
    const auto path = here.write("a", file_of("{" + tensor("a", "I8", "1", 0, 1) + "}", "x"));
    const tensor_file one = inlay::read_safetensors(path);
    BOOST_TEST(one.tensors().size() == 1u);
    BOOST_TEST(contains(message_of<file_error>([&] { (void)inlay::read_safetensors(path, 9); }), "limit of 9"));
    // A header of 0x8b1f bytes begins as a gzip file does, and is none.
    std::string header = "{\"__metadata__\":{\"x\":\"";
    header += std::string(0x8b1f - header.size() - 3, ' ') + "\"}}";
    const auto like_gzip = here.write("b", file_of(header));
    BOOST_TEST(inlay::is_gzip(file_of(header)));
    const tensor_file other = inlay::read_safetensors(like_gzip);
    BOOST_TEST(other.metadata().size() == 1u);
}
