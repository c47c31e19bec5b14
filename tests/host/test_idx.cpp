// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE idx
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/idx.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

namespace {

using inlay::file_error;
using std::size_t;

/// `bytes` as a gzip file in `folder`, through zlib's own writer.
std::filesystem::path write_packed(const temporary_folder& folder, const std::string& name, const std::string& bytes) {
    const gzFile file = gzopen((folder / name).c_str(), "wb");
    BOOST_REQUIRE(file != nullptr);
    BOOST_REQUIRE_EQUAL(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())),
                        static_cast<int>(bytes.size()));
    BOOST_REQUIRE_EQUAL(gzclose(file), Z_OK);
    return folder / name;
}

/// An IDX file of bytes 0, 1, 2, … with these dimensions; `type` 8 is unsigned bytes.
std::string idx(const std::vector<std::uint32_t>& dimensions, size_t values, int type = 8) {
    std::string bytes{'\0', '\0', static_cast<char>(type), static_cast<char>(dimensions.size())};
    for (const std::uint32_t size : dimensions)
        for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(size >> shift & 255);
    for (size_t i = 0; i < values; ++i) bytes += static_cast<char>(i);
    return bytes;
}

/// The message of the file_error that `call` must throw.
template <class Call>
std::string message(Call call) {
    return message_of<file_error>(call);
}

std::string image_message(const std::string& bytes) {
    return message([&] { std::ignore = inlay::parse_idx_images<2, 3>(bytes, "t"); });
}

std::string label_message(const std::string& bytes) {
    return message([&] { std::ignore = inlay::parse_idx_labels(bytes, "t"); });
}

/// Labels i modulo 10.
std::string mnist_labels(std::uint32_t count) {
    std::string bytes = idx({count}, 0);
    for (std::uint32_t i = 0; i < count; ++i) bytes += static_cast<char>(i % 10);
    return bytes;
}

std::string mnist_images(std::uint32_t count) { return idx({count, 28, 28}, size_t{count} * 784); }

} // namespace

BOOST_AUTO_TEST_CASE(images_and_labels_are_read) {
    const auto images = inlay::parse_idx_images<2, 3>(idx({2, 2, 3}, 12), "t");
    BOOST_REQUIRE_EQUAL(images.size(), 2u);
    BOOST_TEST((images[1] == std::array<std::uint8_t, 6>{6, 7, 8, 9, 10, 11}));
    BOOST_TEST((inlay::parse_idx_labels(idx({3}, 3), "t") == std::vector<std::uint8_t>{0, 1, 2}));
    BOOST_TEST(inlay::parse_idx_labels(idx({258}, 258), "t").size() == 258u); // a size of two bytes
    BOOST_TEST(inlay::parse_idx_labels(idx({0}, 0), "t").empty());
    BOOST_TEST((inlay::parse_idx_images<2, 3>(idx({0, 2, 3}, 0), "t").empty()));
}

BOOST_AUTO_TEST_CASE(files_are_read_plain_and_packed) {
    const temporary_folder temporary;
    const std::string bytes = idx({2, 2, 3}, 12);
    const auto plain = inlay::read_idx_images<2, 3>(temporary.write("plain", bytes));
    BOOST_TEST((inlay::read_idx_images<2, 3>(write_packed(temporary, "packed.gz", bytes)) == plain));
    BOOST_TEST(inlay::read_idx_labels(write_packed(temporary, "labels.gz", idx({3}, 3))).size() == 3u);
}

BOOST_AUTO_TEST_CASE(every_shorter_file_is_an_error) {
    const std::string images = idx({2, 2, 3}, 12), labels = idx({3}, 3);
    for (size_t length = 0; length < images.size(); ++length)
        BOOST_TEST(image_message(images.substr(0, length)) != "no error");
    for (size_t length = 0; length < labels.size(); ++length)
        BOOST_TEST(label_message(labels.substr(0, length)) != "no error");
    BOOST_TEST(image_message("") == "t: offset 0: expected an IDX file, found the end after 0 of its first 4 bytes");
    BOOST_TEST(image_message(images.substr(0, 15)) ==
               "t: offset 15: expected a header of 16 bytes, found the end of the file");
    BOOST_TEST(image_message(images.substr(0, 27)) ==
               "t: expected 28 bytes (2 items of 6 and a header of 16), found 27");
}

