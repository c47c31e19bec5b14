// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The format of safetensors files (huggingface.co/docs/safetensors): eight bytes, the length of the header; the header, one
// JSON object; then the tensors' numbers, little-endian, without gaps.
#pragma once

#include <inlay/files/json.hpp>
#include <inlay/host/file.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// One tensor of a file.
struct file_tensor {
    std::string name{};
    std::string dtype{};         ///< the type of its numbers as safetensors spells it: "F32", "F16", "BF16", "I8" …
    std::vector<size_t> shape{}; ///< extents; none for a single number
    /// Row-major and little-endian: a part of the file's contents, or what is to be written.
    std::string_view bytes{};
};

namespace detail {

/// The most bytes of a header, as the format has it.
inline constexpr size_t largest_header = 100'000'000;

/// How many bytes a number takes; 0 for a type that the format does not have.
inline size_t bytes_of_dtype(std::string_view dtype) noexcept {
    for (const auto& [name, size] : {std::pair<std::string_view, size_t>{"BOOL", 1},
                                     {"U8", 1},
                                     {"I8", 1},
                                     {"F8_E4M3", 1},
                                     {"F8_E5M2", 1},
                                     {"I16", 2},
                                     {"U16", 2},
                                     {"F16", 2},
                                     {"BF16", 2},
                                     {"I32", 4},
                                     {"U32", 4},
                                     {"F32", 4},
                                     {"I64", 8},
                                     {"U64", 8},
                                     {"F64", 8}})
        if (name == dtype) return size;
    return 0;
}

/// "F32 [3, 2]"
inline std::string dtype_and_shape(std::string_view dtype, std::span<const size_t> shape) {
    std::string text(dtype);
    text += " [";
    for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

/// A name from a file, for a message: on one line, and not too long.
inline std::string shown(std::string_view name) {
    std::string text(name.substr(0, 100));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 32 || c == 127) c = '?';
    return name.size() > 100 ? text + "…" : text;
}

inline std::uint64_t little_endian(std::string_view bytes) noexcept {
    std::uint64_t value = 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}
inline void append_little_endian(std::string& to, std::uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xff);
}

/// A header as it is read: {"name": {"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24]}, …, "__metadata__": {…}}
struct safetensors_header : json_events<safetensors_header> {
    struct entry {
        std::string name, dtype;
        std::vector<size_t> shape;
        size_t begin = 0, end = 0;
    };
    std::vector<entry> entries;
    std::map<std::string, std::string> metadata;

    bool start_object(size_t) {
        if (depth_ == 0) depth_ = 1;
        else if (depth_ == 1) depth_ = 2, has_ = {};
        else unexpected("an object");
        return true;
    }
    bool key(std::string& name) {
        if (depth_ == 1) {
            in_metadata_ = name == "__metadata__";
            if (in_metadata_) {
                if (had_metadata_) wrong("__metadata__ occurs twice");
                had_metadata_ = true;
            } else entries.push_back({std::move(name), {}, {}, 0, 0});
        } else key_ = std::move(name);
        return true;
    }
    bool string(std::string& text) {
        if (depth_ != 2) return unexpected("a string");
        if (in_metadata_) {
            if (!metadata.emplace(key_, std::move(text)).second) wrong("the metadata has " + shown(key_) + " twice");
        } else if (key_ == "dtype") {
            once(has_.dtype);
            if (bytes_of_dtype(text) == 0) of_tensor("has the unknown dtype " + shown(text));
            entries.back().dtype = std::move(text);
        } else unexpected("a string");
        return true;
    }
    bool start_array(size_t) {
        if (depth_ != 2 || in_metadata_) return unexpected("an array");
        if (key_ == "shape") once(has_.shape);
        else if (key_ == "data_offsets") once(has_.offsets);
        else unexpected("an array");
        depth_ = 3;
        offsets_ = 0;
        return true;
    }
    bool number_unsigned(std::uint64_t value) {
        if (depth_ != 3) return unexpected("a number");
        if (value > std::numeric_limits<size_t>::max() / 2)
            of_tensor("has a number in its " + key_ + " that is too large");
        const auto number = static_cast<size_t>(value);
        if (key_ == "shape") {
            if (entries.back().shape.size() == 8) of_tensor("has more than 8 extents");
            entries.back().shape.push_back(number);
        } else {
            if (offsets_ == 0) entries.back().begin = number;
            else entries.back().end = number;
            if (++offsets_ > 2) of_tensor("has more than two data_offsets");
        }
        return true;
    }
    bool end_array() {
        if (key_ == "data_offsets" && offsets_ != 2) of_tensor("has fewer than two data_offsets");
        depth_ = 2;
        return true;
    }
    bool end_object() {
        if (depth_ == 2 && !in_metadata_ && !(has_.dtype && has_.shape && has_.offsets))
            of_tensor("lacks its dtype, shape or data_offsets");
        --depth_;
        return true;
    }
    bool unexpected(const char* found) {
        if (depth_ == 0) wrong(std::string("expected an object, found ") + found);
        if (depth_ > 1 && in_metadata_) wrong("the metadata are strings, but " + shown(key_) + " is " + found);
        if (depth_ > 1) of_tensor("has " + std::string(found) + " for its " + shown(key_));
        wrong("expected a description of a tensor, found " + std::string(found));
    }
    [[noreturn]] void wrong(const std::string& what) const { throw file_error(file, "in its header " + what); }
    [[noreturn]] void of_tensor(const std::string& what) const {
        throw file_error(file, "tensor " + shown(entries.back().name) + " " + what);
    }

