// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The IDX files of MNIST (LeCun, Cortes, Burges 1998). Link with -lz.
//
//     0 0 type rank   a size per dimension, 4 bytes each, most significant first   the values, row by row
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/host/data_set.hpp>
#include <inlay/host/file.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Checks the header and the exact length of an IDX file of unsigned bytes with `1 + item_sizes` dimensions, the first
/// of them free; gives the number of items and leaves their bytes in `bytes`.
template <size_t Rank>
size_t idx_items(std::string_view& bytes, const std::string& name, const std::array<std::uint64_t, Rank>& item_sizes) {
    const auto byte = [&](size_t offset) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[offset])); };
    const auto fail = [&](size_t offset, const std::string& what) {
        throw file_error(name, "offset " + std::to_string(offset) + ": " + what);
    };
    constexpr size_t header = 4 + 4 * (Rank + 1);
    if (bytes.size() < 4)
        fail(bytes.size(),
             "expected an IDX file, found the end after " + std::to_string(bytes.size()) + " of its first 4 bytes");
    if (byte(0) != 0 || byte(1) != 0)
        fail(0, "expected an IDX file, which begins with the bytes 0 0, found " + std::to_string(byte(0)) + " " +
                    std::to_string(byte(1)));
    if (byte(2) != 8) fail(2, "expected type 8 (unsigned bytes), found " + std::to_string(byte(2)));
    if (byte(3) != Rank + 1)
        fail(3, "expected " + std::to_string(Rank + 1) + " dimensions, found " + std::to_string(byte(3)));
    if (bytes.size() < header)
        fail(bytes.size(), "expected a header of " + std::to_string(header) + " bytes, found the end of the file");

    const auto size = [&](size_t dimension) {
        const size_t at = 4 + 4 * dimension;
        return std::uint64_t{byte(at)} << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
    };
    std::uint64_t item_bytes = 1;
    for (size_t i = 0; i < Rank; ++i) {
        if (size(i + 1) != item_sizes[i])
            fail(4 + 4 * (i + 1), "dimension " + std::to_string(i + 1) + ": expected " + std::to_string(item_sizes[i]) +
                                      ", found " + std::to_string(size(i + 1)));
        item_bytes *= item_sizes[i];
    }
    // A count has 32 bits and an item fewer than 2³¹ bytes (asserted by the caller): the product fits.
    const std::uint64_t expected = header + size(0) * item_bytes;
    if (bytes.size() != expected)
        throw file_error(name, "expected " + std::to_string(expected) + " bytes (" + std::to_string(size(0)) +
                                   " items of " + std::to_string(item_bytes) + " and a header of " +
                                   std::to_string(header) + "), found " + std::to_string(bytes.size()));
    const auto count = static_cast<size_t>(size(0));
    bytes.remove_prefix(header);
    return count;
}

} // namespace detail

/// The images in the IDX file `bytes`, each [Rows][Columns] row by row, 0 to 255. Throws file_error, beginning with
/// `name`, unless `bytes` are exactly such a file of that many rows and columns, and allocates nothing before.
template <size_t Rows, size_t Columns>
[[nodiscard]] std::vector<std::array<std::uint8_t, Rows * Columns>> parse_idx_images(std::string_view bytes,
                                                                                     const std::string& name) {
    static_assert(Rows > 0 && Columns > 0 && Rows <= 0x7fffffff / Columns, "an image has 1 to 2^31 - 1 pixels");
    const size_t count = detail::idx_items<2>(bytes, name, {Rows, Columns});
    std::vector<std::array<std::uint8_t, Rows * Columns>> images(count);
    if (count != 0) std::memcpy(images.data(), bytes.data(), bytes.size());
    return images;
}

/// The labels in the IDX file `bytes`. Throws file_error, beginning with `name`, unless they are exactly such a file.
[[nodiscard]] inline std::vector<std::uint8_t> parse_idx_labels(std::string_view bytes, const std::string& name) {
    const size_t count = detail::idx_items<0>(bytes, name, {});
    std::vector<std::uint8_t> labels(count);
    if (count != 0) std::memcpy(labels.data(), bytes.data(), bytes.size());
    return labels;
}

/// The images in the IDX file at `path`, plain or gzip: `read_idx_images<28, 28>("train-images-idx3-ubyte.gz")`.
/// Throws file_error as read_file and parse_idx_images do.
template <size_t Rows, size_t Columns>
[[nodiscard]] std::vector<std::array<std::uint8_t, Rows * Columns>> read_idx_images(const std::filesystem::path& path,
                                                                                    size_t limit = default_file_limit) {
    return parse_idx_images<Rows, Columns>(read_file(path, limit), path.string());
}

/// The labels in the IDX file at `path`, plain or gzip. Throws file_error as read_file and parse_idx_labels do.
[[nodiscard]] inline std::vector<std::uint8_t> read_idx_labels(const std::filesystem::path& path,
                                                               size_t limit = default_file_limit) {
    return parse_idx_labels(read_file(path, limit), path.string());
}

