// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// NumPy's files: .npy, one array (numpy.lib.format), and .npz, a zip archive of them, as numpy.savez and savez_compressed
// write it.
#pragma once

#include <inlay/files/json.hpp>
#include <inlay/files/safetensors.hpp>
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

#if !INLAY_HAS_ZLIB
#error "inlay: files/npz.hpp needs zlib, which packs NumPy's archives"
#endif

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

struct numpy_type {
    std::string_view descr, dtype;
};
inline constexpr numpy_type numpy_types[] = {{"<f4", "F32"}, {"<f8", "F64"}, {"<f2", "F16"}, {"|i1", "I8"},
                                             {"<i2", "I16"}, {"<i4", "I32"}, {"<i8", "I64"}, {"|u1", "U8"},
                                             {"<u2", "U16"}, {"<u4", "U32"}, {"<u8", "U64"}, {"|b1", "BOOL"}};

/// The dictionary at the head of a .npy file: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }
class npy_header {
  public:
    std::string descr{};
    bool fortran_order = false;
    std::vector<size_t> shape{};

    npy_header(std::string_view text, const std::string& file) : text_(text), file_(file) {
        bool has_descr = false, has_order = false, has_shape = false;
        const auto once = [&](bool& seen) {
            if (seen) wrong("a key twice");
            seen = true;
        };
        expect('{');
        while (!accept('}')) {
            const std::string key = string();
            expect(':');
            if (key == "descr") once(has_descr), descr = string();
            else if (key == "fortran_order") once(has_order), fortran_order = boolean();
            else if (key == "shape") once(has_shape), tuple();
            else wrong("the key " + shown(key));
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        spaces();
        if (!text_.empty()) wrong("more behind it");
        if (!has_descr || !has_order || !has_shape) wrong("no descr, fortran_order or shape");
    }

  private:
    [[noreturn]] void wrong(const std::string& what) const {
        throw file_error(file_, "is no .npy file that can be read: its header has " + what);
    }
    void spaces() {
        while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
    }
    bool accept(char c) {
        spaces();
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!accept(c)) wrong(std::string("no ") + c + " where there must be one");
    }
    std::string string() {
        spaces();
        const char quote = text_.empty() ? ' ' : text_[0];
        if (quote != '\'' && quote != '"') wrong("something else than a string (records are not read)");
        const size_t end = text_.find(quote, 1);
        if (end == text_.npos) wrong("a string without an end");
        std::string result(text_.substr(1, end - 1));
        text_.remove_prefix(end + 1);
        return result;
    }
    bool boolean() {
        spaces();
        for (const bool value : {false, true})
            if (const std::string_view word = value ? "True" : "False"; text_.starts_with(word)) {
                text_.remove_prefix(word.size());
                return value;
            }
        wrong("something else than True or False");
    }
    void tuple() { // (), (3,), (3, 2)
        expect('(');
        while (!accept(')')) {
            spaces();
            std::uint64_t value = 0;
            size_t digits = 0;
            for (; digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9'; ++digits) {
                if (value > std::numeric_limits<std::uint64_t>::max() / 20) wrong("an extent that is too large");
                value = value * 10 + static_cast<std::uint64_t>(text_[digits] - '0');
            }
            if (digits == 0) wrong("an extent that is no number");
            if (shape.size() == 8) wrong("more than 8 extents");
            shape.push_back(static_cast<size_t>(value));
            text_.remove_prefix(digits);
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
    }
    std::string_view text_;
    const std::string& file_;
};

/// The array in a .npy file's contents. Its bytes are a part of `contents`, or of `memory` where they had to be put in
/// order.
inline file_tensor npy_tensor(std::string_view contents, const std::string& file, std::deque<std::string>& memory) {
    if (!contents.starts_with(std::string_view("\x93NUMPY", 6)) || contents.size() < 10)
        throw file_error(file, "is no .npy file: it does not begin with \\x93NUMPY");
    const auto version = static_cast<unsigned char>(contents[6]);
    if (version < 1 || version > 3)
        throw file_error(file, "is of version " + std::to_string(version) + " of .npy, expected 1 to 3");
    const size_t bytes = version == 1 ? 2 : 4;
    if (contents.size() < 8 + bytes) throw file_error(file, "is cut off in its header");
    const auto length = static_cast<size_t>(little_endian(contents.substr(8, bytes)));
    if (length > contents.size() - 8 - bytes) throw file_error(file, "is cut off in its header");
    npy_header header(contents.substr(8 + bytes, length), file);
    const std::string_view data = contents.substr(8 + bytes + length);

    file_tensor tensor;
    std::string descr = header.descr;
    if (descr.size() == 3 && descr[2] == '1') descr[0] = '|'; // one byte has no order
    for (const numpy_type& type : numpy_types)
        if (type.descr == descr) tensor.dtype = std::string(type.dtype);
    if (tensor.dtype.empty())
        throw file_error(file,
                         "has numbers of NumPy's type " + shown(header.descr) +
                             (descr.starts_with('>') ? ", which is big-endian: array.astype('<f4') before it is saved"
                                                     : ", which is not read"));
    size_t size = bytes_of_dtype(tensor.dtype);
    const size_t width = size;
    bool fits = true;
    if (std::find(header.shape.begin(), header.shape.end(), size_t{0}) != header.shape.end()) size = 0;
    for (const size_t extent : header.shape) {
        if (size == 0) continue;
        if (extent > data.size() / size) fits = false;
        else size *= extent;
    }
    if (!fits || size != data.size())
        throw file_error(file, "is " + dtype_and_shape(tensor.dtype, header.shape) + " in " +
                                   std::to_string(data.size()) + " bytes");
    tensor.shape = header.shape;
    tensor.bytes = data;
    if (header.fortran_order && header.shape.size() > 1 && size > 0) { // the first index runs fastest
        std::string ordered(size, '\0');
        std::vector<size_t> index(header.shape.size());
        for (size_t to = 0; to < size; to += width) {
            size_t from = 0;
            for (size_t axis = header.shape.size(); axis-- > 0;) from = from * header.shape[axis] + index[axis];
            ordered.replace(to, width, data.substr(from * width, width));
            for (size_t axis = header.shape.size(); axis-- > 0 && ++index[axis] == header.shape[axis];) index[axis] = 0;
        }
        memory.push_back(std::move(ordered));
        tensor.bytes = memory.back();
    }
    return tensor;
}

/// An array as a .npy file.
inline std::string npy_contents(const file_tensor& tensor) {
    std::string_view descr;
    for (const numpy_type& type : numpy_types)
        if (type.dtype == tensor.dtype) descr = type.descr;
    if (descr.empty()) throw std::invalid_argument("inlay: NumPy has no type for " + tensor.dtype);
    std::string header = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (";
    for (const size_t extent : tensor.shape) header += std::to_string(extent) + (tensor.shape.size() == 1 ? "," : ", ");
    if (tensor.shape.size() > 1) header.resize(header.size() - 2);
    header += "), }";
    header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
    header += '\n';
    std::string contents("\x93NUMPY\x01\x00", 8);
    append_little_endian(contents, header.size(), 2);
    contents += header;
    return contents += tensor.bytes;
}

// ---- zip ---------------------------------------------------------------------------------------------------------------

inline constexpr std::uint32_t zip_local = 0x04034b50, zip_central = 0x02014b50, zip_end = 0x06054b50;

struct zip_entry {
    std::string name;
    size_t method = 0, packed = 0, size = 0, data = 0;
    std::uint32_t sum = 0;
};
/// What an archive lists, and its comment. All of it lies in the file, and no two entries share a byte.
inline std::vector<zip_entry> zip_entries(std::string_view all, const std::string& file, std::string& comment) {
    const auto number = [&](size_t at, size_t bytes) -> size_t {
        return static_cast<size_t>(little_endian(all.substr(at, bytes)));
    };
    const auto damaged = [&](const char* what) {
        return file_error(file, std::string("is a damaged zip archive: ") + what);
    };
    size_t end = all.npos;
    for (size_t back = 22; back <= all.size() && back <= 22 + 65535 && end == all.npos; ++back)
        if (number(all.size() - back, 4) == zip_end && number(all.size() - back + 20, 2) == back - 22)
            end = all.size() - back;
    if (end == all.npos) throw damaged("it has no end");
    comment = std::string(all.substr(end + 22));
    const size_t count = number(end + 10, 2), from = number(end + 16, 4);
    if (count == 0xffff || from == 0xffffffff)
        throw file_error(file, "is a zip archive of more than 4 GiB or 65534 files");
    std::vector<zip_entry> entries;
    size_t at = from;
    for (size_t i = 0; i < count; ++i) {
        if (at > end || end - at < 46 || number(at, 4) != zip_central) throw damaged("its list of files ends early");
        zip_entry entry;
        const size_t name = number(at + 28, 2), rest = number(at + 30, 2) + number(at + 32, 2),
                     local = number(at + 42, 4);
        if (end - at - 46 < name + rest) throw damaged("its list of files ends early");
        entry.name = std::string(all.substr(at + 46, name));
        if ((number(at + 8, 2) & 1) != 0) throw file_error(file, "has an encrypted file, " + shown(entry.name));
        entry.method = number(at + 10, 2);
        entry.sum = static_cast<std::uint32_t>(number(at + 16, 4));
        entry.packed = number(at + 20, 4);
        entry.size = number(at + 24, 4);
        if (local > from || from - local < 30 || number(local, 4) != zip_local)
            throw damaged("a file does not lie where it should");
        entry.data = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        if (entry.data > from || entry.packed > from - entry.data) throw damaged("a file does not lie where it should");
        entries.push_back(std::move(entry));
        at += 46 + name + rest;
    }
    std::vector<std::pair<size_t, size_t>> places;
    for (const zip_entry& entry : entries) places.emplace_back(entry.data, entry.data + entry.packed);
    std::sort(places.begin(), places.end());
    for (size_t i = 1; i < places.size(); ++i)
        if (places[i].first < places[i - 1].second) throw damaged("two files overlap");
    return entries;
}

/// Texts in a comment: {"__metadata__": {…}}; none where the comment is something else.
inline std::map<std::string, std::string> metadata_in(const std::string& comment, const std::string& file) {
    if (!comment.starts_with("{\"__metadata__\"")) return {};
    safetensors_header header;
    header.file = file;
    read_json(comment, header);
    return std::move(header.metadata);
}

inline tensor_file npz_file(std::string contents, const std::string& file, size_t limit) {
    auto kept = std::make_unique<const std::string>(std::move(contents));
    const std::string_view all = *kept;
    std::deque<std::string> memory;
    std::vector<file_tensor> tensors;
    std::string comment;
    size_t unpacked = 0;
    for (const zip_entry& entry : zip_entries(all, file, comment)) {
        if (!entry.name.ends_with(".npy")) continue;
        const std::string where = file + ":" + shown(entry.name);
        if (entry.size > limit - unpacked) throw beyond_limit(file, "unpacks to", limit);
        unpacked += entry.size;
        std::string_view bytes = all.substr(entry.data, entry.packed);
        if (entry.method == 8) bytes = memory.emplace_back(inflate_raw(bytes, entry.size, where));
        else if (entry.method != 0) throw file_error(where, "is packed by a method other than deflate");
        if (bytes.size() != entry.size || crc32_of(bytes) != entry.sum)
            throw file_error(where, "is damaged: its checksum is wrong");
        tensors.push_back(npy_tensor(bytes, where, memory));
        tensors.back().name = entry.name.substr(0, entry.name.size() - 4);
    }
    return {std::move(kept), std::move(memory), std::move(tensors), metadata_in(comment, file), file};
}

} // namespace detail

/// The arrays of a .npz file, under the names that numpy.savez gave them. Throws file_error where there is none, for an
/// archive that is damaged, arrays of another kind than numbers in little-endian order, and more than `limit` bytes,
/// packed or not.
[[nodiscard]] inline tensor_file read_npz(const std::filesystem::path& path, size_t limit = default_file_limit) {
    return detail::npz_file(detail::read_bytes(path, limit), path.string(), limit);
}

/// The array of a .npy file, a tensor without a name: `const auto x = read_npy("x.npy"); x.tensors()[0]`. Throws as read_npz
/// does.
[[nodiscard]] inline tensor_file read_npy(const std::filesystem::path& path, size_t limit = default_file_limit) {
    auto contents = std::make_unique<const std::string>(detail::read_bytes(path, limit));
    std::deque<std::string> memory;
    std::vector<file_tensor> tensors{detail::npy_tensor(*contents, path.string(), memory)};
    return {std::move(contents), std::move(memory), std::move(tensors), {}, path.string()};
}

/// Writes one array for numpy.load. Its name is not used. Throws file_error when it cannot be written.
inline void write_npy(const std::filesystem::path& path, const file_tensor& tensor) {
    replace_file(path, detail::npy_contents(tensor));
}

/// The contents of a .npz file with these tensors, not packed. The metadata stand in the archive's comment. Throws
/// std::invalid_argument for names that occur twice, for BF16, which NumPy has not, and for more than 4 GiB.
[[nodiscard]] inline std::string npz_contents(std::span<const file_tensor> tensors,
                                              const std::map<std::string, std::string>& metadata = {}) {
    detail::check_names(tensors);
    std::string contents, list;
    const auto put = [](std::string& to, std::initializer_list<std::pair<std::uint64_t, size_t>> numbers) {
        for (const auto& [value, bytes] : numbers) detail::append_little_endian(to, value, bytes);
    };
    constexpr std::uint64_t first_of_1980 = 33; // its date, so that equal networks give equal files
    for (const file_tensor& tensor : tensors) {
        const std::string array = detail::npy_contents(tensor), name = tensor.name + ".npy";
        const size_t at = contents.size();
        const std::uint32_t sum = detail::crc32_of(array);
        if (name.size() > 0xffff || array.size() >= 0xffffffff || at + array.size() >= 0xfffffff0)
            throw std::invalid_argument("inlay: a .npz file holds less than 4 GiB");
        put(contents, {{detail::zip_local, 4},
                       {20, 2},
                       {0x800, 2},
                       {0, 2},
                       {0, 2},
                       {first_of_1980, 2},
                       {sum, 4},
                       {array.size(), 4},
                       {array.size(), 4},
                       {name.size(), 2},
                       {0, 2}});
        contents += name;
        contents += array;
        put(list, {{detail::zip_central, 4},
                   {20, 2},
                   {20, 2},
                   {0x800, 2},
                   {0, 2},
                   {0, 2},
                   {first_of_1980, 2},
                   {sum, 4},
                   {array.size(), 4},
                   {array.size(), 4},
                   {name.size(), 2},
                   {0, 2},
                   {0, 2},
                   {0, 2},
                   {0, 2},
                   {0, 4},
                   {at, 4}});
        list += name;
    }
    std::string comment;
    if (!metadata.empty()) comment = "{\"__metadata__\":" + detail::json_object(metadata) + "}";
    if (comment.size() > 0xffff || tensors.size() >= 0xffff)
        throw std::invalid_argument("inlay: a .npz file holds less than 64 KiB of metadata and 65535 tensors");
    const size_t from = contents.size();
    contents += list;
    put(contents, {{detail::zip_end, 4},
                   {0, 2},
                   {0, 2},
                   {tensors.size(), 2},
                   {tensors.size(), 2},
                   {list.size(), 4},
                   {from, 4},
                   {comment.size(), 2}});
    return contents += comment;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
