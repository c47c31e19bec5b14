// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// save and load: what is in the file, and what is refused.
#define BOOST_TEST_MODULE files_weights
#include <boost/test/unit_test.hpp>

#include "../host/folder.hpp"
#include "models.hpp"

#include <limits>

using namespace inlay;

namespace {

using small = network<input<3>, dense<2>, relu, dense<2>>;
using image_net = network<input<4, 3, 2>, conv2d<3, 2>, flatten, dense<5>>;

template <class Network>
Network started(std::uint64_t from) {
    Network net;
    initialize(net, seed{from});
    return net;
}
template <class Network>
bool same(const Network& a, const Network& b) {
    return detail::all_elements(a) == detail::all_elements(b);
}

/// A file of these tensors, as another program might write it.
std::string write(const temporary_folder& here, const std::vector<file_tensor>& tensors) {
    return here.write("foreign", safetensors_contents(tensors)).string();
}
std::string floats(const std::vector<float>& values) {
    std::string bytes;
    for (const float value : values) detail::append_little_endian(bytes, std::bit_cast<std::uint32_t>(value), 4);
    return bytes;
}
const std::string f2 = floats({1, 2}), f4 = floats({1, 2, 3, 4}), f6 = floats({1, 2, 3, 4, 5, 6});
std::vector<file_tensor> whole() {
    return {{"0.weight", "F32", {2, 3}, f6},
            {"0.bias", "F32", {2}, f2},
            {"2.weight", "F32", {2, 2}, f4},
            {"2.bias", "F32", {2}, f2}};
}

/// What is said when a network takes these tensors; it must be as before.
template <class Network = small>
std::string refused(const std::vector<file_tensor>& tensors, const load_options& options = {}) {
    const temporary_folder here;
    Network net = started<Network>(3);
    const std::string path = write(here, tensors);
    const std::string what = message_of<file_error>([&] { load(net, path, options); });
    BOOST_TEST(same(net, started<Network>(3)));
    BOOST_TEST(what.starts_with(path + ": "));
    return what.substr(std::min(path.size() + 2, what.size()));
}

} // namespace

BOOST_AUTO_TEST_CASE(what_the_file_says) {
    const temporary_folder here;
    const auto net = started<image_net>(1);
    save(net, here / "a",
         {.metadata = {{"accuracy", "0.98"}}, .names = {{"0", "eye"}, {"2.bias", "last.offset"}}, .prefix = "net."});
    const tensor_file file = read_safetensors(here / "a");
    BOOST_TEST(file.metadata().at("accuracy") == "0.98");
    BOOST_TEST(file.metadata().at("inlay.network") == "network<input<4, 3, 2>, conv2d<3, 2, 1, 0>, flatten, dense<5>>");
    BOOST_TEST(file.metadata().at("inlay.fingerprint") == detail::hexadecimal_number(fingerprint<image_net>));
    BOOST_TEST((file.metadata().at("inlay.bits_version") == "1" && file.metadata().at("inlay.scalar") == "F32"));
    for (const char* name : {"net.eye.weight", "net.eye.bias", "net.2.weight", "net.last.offset"})
        BOOST_TEST(file.find(name) < 4u, name);
    // Column (row, column, channel) of a position-by-position flatten is column (channel, row, column) there.
    const auto weight = models::numbers(file, "net.2.weight");
    for (size_t o = 0; o < 5; ++o)
        for (size_t c = 0; c < 3; ++c)
            for (size_t p = 0; p < 6; ++p)
                BOOST_TEST(static_cast<float>(weight[o * 18 + c * 6 + p]) == net.parameter<"2.weight">()(o, p * 3 + c));
    image_net other;
    const auto report = load(other, here / "a", {.names = {{"0", "eye"}, {"2.bias", "last.offset"}}, .prefix = "net."});
    BOOST_TEST(same(net, other));
    BOOST_TEST((report.reordered == std::vector<std::string>{"net.2.weight"}));
    BOOST_TEST(report.metadata.at("accuracy") == "0.98");

    save(net, here / "b", {.flatten = flatten_order::channels_last});
    const auto as_it_is = models::numbers(read_safetensors(here / "b"), "2.weight");
    for (size_t i = 0; i < as_it_is.size(); ++i)
        BOOST_TEST(static_cast<float>(as_it_is[i]) == net.parameter<"2.weight">()[i]);
    load(other, here / "b");
    BOOST_TEST(!same(net, other));
    load(other, here / "b", {.flatten = flatten_order::channels_last});
    BOOST_TEST(same(net, other));
}