  private:
    void once(bool& seen) const {
        if (seen) of_tensor("has two of " + key_);
        seen = true;
    }
    struct {
        bool dtype = false, shape = false, offsets = false;
    } has_;
    std::string key_;
    size_t depth_ = 0, offsets_ = 0;
    bool in_metadata_ = false, had_metadata_ = false;
};

} // namespace detail

/// What a file of tensors holds, whatever program wrote it:
///
///     const auto file = read_safetensors("a.safetensors");
///     for (const auto& tensor : file.tensors()) …
class tensor_file {
  public:
    /// Takes the contents of a file apart. Throws file_error under `name` unless it is a whole safetensors file: a header
    /// longer than the file or than 100 MB, anything but the format's JSON in it, a name that occurs twice, an unknown
    /// dtype, bytes that do not fit a shape, and bytes that belong to two tensors, to none, or lie beyond the end are
    /// refused. Takes no memory beyond the file's size but for the header's entries.
    tensor_file(std::string contents, const std::string& name)
        : contents_(std::make_unique<const std::string>(std::move(contents))) {
        const auto wrong = [&](const std::string& what) { return file_error(name, what); };
        const std::string_view all = *contents_;
        if (all.size() < 8)
            throw wrong("is too short for a safetensors file: " + std::to_string(all.size()) + " bytes");
        const std::uint64_t length = detail::little_endian(all.substr(0, 8));
        if (length > all.size() - 8)
            throw wrong("its header should have " + std::to_string(length) + " bytes, but the file has " +
                        std::to_string(all.size()) + ": cut off, or no safetensors file");
        if (length > detail::largest_header)
            throw wrong("its header is larger than the format allows, 100000000 bytes");
        const std::string_view text = all.substr(8, static_cast<size_t>(length));
        if (!text.starts_with('{')) throw wrong("its header does not begin with {: no safetensors file");
        const std::string_view data = all.substr(8 + text.size());

        detail::safetensors_header header;
        header.file = name;
        detail::read_json(text, header);
        auto& entries = header.entries;
        for (const auto& entry : entries) {
            const auto tensor = "tensor " + detail::shown(entry.name);
            if (entry.end < entry.begin || entry.end > data.size())
                throw wrong(tensor + " lies from " + std::to_string(entry.begin) + " to " + std::to_string(entry.end) +
                            ", but there are " + std::to_string(data.size()) + " bytes");
            size_t size = detail::bytes_of_dtype(entry.dtype);
            bool fits = true, empty = false;
            for (const size_t extent : entry.shape) empty = empty || extent == 0;
            for (const size_t extent : entry.shape) {
                if (empty) size = 0;
                else if (extent > data.size() / size) fits = false;
                else size *= extent;
            }
            if (!fits || size != entry.end - entry.begin)
                throw wrong(tensor + " is " + detail::dtype_and_shape(entry.dtype, entry.shape) + " in " +
                            std::to_string(entry.end - entry.begin) + " bytes");
        }
        std::vector<size_t> order(entries.size());
        for (size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
            return std::pair(entries[a].begin, entries[a].end) < std::pair(entries[b].begin, entries[b].end);
        });
        size_t at = 0;
        for (const size_t i : order) {
            if (entries[i].begin != at)
                throw wrong(
                    "tensor " + detail::shown(entries[i].name) + " begins at byte " + std::to_string(entries[i].begin) +
                    " of the numbers, expected " + std::to_string(at) +
                    (entries[i].begin < at ? ": it overlaps another one" : ": what lies between belongs to no tensor"));
            at = entries[i].end;
        }
        if (at != data.size())
            throw wrong(std::to_string(data.size() - at) + " bytes after the last tensor belong to none");