/// An IDX file of any element type and up to 255 dimensions, as numbers of type Scalar.
template <class Scalar = float>
struct idx_array {
    std::vector<size_t> extents;
    std::vector<Scalar> values; ///< row by row

    /// The items along the first dimension. Throws std::invalid_argument when they are of another size.
    template <size_t Size>
    [[nodiscard]] std::vector<std::array<Scalar, Size>> items() const {
        const size_t count = extents.empty() ? 0 : extents.front();
        if (count * Size != values.size())
            throw std::invalid_argument("inlay: idx_array: " + std::to_string(values.size()) + " numbers are not " +
                                        std::to_string(count) + " items of " + std::to_string(Size));
        std::vector<std::array<Scalar, Size>> all(count);
        for (size_t i = 0; i < values.size(); ++i) all[i / Size][i % Size] = values[i];
        return all;
    }
};

namespace detail {

/// A value of an IDX file: `Stored` in big-endian bytes.
template <class Stored, class Bits>
Stored idx_value(const char* bytes) {
    Bits bits = 0;
    for (size_t i = 0; i < sizeof(Bits); ++i)
        bits = static_cast<Bits>(bits << (sizeof(Bits) > 1 ? 8 : 0)) | static_cast<unsigned char>(bytes[i]);
    Stored value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

template <class Stored, class Bits, class Scalar>
void idx_values(std::string_view bytes, const std::string& name, size_t header, std::vector<Scalar>& to) {
    const auto fits = [](Stored value) {
        if constexpr (std::is_floating_point_v<Scalar>) {
            if constexpr (std::is_floating_point_v<Stored>) { // rounded, but no finite number becomes infinite
                const auto size = std::abs(static_cast<double>(value));
                return !(size - size == 0) || size <= static_cast<double>(std::numeric_limits<Scalar>::max());
            } else return static_cast<Stored>(static_cast<double>(static_cast<Scalar>(value))) == value;
        } else if constexpr (std::is_floating_point_v<Stored>) return false;
        else return std::in_range<Scalar>(value);
    };
    to.reserve(bytes.size() / sizeof(Stored));
    for (size_t at = 0; at < bytes.size(); at += sizeof(Stored)) {
        const auto value = idx_value<Stored, Bits>(bytes.data() + at);
        if (!fits(value))
            throw file_error(name, "offset " + std::to_string(header + at) + ": " + std::to_string(value) +
                                       " does not fit the number type");
        to.push_back(static_cast<Scalar>(value));
    }
}

} // namespace detail

/// The IDX file `bytes`, of unsigned or signed bytes, 16- or 32-bit whole numbers, float or double. Throws file_error,
/// beginning with `name`, unless `bytes` are exactly such a file, and for a value that Scalar does not have: whole numbers
/// are taken exactly or not at all, doubles are rounded to float.
template <class Scalar = float>
[[nodiscard]] idx_array<Scalar> parse_idx(std::string_view bytes, const std::string& name) {
    static_assert(std::is_arithmetic_v<Scalar> && !std::is_same_v<Scalar, bool>, "inlay: parse_idx gives numbers");
    const auto byte = [&](size_t offset) { return size_t{static_cast<unsigned char>(bytes[offset])}; };
    const auto fail = [&](const std::string& what) { throw file_error(name, what); };
    if (bytes.size() < 4) fail("expected an IDX file, found " + std::to_string(bytes.size()) + " bytes");
    if (byte(0) != 0 || byte(1) != 0) fail("expected an IDX file, which begins with the bytes 0 0");
    constexpr size_t sizes[] = {1, 1, 0, 2, 4, 4, 8};
    const size_t type = byte(2), rank = byte(3), header = 4 + 4 * rank;
    if (type < 8 || type > 14 || sizes[type - 8] == 0)
        fail("offset 2: expected a type of 8, 9, 11, 12, 13 or 14, found " + std::to_string(type));
    if (rank == 0) fail("offset 3: expected at least one dimension");
    if (bytes.size() < header) fail("expected a header of " + std::to_string(header) + " bytes, found the end");
    idx_array<Scalar> found;
    size_t count = 1;
    const size_t there = (bytes.size() - header) / sizes[type - 8];
    bool too_many = false;
    for (size_t i = 0; i < rank; ++i) {
        const size_t at = 4 + 4 * i, extent = byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
        found.extents.push_back(extent);
        too_many = too_many || (extent != 0 && count > there / extent);
        if (!too_many) count *= extent;
    }
    if (std::find(found.extents.begin(), found.extents.end(), 0u) != found.extents.end()) count = 0, too_many = false;
    if (too_many || header + count * sizes[type - 8] != bytes.size())
        fail("the dimensions ask for " + (too_many ? "more" : std::to_string(count)) + " numbers of " +
             std::to_string(sizes[type - 8]) + " bytes, but there are " + std::to_string(bytes.size() - header) +
             " bytes");
    bytes.remove_prefix(header);
    const auto take = [&]<class Stored, class Bits>(Stored, Bits) {
        detail::idx_values<Stored, Bits>(bytes, name, header, found.values);
    };
    if (type == 8) take(std::uint8_t{}, std::uint8_t{});
    else if (type == 9) take(std::int8_t{}, std::uint8_t{});
    else if (type == 11) take(std::int16_t{}, std::uint16_t{});
    else if (type == 12) take(std::int32_t{}, std::uint32_t{});
    else if (type == 13) take(float{}, std::uint32_t{});
    else take(double{}, std::uint64_t{});
    return found;
}

/// The IDX file at `path`, plain or gzip: `read_idx("train-images-idx3-ubyte.gz").items<784>()`. Throws file_error as
/// read_file and parse_idx do.
template <class Scalar = float>
[[nodiscard]] idx_array<Scalar> read_idx(const std::filesystem::path& path, size_t limit = default_file_limit) {
    return parse_idx<Scalar>(read_file(path, limit), path.string());
}

/// MNIST, or a set of the same form, from a file of 28 × 28 images and a file of labels 0 to 9. Pixels are divided by
/// 255, which gives [0, 1]. Throws file_error also when the counts differ or a label exceeds 9.
template <class Scalar = float>
[[nodiscard]] data_set<784, Scalar> read_mnist(const std::filesystem::path& images_path,
                                               const std::filesystem::path& labels_path,
                                               size_t limit = default_file_limit) {
    const std::vector<std::uint8_t> labels = read_idx_labels(labels_path, limit);
    const auto images = read_idx_images<28, 28>(images_path, limit);
    if (images.size() != labels.size())
        throw file_error(labels_path.string(), "expected " + std::to_string(images.size()) + " labels, as many as " +
                                                   images_path.string() + " has images, found " +
                                                   std::to_string(labels.size()));
    for (size_t i = 0; i < labels.size(); ++i)
        if (labels[i] > 9)
            throw file_error(labels_path.string(), "offset " + std::to_string(8 + i) +
                                                       ": expected a label 0 to 9, found " + std::to_string(labels[i]));
    data_set<784, Scalar> data;
    data.labels.assign(labels.begin(), labels.end());
    data.inputs.resize(images.size());
    for (size_t i = 0; i < images.size(); ++i)
        for (size_t j = 0; j < 784; ++j)
            data.inputs[i][j] = static_cast<Scalar>(images[i][j]) / static_cast<Scalar>(255);
    return data;
}

/// The four files of MNIST in one folder, under any of the names they are handed around with: `train-images-idx3-ubyte`
/// or `train-images.idx3-ubyte`, with or without `.gz`.
///
///     const inlay::mnist_directory mnist{"data/mnist"};
///     const auto train = mnist.train(), test = mnist.test();
class mnist_directory {
  public:
    /// Finds the files. Throws file_error, naming those that were looked for, when one is missing.
    explicit mnist_directory(const std::filesystem::path& folder) {
        std::error_code ignored;
        if (!std::filesystem::is_directory(folder, ignored))
            throw file_error(folder.string(),
                             std::string("expected a folder with the files of MNIST, found ") +
                                 (std::filesystem::exists(folder, ignored) ? "something else" : "nothing"));
        train_images = find(folder, "train-images", "idx3-ubyte");
        train_labels = find(folder, "train-labels", "idx1-ubyte");
        test_images = find(folder, "t10k-images", "idx3-ubyte");
        test_labels = find(folder, "t10k-labels", "idx1-ubyte");
    }