BOOST_AUTO_TEST_CASE(other_types_of_numbers) {
    const temporary_folder here;
    const auto net = started<small>(1);
    save(net, here / "a");
    small::with_scalar<double> wide;
    load(wide, here / "a"); // widened
    BOOST_TEST(wide.canonical()[3] == static_cast<double>(net.canonical()[3]));
    save(wide, here / "b");
    const tensor_file file = read_safetensors(here / "b");
    BOOST_TEST(file.tensors()[0].dtype == "F64");
    small narrow;
    load(narrow, here / "b"); // and narrowed again
    BOOST_TEST(same(net, narrow));

    BOOST_TEST(detail::float_of_half(0x3c00) == 1.0f);
    BOOST_TEST(detail::float_of_half(0xc000) == -2.0f);
    BOOST_TEST(detail::float_of_half(0x0001) == 0x1p-24f);
    BOOST_TEST(detail::float_of_half(0x83ff) == -0x3ffp-24f);
    BOOST_TEST(detail::float_of_half(0x7bff) == 65504.0f);
    BOOST_TEST(std::isinf(detail::float_of_half(0x7c00)));
    BOOST_TEST(std::isnan(detail::float_of_half(0x7c01)));
    BOOST_TEST(detail::float_of_bfloat(0xbf80) == -1.0f);
}

BOOST_AUTO_TEST_CASE(bytes_stay_bytes) {
    using stored = network<input<3>, stored_as<std::int8_t, dense<2>>, relu, dense<2>>;
    const temporary_folder here;
    const auto net = quantized<stored>(started<small>(1));
    save(net, here / "a");
    const tensor_file file = read_safetensors(here / "a");
    BOOST_TEST(file.tensors().at(file.find("0.weight")).dtype == "I8");
    BOOST_TEST(file.tensors().at(file.find("0.weight_scale")).dtype == "F32");
    stored other;
    load(other, here / "a");
    BOOST_TEST(same(net, other));
    save(started<small>(1), here / "b");
    const auto what = message_of<file_error>([&] { load(other, here / "b", {.same_network = false}); });
    BOOST_TEST(contains(what, "tensor 0.weight is F32 [2, 3], expected I8 [2, 3]; load a network without stored_as"));
    BOOST_TEST(same(net, other));
    small plain;
    BOOST_TEST(contains(message_of<file_error>([&] { load(plain, here / "a", {.same_network = false}); }),
                        "tensor 0.weight is I8 [2, 3], expected F32 [2, 3], or F64, F16 or BF16"));
}

BOOST_AUTO_TEST_CASE(tied_tensors) {
    using type = models::language::type;
    const temporary_folder here;
    const auto net = started<type>(1);
    save(net, here / "a");
    BOOST_TEST(read_safetensors(here / "a").find("head.weight") == 5u); // once
    const tensor_file file = read_safetensors(here / "a");
    auto tensors = file.tensors();
    const file_tensor table = tensors.at(file.find("tokens.weight"));
    tensors.push_back({"head.weight", table.dtype, table.shape, table.bytes});
    type other;
    load(other, write(here, tensors)); // both, alike
    BOOST_TEST(same(net, other));
    std::string bytes(table.bytes);
    bytes[4] = static_cast<char>(bytes[4] ^ 1);
    tensors.back().bytes = bytes;
    BOOST_TEST(contains(refused<type>(tensors), "tensors tokens.weight and head.weight differ at number 1"));
    tensors.back().bytes = table.bytes;
    tensors.erase(
        std::find_if(tensors.begin(), tensors.end(), [](const auto& one) { return one.name == "tokens.weight"; }));
    type third;
    load(third, write(here, tensors)); // the second name alone
    BOOST_TEST(same(net, third));
}