BOOST_AUTO_TEST_CASE(trailing_bytes_are_an_error) {
    BOOST_TEST(image_message(idx({2, 2, 3}, 13)) == "t: expected 28 bytes (2 items of 6 and a header of 16), found 29");
    BOOST_TEST(label_message(idx({2}, 3)) == "t: expected 10 bytes (2 items of 1 and a header of 8), found 11");
}

BOOST_AUTO_TEST_CASE(magic_type_and_rank_are_checked) {
    BOOST_TEST(image_message("\x89PNG........................") ==
               "t: offset 0: expected an IDX file, which begins with the bytes 0 0, found 137 80");
    std::string bytes = idx({2, 2, 3}, 12);
    bytes[1] = 1;
    BOOST_TEST(contains(image_message(bytes), "found 0 1"));
    BOOST_TEST(image_message(idx({2, 2, 3}, 12, 13)) == "t: offset 2: expected type 8 (unsigned bytes), found 13");
    BOOST_TEST(image_message(idx({2}, 2)) == "t: offset 3: expected 3 dimensions, found 1"); // labels for images
    BOOST_TEST(label_message(idx({2, 2, 3}, 12)) == "t: offset 3: expected 1 dimensions, found 3");
}

BOOST_AUTO_TEST_CASE(dimensions_are_checked) {
    BOOST_TEST(image_message(idx({2, 3, 3}, 18)) == "t: offset 8: dimension 1: expected 2, found 3");
    BOOST_TEST(image_message(idx({2, 2, 4}, 16)) == "t: offset 12: dimension 2: expected 3, found 4");
    BOOST_TEST(image_message(idx({2, 3, 2}, 12)) == "t: offset 8: dimension 1: expected 2, found 3"); // turned round
    BOOST_TEST(image_message(idx({2, 2, 0x80000003u}, 12)) ==
               "t: offset 12: dimension 2: expected 3, found 2147483651");
}

BOOST_AUTO_TEST_CASE(counts_that_overflow_allocate_nothing) {
    BOOST_TEST(image_message(idx({0xffffffffu, 2, 3}, 12)) ==
               "t: expected 25769803786 bytes (4294967295 items of 6 and a header of 16), found 28");
    // 0x2aaaaaab · 6 = 2³² + 2: the length would fit if it were counted in 32 bits.
    BOOST_TEST(image_message(idx({0x2aaaaaabu, 2, 3}, 2)) ==
               "t: expected 4294967314 bytes (715827883 items of 6 and a header of 16), found 18");
    BOOST_TEST(label_message(idx({0xffffffffu}, 12)) ==
               "t: expected 4294967303 bytes (4294967295 items of 1 and a header of 8), found 20");
}

BOOST_AUTO_TEST_CASE(missing_cut_and_damaged_files_are_named) {
    const temporary_folder temporary;
    const auto missing = temporary.path / "missing";
    BOOST_TEST(message([&] { std::ignore = inlay::read_idx_labels(missing); }) == missing.string() + ": no such file");
    BOOST_TEST(contains(message([&] { std::ignore = inlay::read_idx_labels(temporary.path); }), "found a directory"));
    const auto packed = write_packed(temporary, "labels.gz", idx({100}, 100));
    std::string bytes;
    {
        std::ifstream in{packed, std::ios::binary};
        bytes.assign(std::istreambuf_iterator<char>{in}, {});
    }
    const auto cut = temporary.write("cut.gz", bytes.substr(0, bytes.size() - 1));
    BOOST_TEST(message([&] { std::ignore = inlay::read_idx_labels(cut); }) ==
               cut.string() + ": gzip data are cut off at offset " + std::to_string(bytes.size() - 1));
    bytes[bytes.size() - 8] = static_cast<char>(bytes[bytes.size() - 8] ^ 1);
    const auto damaged = temporary.write("damaged.gz", bytes);
    BOOST_TEST(contains(message([&] { std::ignore = inlay::read_idx_labels(damaged); }), damaged.string() + ": damaged gzip data"));
}