    /// The 60,000 training samples. Throws as read_mnist does.
    template <class Scalar = float>
    [[nodiscard]] data_set<784, Scalar> train(size_t limit = default_file_limit) const {
        return read_mnist<Scalar>(train_images, train_labels, limit);
    }

    /// The 10,000 test samples. Throws as read_mnist does.
    template <class Scalar = float>
    [[nodiscard]] data_set<784, Scalar> test(size_t limit = default_file_limit) const {
        return read_mnist<Scalar>(test_images, test_labels, limit);
    }

    std::filesystem::path train_images; ///< where the file was found
    std::filesystem::path train_labels; ///< where the file was found
    std::filesystem::path test_images;  ///< where the file was found
    std::filesystem::path test_labels;  ///< where the file was found

  private:
    static std::filesystem::path find(const std::filesystem::path& folder, const std::string& stem,
                                      const std::string& form) {
        std::string tried;
        for (const char* const separator : {"-", "."})
            for (const char* const ending : {"", ".gz"}) {
                const std::string name = stem + separator + form + ending;
                std::error_code ignored;
                if (std::filesystem::is_regular_file(folder / name, ignored)) return folder / name;
                tried += (tried.empty() ? "" : ", ") + name;
            }
        throw file_error(folder.string(), "looked for " + tried + ": found none");
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
