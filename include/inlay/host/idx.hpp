// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The IDX files of MNIST (LeCun, Cortes, Burges 1998). Link with -lz.
//
//     0 0 type rank   a size per dimension, 4 bytes each, most significant first   the values, row by row
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/host/data_set.hpp>
#include <inlay/host/file.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
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