BOOST_AUTO_TEST_CASE(mnist_is_scaled_to_one) {
    const temporary_folder temporary;
    const auto data =
        inlay::read_mnist(temporary.write("images", mnist_images(3)), temporary.write("labels", mnist_labels(3)));
    BOOST_REQUIRE_EQUAL(data.size(), 3u);
    BOOST_TEST(data.inputs[0][0] == 0.0f);
    BOOST_TEST(data.inputs[0][51] == 0.2f);
    BOOST_TEST(data.inputs[0][255] == 1.0f);
    BOOST_TEST((data.labels == std::vector<size_t>{0, 1, 2}));
    BOOST_TEST(inlay::read_mnist<double>(temporary.path / "images", temporary.path / "labels").inputs[0][1] ==
               1 / 255.0);
}

BOOST_AUTO_TEST_CASE(mnist_counts_and_labels_are_checked) {
    const temporary_folder temporary;
    const auto images = temporary.write("images", mnist_images(3)), labels = temporary.write("labels", mnist_labels(4));
    BOOST_TEST(message([&] { std::ignore = inlay::read_mnist(images, labels); }) ==
               labels.string() + ": expected 3 labels, as many as " + images.string() + " has images, found 4");
    std::string ten = mnist_labels(3);
    ten[9] = 10;
    temporary.write("labels", ten);
    BOOST_TEST(message([&] { std::ignore = inlay::read_mnist(images, labels); }) ==
               labels.string() + ": offset 9: expected a label 0 to 9, found 10");
    BOOST_TEST(
        contains(message([&] { std::ignore = inlay::read_mnist(labels, images); }), "expected 1 dimensions, found 3")); // swapped
}