BOOST_AUTO_TEST_CASE(a_network_that_is_another) {
    const temporary_folder here;
    save(started<small>(1), here / "a");
    using other = network<input<3>, dense<2>, inlay::tanh, dense<2>>;
    auto net = started<other>(3);
    const auto what = message_of<file_error>([&] { load(net, here / "a"); });
    BOOST_TEST(contains(what, "was written for another network"));
    BOOST_TEST(contains(what, "\n    the file  network<input<3>, dense<2>, relu, dense<2>>"
                              "\n    this one  network<input<3>, dense<2>, tanh, dense<2>>"
                              "\n                                          ^ differs from here"));
    BOOST_TEST(same(net, started<other>(3)));
    load(net, here / "a", {.same_network = false});
    BOOST_TEST(net.canonical() == started<small>(1).canonical(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    auto tensors = whole();
    tensors[2].shape = {4};
    BOOST_TEST(refused(tensors) == "tensor 2.weight is F32 [4], expected F32 [2, 2]");
    tensors = whole();
    tensors[0].shape = {3, 2};
    BOOST_TEST(
        refused(tensors) ==
        "tensor 0.weight is F32 [3, 2], expected F32 [2, 3]: the extents are the other way round, as Keras has them");
    tensors = whole();
    tensors[1].dtype = "I32";
    BOOST_TEST(refused(tensors) == "tensor 0.bias is I32 [2], expected F32 [2], or F64, F16 or BF16");
    tensors = whole();
    tensors.pop_back();
    BOOST_TEST(refused(tensors).starts_with("lacks tensor 2.bias, F32 [2]. Other names"));
    tensors.pop_back();
    tensors.push_back({"3.weight", "F32", {2}, f2});
    BOOST_TEST(refused(tensors).starts_with("lacks tensor 2.weight, F32 [2, 2] (and 2.bias); it has tensor 3.weight, "
                                            "F32 [2], which the network has not. Other"));
    const std::string nan = floats({1, std::numeric_limits<float>::quiet_NaN()});
    const std::string huge("\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\x7f", 16);
    tensors = whole();
    tensors[3].bytes = nan;
    BOOST_TEST(refused(tensors) == "tensor 2.bias is NaN at number 1, expected finite numbers in F32 [2]");
    tensors[3] = {"2.bias", "F64", {2}, huge};
    BOOST_TEST(refused(tensors) ==
               "tensor 2.bias is too large for float at number 1, expected finite numbers in F32 [2]");
}

BOOST_AUTO_TEST_CASE(a_part_is_loaded_when_asked_for) {
    const temporary_folder here;
    const std::vector<file_tensor> tensors = {{"0.weight", "F32", {2, 3}, f6}, {"9.weight", "F32", {2}, f2}};
    auto net = started<small>(3);
    const auto report = load(net, write(here, tensors), {.strict = false});
    using names = std::vector<std::string>;
    BOOST_TEST((report.loaded == names{"0.weight"}));
    BOOST_TEST((report.missing_keys == names{"0.bias", "2.weight", "2.bias"}));
    BOOST_TEST((report.unexpected_keys == names{"9.weight"}));
    BOOST_TEST(net.parameter<"0.weight">()(1, 2) == 6);
    BOOST_TEST(net.parameter<"0.bias">()[0] == started<small>(3).parameter<"0.bias">()[0]);
    // Another shape is an error all the same.
    auto wrong = tensors;
    wrong[0] = {"0.weight", "F32", {2, 2}, f4};
    BOOST_TEST(contains(refused(wrong, {.strict = false}), "is F32 [2, 2], expected F32 [2, 3]"));
}

BOOST_AUTO_TEST_CASE(names_that_are_none) {
    const temporary_folder here;
    const auto net = started<small>(1);
    const auto wrong = message_of<std::invalid_argument>([&] { save(net, here / "a", {.names = {{"1", "x"}}}); });
    BOOST_TEST(wrong == "inlay: .names has 1, but the network has no tensor there");
    const auto twice = message_of<std::invalid_argument>([&] { save(net, here / "a", {.names = {{"0", "2"}}}); });
    BOOST_TEST(contains(twice, "two tensors of a file would be called 2."));
    BOOST_TEST(here.files() == 0u);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none) {
    const temporary_folder here;
    auto net = started<small>(1);
    net.parameter<"2.weight">()(1, 0) = std::numeric_limits<float>::infinity();
    BOOST_TEST(message_of<std::invalid_argument>([&] { save(net, here / "a"); }) ==
               "inlay: cannot save 2.weight[2], which is infinite");
    BOOST_TEST(here.files() == 0u);
}

BOOST_AUTO_TEST_CASE(an_order_that_cannot_be_told) {
    using type = network<input<4, 3, 2>, conv2d<3, 2>, flatten, keep<"x">, dense<18>, plus<"x">, dense<5>>;
    const temporary_folder here;
    const auto net = started<type>(1);
    BOOST_TEST(contains(message_of<std::invalid_argument>([&] { save(net, here / "a"); }),
                        "what reaches layer 2 has been through flatten"));
    save(net, here / "a", {.flatten = flatten_order::channels_last});
    type other;
    load(other, here / "a", {.flatten = flatten_order::channels_last});
    BOOST_TEST(same(net, other));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_none) {
    const temporary_folder here;
    BOOST_TEST(
        contains(message_of<file_error>([&] { save(started<small>(1), here / "none" / "a"); }), "cannot be written"));
}

BOOST_AUTO_TEST_CASE(the_first_difference) {
    const std::string long_one(200, 'a');
    const auto text = detail::side_by_side("one", long_one + "x", "two", long_one + "y");
    const auto lines = [&] {
        std::vector<std::string> all;
        for (size_t at = 1; at < text.size();) {
            const size_t end = std::min(text.find('\n', at), text.size());
            all.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        return all;
    }();
    BOOST_TEST(lines.size() == 3u);
    BOOST_TEST(lines[0] == "    one…" + std::string(45, 'a') + "x");
    BOOST_TEST(lines[2].find('^') + 2 == lines[0].size() - 1); // "…" is three bytes in one column
}