        tensors_.reserve(entries.size());
        for (auto& entry : entries)
            tensors_.push_back({std::move(entry.name), std::move(entry.dtype), std::move(entry.shape),
                                data.substr(entry.begin, entry.end - entry.begin)});
        metadata_ = std::move(header.metadata);
        list_names(name);
    }
    /// Tensors from a file of another format, whose bytes are parts of `contents` or of `memory`. Throws file_error for a
    /// name that occurs twice.
    tensor_file(std::unique_ptr<const std::string> contents, std::deque<std::string> memory,
                std::vector<file_tensor> tensors, std::map<std::string, std::string> metadata, const std::string& name)
        : contents_(std::move(contents)), memory_(std::move(memory)), tensors_(std::move(tensors)),
          metadata_(std::move(metadata)) {
        list_names(name);
    }

    /// In the order of the header. Their bytes live as long as this object.
    [[nodiscard]] const std::vector<file_tensor>& tensors() const& noexcept { return tensors_; }
    void tensors() const&& = delete; // they would point to what is no more
    /// The texts under "__metadata__".
    [[nodiscard]] const std::map<std::string, std::string>& metadata() const& noexcept { return metadata_; }
    void metadata() const&& = delete;
    /// The number of the tensor of that name; tensors().size() if there is none.
    [[nodiscard]] size_t find(std::string_view name) const noexcept {
        const auto found =
            std::lower_bound(by_name_.begin(), by_name_.end(), name,
                             [&](size_t i, std::string_view wanted) { return tensors_[i].name < wanted; });
        return found != by_name_.end() && tensors_[*found].name == name ? *found : tensors_.size();
    }
    /// All bytes of the file.
    [[nodiscard]] const std::string& contents() const& noexcept { return *contents_; }
    void contents() const&& = delete;

  private:
    void list_names(const std::string& file) {
        by_name_.resize(tensors_.size());
        for (size_t i = 0; i < by_name_.size(); ++i) by_name_[i] = i;
        std::sort(by_name_.begin(), by_name_.end(),
                  [&](size_t a, size_t b) { return tensors_[a].name < tensors_[b].name; });
        for (size_t i = 1; i < by_name_.size(); ++i)
            if (const std::string& one = tensors_[by_name_[i]].name; one == tensors_[by_name_[i - 1]].name)
                throw file_error(file, "has two tensors called " + detail::shown(one));
    }

    std::unique_ptr<const std::string> contents_; // on the heap: tensors point into it
    std::deque<std::string> memory_;
    std::vector<file_tensor> tensors_;
    std::vector<size_t> by_name_;
    std::map<std::string, std::string> metadata_;
};

namespace detail {

/// Throws if two tensors have one name.
inline void check_names(std::span<const file_tensor> tensors) {
    std::vector<std::string_view> names;
    for (const file_tensor& tensor : tensors) names.push_back(tensor.name);
    std::sort(names.begin(), names.end());
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
        throw std::invalid_argument("inlay: two tensors of a file would be called " + std::string(*twice));
}
/// Texts as an object of JSON.
inline std::string json_object(const std::map<std::string, std::string>& texts) {
    std::string all = "{";
    for (const auto& [key, text] : texts) {
        if (all.size() > 1) all += ',';
        all += json_string(key) + ":" + json_string(text);
    }
    return all + "}";
}

} // namespace detail

/// The tensors of a safetensors file. Throws file_error where there is none, or more than `limit` bytes.
[[nodiscard]] inline tensor_file read_safetensors(const std::filesystem::path& path,
                                                  size_t limit = default_file_limit) {
    return tensor_file(detail::read_bytes(path, limit), path.string());
}

/// The contents of a safetensors file with these tensors, in this order but the largest numbers first, which keeps all of
/// them aligned. Throws std::invalid_argument for names that occur twice, or are no UTF-8.
[[nodiscard]] inline std::string safetensors_contents(std::span<const file_tensor> tensors,
                                                      const std::map<std::string, std::string>& metadata = {}) {
    detail::check_names(tensors);
    std::vector<const file_tensor*> order;
    for (size_t size = 8; size > 0; size /= 2)
        for (const file_tensor& tensor : tensors)
            if (detail::bytes_of_dtype(tensor.dtype) == size) order.push_back(&tensor);
    std::string header = "{";
    if (!metadata.empty()) header += "\"__metadata__\":" + detail::json_object(metadata);
    size_t at = 0;
    for (const file_tensor* tensor : order) {
        if (header.size() > 1) header += ',';
        header += detail::json_string(tensor->name) + ":{\"dtype\":\"" + tensor->dtype + "\",\"shape\":[";
        for (size_t i = 0; i < tensor->shape.size(); ++i) {
            if (i > 0) header += ','; // g++ 12 warns of a text of one letter + a text
            header += std::to_string(tensor->shape[i]);
        }
        header += "],\"data_offsets\":[" + std::to_string(at) + "," + std::to_string(at + tensor->bytes.size()) + "]}";
        at += tensor->bytes.size();
    }
    header += '}';
    header.append((8 - header.size() % 8) % 8, ' ');

    std::string contents;
    contents.reserve(8 + header.size() + at);
    detail::append_little_endian(contents, header.size(), 8);
    contents += header;
    for (const file_tensor* tensor : order) contents += tensor->bytes;
    return contents;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
