// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Whole files in memory, gzip undone on the way. Link with -lz.
#pragma once

#include <inlay/core/config.hpp>

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A file that cannot be read or does not hold what it should. The message begins with the file's name and, where there
/// is one, the place: `iris.csv:12: expected 5 columns, found 4`.
class file_error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The most bytes read_file and gunzip return unless told otherwise: 4 GiB (or what a size_t can count, if less).
/// A gzip file may be a thousand times smaller than its contents, so its own size is no guard against a hostile one.
inline constexpr size_t default_file_limit =
    static_cast<size_t>(std::min<std::uint64_t>(std::uint64_t{1} << 32, std::numeric_limits<size_t>::max()));

/// True when `bytes` begin as a gzip file does (1f 8b).
inline bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

/// What the gzip file `packed` contains; files set one behind the other are joined, as by gzip itself.
/// Throws file_error, beginning with `name`, when the data are cut off, damaged, followed by anything else, or larger
/// than `limit` bytes. Memory grows with what was unpacked so far, never with what a header promises.
inline std::string gunzip(std::string_view packed, const std::string& name, size_t limit = default_file_limit) {
    struct stream : z_stream {
        stream() : z_stream{} {
            if (inflateInit2(this, 15 + 16) != Z_OK) throw std::bad_alloc{}; // 15: largest window; +16: gzip only
        }
        stream(const stream&) = delete;
        stream& operator=(const stream&) = delete;
        ~stream() { inflateEnd(this); }
    } unpacker;

    // zlib counts in unsigned int, which a large file overflows: it gets its input in pieces.
    constexpr size_t largest_piece = size_t{1} << 30;
    const auto buffer = std::make_unique<unsigned char[]>(size_t{1} << 16);
    std::string unpacked;
    size_t given = 0;
    for (;;) {
        if (unpacker.avail_in == 0) {
            const size_t piece = std::min(packed.size() - given, largest_piece);
            // zlib only reads here; its type lacks the const.
            unpacker.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data() + given));
            unpacker.avail_in = static_cast<uInt>(piece);
            given += piece;
        }
        unpacker.next_out = buffer.get();
        unpacker.avail_out = uInt{1} << 16;
        const int status = inflate(&unpacker, Z_NO_FLUSH);
        const size_t offset = given - unpacker.avail_in;
        const size_t count = (size_t{1} << 16) - unpacker.avail_out;
        if (count > limit - unpacked.size())
            throw file_error(name + ": unpacks to more than the limit of " + std::to_string(limit) + " bytes");
        unpacked.append(reinterpret_cast<const char*>(buffer.get()), count);

        if (status == Z_STREAM_END) {
            if (offset == packed.size()) return unpacked;
            if (!is_gzip(packed.substr(offset)))
                throw file_error(name + ": " + std::to_string(packed.size() - offset) +
                                 " unexpected bytes after the end of the gzip data at offset " +
                                 std::to_string(offset));
            inflateReset(&unpacker);
        } else if (status == Z_MEM_ERROR) {
            throw std::bad_alloc{};
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            throw file_error(name + ": damaged gzip data near offset " + std::to_string(offset) + ": " +
                             (unpacker.msg != nullptr ? unpacker.msg : "not readable"));
        } else if (count == 0 && unpacker.avail_in == 0 && given == packed.size()) {
            throw file_error(name + ": gzip data are cut off at offset " + std::to_string(offset));
        }
    }
}

/// The contents of the file at `path`, unpacked when it is gzip (known by its first two bytes, not by its name).
/// Throws file_error when there is no such file, it is a directory, cannot be read, is damaged gzip, or holds more than
/// `limit` bytes, packed or not.
inline std::string read_file(const std::filesystem::path& path, size_t limit = default_file_limit) {
    const std::string name = path.string();
    std::error_code problem;
    const std::filesystem::file_status status = std::filesystem::status(path, problem);
    if (status.type() == std::filesystem::file_type::not_found) throw file_error(name + ": no such file");
    if (status.type() == std::filesystem::file_type::none) throw file_error(name + ": " + problem.message());
    if (status.type() == std::filesystem::file_type::directory)
        throw file_error(name + ": expected a file, found a directory");

    struct closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, closer> file{std::fopen(name.c_str(), "rb")};
    if (!file) throw file_error(name + ": cannot be opened: " + std::generic_category().message(errno));

    // Read to the end rather than to the size the system reports: pipes have none, and a file may grow meanwhile.
    std::string bytes;
    const auto buffer = std::make_unique<char[]>(size_t{1} << 16);
    for (;;) {
        const size_t count = std::fread(buffer.get(), 1, size_t{1} << 16, file.get());
        if (count == 0) break;
        if (count > limit - bytes.size())
            throw file_error(name + ": holds more than the limit of " + std::to_string(limit) + " bytes");
        bytes.append(buffer.get(), count);
    }
    if (std::ferror(file.get()) != 0)
        throw file_error(name + ": cannot be read beyond offset " + std::to_string(bytes.size()) + ": " +
                         std::generic_category().message(errno));
    return is_gzip(bytes) ? gunzip(bytes, name, limit) : bytes;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