BOOST_AUTO_TEST_CASE(a_folder_is_searched_under_all_usual_names) {
    const temporary_folder temporary;
    temporary.write("train-images-idx3-ubyte", mnist_images(2));
    write_packed(temporary, "train-labels-idx1-ubyte.gz", mnist_labels(2));
    write_packed(temporary, "t10k-images.idx3-ubyte.gz", mnist_images(1));
    temporary.write("t10k-labels.idx1-ubyte", mnist_labels(1));
    std::filesystem::create_directory(temporary.path / "t10k-images-idx3-ubyte"); // as some unpackers leave it
    const inlay::mnist_directory mnist{temporary.path};
    BOOST_TEST(mnist.train_labels.filename() == "train-labels-idx1-ubyte.gz");
    BOOST_TEST(mnist.test_images.filename() == "t10k-images.idx3-ubyte.gz");
    BOOST_TEST(mnist.train().size() == 2u);
    BOOST_TEST(mnist.test<double>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_folder_lacks_is_named) {
    const temporary_folder temporary;
    temporary.write("train-images-idx3-ubyte", mnist_images(1));
    BOOST_TEST(message([&] { inlay::mnist_directory{temporary.path}; }) ==
               temporary.path.string() + ": looked for train-labels-idx1-ubyte, train-labels-idx1-ubyte.gz, "
                                         "train-labels.idx1-ubyte, train-labels.idx1-ubyte.gz: found none");
    BOOST_TEST(contains(message([&] { inlay::mnist_directory{temporary.path / "no"}; }), "no: expected a folder"));
    BOOST_TEST(contains(message([&] { inlay::mnist_directory{temporary.path / "train-images-idx3-ubyte"}; }),
                        "found something else"));
}

BOOST_AUTO_TEST_CASE(every_type_and_rank) {
    using bytes = std::string;
    const auto file = [](int type, const std::vector<std::uint32_t>& dimensions, const bytes& values) {
        return idx(dimensions, 0, type) + values;
    };
    const auto floats = [](const std::string& text) { return inlay::parse_idx(text, "t").values; };
    using list = std::vector<float>;
    BOOST_TEST(floats(file(8, {2}, {"\x01\xff", 2})) == (list{1, 255}));
    BOOST_TEST(floats(file(9, {2}, {"\x01\xff", 2})) == (list{1, -1}));
    BOOST_TEST(floats(file(11, {2}, {"\x01\x02\xff\xfe", 4})) == (list{258, -2}));
    BOOST_TEST(floats(file(12, {1}, {"\xff\xff\xff\xfe", 4})) == (list{-2}));
    BOOST_TEST(floats(file(13, {1}, {"\x3f\xc0\0\0", 4})) == (list{1.5f}));
    BOOST_TEST(floats(file(14, {1}, {"\xbf\xf8\0\0\0\0\0\0", 8})) == (list{-1.5f}));
    const auto cube = inlay::parse_idx<std::uint8_t>(idx({2, 3, 1, 2}, 12), "t");
    BOOST_TEST(cube.extents == (std::vector<size_t>{2, 3, 1, 2}));
    BOOST_TEST(cube.items<6>()[1][5] == 11);
    BOOST_TEST(message_of<std::invalid_argument>([&] { std::ignore = cube.items<5>(); }) ==
               "inlay: idx_array: 12 numbers are not 2 items of 5");
    BOOST_TEST(inlay::parse_idx(idx({0, 3}, 0), "t").values.empty());
    const auto refused = [](const std::string& text) { return message([&] { std::ignore = inlay::parse_idx(text, "t"); }); };
    BOOST_TEST(refused(file(10, {1}, "x")) == "t: offset 2: expected a type of 8, 9, 11, 12, 13 or 14, found 10");
    BOOST_TEST(refused(file(11, {2}, "xxx")) == "t: the dimensions ask for more numbers of 2 bytes, but there are 3 bytes");
    BOOST_TEST(refused(file(8, {1}, "xxx")) == "t: the dimensions ask for 1 numbers of 1 bytes, but there are 3 bytes");
    BOOST_TEST(refused(file(8, {0xffffffff, 0xffffffff, 0xffffffff}, "x")) ==
               "t: the dimensions ask for more numbers of 1 bytes, but there are 1 bytes");
    BOOST_TEST(refused(file(12, {1}, {"\x01\0\0\x01", 4})) == "t: offset 8: 16777217 does not fit the number type");
    BOOST_TEST(contains(refused(file(14, {1}, {"\x7f\xe0\0\0\0\0\0\0", 8})), "does not fit the number type"));
    BOOST_TEST(refused({"\0\0\x08\0", 4}) == "t: offset 3: expected at least one dimension");
    BOOST_TEST(message([&] { std::ignore = inlay::parse_idx<std::uint8_t>(file(9, {1}, "\xff"), "t"); }) ==
               "t: offset 8: -1 does not fit the number type");
}

BOOST_AUTO_TEST_CASE(the_real_files) {
    const char* const given = std::getenv("INLAY_MNIST");
    if (given == nullptr || *given == '\0') {
        BOOST_TEST_MESSAGE("set INLAY_MNIST to the folder with the files of MNIST to read them too");
        return;
    }
    const inlay::mnist_directory mnist{given};
    const auto counts = [](const inlay::data_set<784>& data) {
        std::array<size_t, 10> found{};
        for (const size_t label : data.labels) ++found[label];
        return found;
    };
    const auto train = mnist.train(), test = mnist.test();
    BOOST_TEST((counts(train) == std::array<size_t, 10>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}));
    BOOST_TEST((counts(test) == std::array<size_t, 10>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
    double sum = 0;
    for (const auto& image : train.inputs)
        for (const float pixel : image) {
            sum += static_cast<double>(pixel);
            if (!(pixel >= 0 && pixel <= 1)) BOOST_FAIL("a pixel of " << pixel);
        }
    BOOST_TEST(sum / (60'000.0 * 784) == 0.1307, boost::test_tools::tolerance(1e-3)); // the mean everybody subtracts
}
