// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Whole files: read into memory, gzip undone on the way (where <zlib.h> is; link with -lz); replaced as a whole or not at all.
#pragma once

#include <inlay/core/config.hpp>

#if __has_include(<zlib.h>) // Emscripten has none unless it is asked for
#include <zlib.h>
#define INLAY_HAS_ZLIB 1
#else
#define INLAY_HAS_ZLIB 0
#endif
#if __has_include(<unistd.h>)
#include <unistd.h> // fsync; the standard library includes it too
#endif

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <new>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A file that cannot be read or written, or does not hold what it should: `iris.csv:12: expected 5 columns, found 4` is
/// path(), line() and reason(), the line being left out where there is none.
class file_error : public std::runtime_error {
  public:
    /// Lines are counted from 1; 0 is none.
    file_error(const std::string& path, size_t line, const std::string& reason)
        : std::runtime_error(joined(path, line, reason)), path_size_(path.size()), reason_size_(reason.size()),
          line_(line) {}
    /// The same without a line.
    file_error(const std::string& path, const std::string& reason) : file_error(path, 0, reason) {}

    /// The file's name as it was given. Like reason(), a part of what(), and lives as long.
    [[nodiscard]] std::string_view path() const noexcept { return {what(), path_size_}; }
    /// The line, counted from 1; 0 where there is none.
    [[nodiscard]] size_t line() const noexcept { return line_; }
    /// What is wrong, without the place.
    [[nodiscard]] std::string_view reason() const noexcept {
        const std::string_view all = what();
        return all.substr(all.size() - reason_size_);
    }

  private:
    static std::string joined(const std::string& path, size_t line, const std::string& reason) {
        std::string text = path;
        if (line) {
            text += ':';
            text += std::to_string(line);
        }
        text += ": ";
        return text += reason;
    }
    size_t path_size_, reason_size_, line_; // not the texts: copying an exception must not throw
};

/// The most bytes that the readers take or unpack unless told otherwise: 1 GiB. The images of MNIST are 47 MB, those of
/// EMNIST (all 814 255) 638 MB. A gzip file may be a thousand times smaller than its contents, and a device has no end.
/// Every reader takes another limit as its last argument.
inline constexpr size_t default_file_limit = size_t{1} << 30;

/// True when `bytes` begin as a gzip file does (1f 8b).
[[nodiscard]] inline bool is_gzip(std::string_view bytes) noexcept { return bytes.starts_with("\x1f\x8b"); }

namespace detail {

inline file_error beyond_limit(const std::string& name, const char* what, size_t limit) {
    return {name, what + (" more than the limit of " + std::to_string(limit)) +
                      " bytes; every reader takes another limit as its last argument"};
}

#if INLAY_HAS_ZLIB
/// Unpacks `packed` piece by piece: `take(pointer, count)`. Throws file_error for data that are no gzip file.
template <class Take>
void inflate_all(std::string_view packed, const std::string& name, Take take) {
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
        take(reinterpret_cast<const char*>(buffer.get()), count);

        if (status == Z_STREAM_END) {
            if (offset == packed.size()) return;
            if (!is_gzip(packed.substr(offset)))
                throw file_error(name, std::to_string(packed.size() - offset) +
                                           " unexpected bytes after the end of the gzip data at offset " +
                                           std::to_string(offset));
            inflateReset(&unpacker);
        } else if (status == Z_MEM_ERROR) {
            throw std::bad_alloc{};
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            throw file_error(name, "damaged gzip data near offset " + std::to_string(offset) + ": " +
                                       (unpacker.msg != nullptr ? unpacker.msg : "not readable"));
        } else if (count == 0 && unpacker.avail_in == 0 && given == packed.size()) {
            throw file_error(name, "gzip data are cut off at offset " + std::to_string(offset));
        }
    }
}
#else
/// Throws file_error.
template <class Take>
void inflate_all(std::string_view, const std::string& name, Take) {
    throw file_error(name, "gzip data, and this program was compiled without zlib");
}
#endif

#if INLAY_HAS_ZLIB
/// The `size` bytes that deflate has packed, without a header: as they are in zip archives.
[[nodiscard]] inline std::string inflate_raw(std::string_view packed, size_t size, const std::string& name) {
    struct stream : z_stream {
        stream() : z_stream{} {
            if (inflateInit2(this, -15) != Z_OK) throw std::bad_alloc{};
        }
        stream(const stream&) = delete;
        stream& operator=(const stream&) = delete;
        ~stream() { inflateEnd(this); }
    } unpacker;
    if (packed.size() > std::numeric_limits<uInt>::max()) throw file_error(name, "has more than 4 GiB of packed data");
    // zlib only reads here; its type lacks the const.
    unpacker.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    unpacker.avail_in = static_cast<uInt>(packed.size());
    std::string unpacked; // grows with what there is: a promise takes no memory
    const auto buffer = std::make_unique<unsigned char[]>(size_t{1} << 16);
    for (int status = Z_OK; status != Z_STREAM_END;) {
        unpacker.next_out = buffer.get();
        unpacker.avail_out = uInt{1} << 16;
        status = inflate(&unpacker, Z_NO_FLUSH);
        if (status == Z_MEM_ERROR) throw std::bad_alloc{};
        const size_t count = (size_t{1} << 16) - unpacker.avail_out;
        if ((status != Z_OK && status != Z_STREAM_END) || count > size - unpacked.size())
            throw file_error(name, "has damaged packed data");
        unpacked.append(reinterpret_cast<const char*>(buffer.get()), count);
    }
    if (unpacked.size() != size || unpacker.avail_in != 0) throw file_error(name, "has damaged packed data");
    return unpacked;
}

/// The checksum of gzip and zip.
[[nodiscard]] inline std::uint32_t crc32_of(std::string_view bytes) noexcept {
    uLong sum = crc32(0, nullptr, 0);
    for (size_t at = 0; at < bytes.size();) {
        const size_t piece = std::min(bytes.size() - at, size_t{1} << 30);
        sum = crc32(sum, reinterpret_cast<const Bytef*>(bytes.data() + at), static_cast<uInt>(piece));
        at += piece;
    }
    return static_cast<std::uint32_t>(sum);
}
#endif

struct file_closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using file_handle = std::unique_ptr<std::FILE, file_closer>;

} // namespace detail

/// What the gzip file `packed` contains; files set one after the other are joined, as by gzip itself.
/// Throws file_error under `name` when the data are cut off, damaged, followed by anything else, or larger than `limit`
/// bytes. They are unpacked twice, the first time to learn the size: what is refused takes no memory, whatever it
/// promises, and what is not takes its size once.
[[nodiscard]] inline std::string gunzip(std::string_view packed, const std::string& name,
                                        size_t limit = default_file_limit) {
    size_t size = 0;
    detail::inflate_all(packed, name, [&](const char*, size_t count) {
        if (count > limit - size) throw detail::beyond_limit(name, "unpacks to", limit);
        size += count;
    });
    std::string unpacked;
    unpacked.reserve(size);
    detail::inflate_all(packed, name, [&](const char* bytes, size_t count) { unpacked.append(bytes, count); });
    return unpacked;
}

namespace detail {

/// The contents of the file at `path` as they are.
[[nodiscard]] inline std::string read_bytes(const std::filesystem::path& path, size_t limit) {
    const std::string name = path.string();
    std::error_code problem;
    const std::filesystem::file_status status = std::filesystem::status(path, problem);
    if (status.type() == std::filesystem::file_type::not_found) throw file_error(name, "no such file");
    if (status.type() == std::filesystem::file_type::none) throw file_error(name, problem.message());
    if (status.type() == std::filesystem::file_type::directory)
        throw file_error(name, "expected a file, found a directory");

    const file_handle file{std::fopen(name.c_str(), "rb")};
    if (!file) throw file_error(name, "cannot be opened: " + std::generic_category().message(errno));

    std::string bytes;
    if (status.type() == std::filesystem::file_type::regular) {
        const std::uintmax_t size = std::filesystem::file_size(path, problem);
        if (!problem && size > limit) throw beyond_limit(name, "holds", limit);
        if (!problem) bytes.reserve(static_cast<size_t>(size));
    }
    // Read to the end rather than to the size the system reports: pipes have none, and a file may grow meanwhile.
    const auto buffer = std::make_unique<char[]>(size_t{1} << 16);
    for (;;) {
        const size_t count = std::fread(buffer.get(), 1, size_t{1} << 16, file.get());
        if (count == 0) break;
        if (count > limit - bytes.size()) throw beyond_limit(name, "holds", limit);
        bytes.append(buffer.get(), count);
    }
    if (std::ferror(file.get()) != 0)
        throw file_error(name, "cannot be read beyond offset " + std::to_string(bytes.size()) + ": " +
                                   std::generic_category().message(errno));
    return bytes;
}

} // namespace detail

/// The contents of the file at `path`, unpacked when it is gzip (known by its first two bytes, not by its name).
/// Throws file_error when there is no such file, it is a directory, cannot be read, is damaged gzip, or holds more than
/// `limit` bytes, packed or not.
[[nodiscard]] inline std::string read_file(const std::filesystem::path& path, size_t limit = default_file_limit) {
    std::string bytes = detail::read_bytes(path, limit);
    if (is_gzip(bytes)) return gunzip(bytes, path.string(), limit);
    return bytes;
}

namespace detail {

/// Forces what was written to a file, or the entries of a folder, onto the disk: 0, or the error's number.
inline int synchronize([[maybe_unused]] std::FILE* file) noexcept {
#if __has_include(<unistd.h>)
    return fsync(fileno(file)) == 0 ? 0 : errno;
#else
    return 0;
#endif
}

} // namespace detail

/// Replaces the file at `path` by `bytes`, or leaves it as it is. They are written to a file beside it, forced onto the
/// disk, and that one is renamed: whoever reads, at any time and after any crash, finds the old contents or the new, whole.
/// Links to the old file keep its contents. Throws file_error when it cannot be done, and then leaves nothing behind.
inline void replace_file(const std::filesystem::path& path, std::string_view bytes) {
    std::filesystem::path beside = path;
    beside += '.';
    beside += std::to_string(std::random_device{}());
    beside += ".new";
    const auto fail = [&](int code) {
        throw file_error(path.string(), "cannot be written: " + std::generic_category().message(code));
    };
    std::FILE* const file = std::fopen(beside.string().c_str(), "wbx");
    if (!file) fail(errno);
    errno = 0;
    bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    written = std::fflush(file) == 0 && written;
    int code = written ? detail::synchronize(file) : errno ? errno : EIO;
    if (std::fclose(file) != 0 && code == 0) code = errno;
    std::error_code problem;
    if (code == 0) {
        std::filesystem::rename(beside, path, problem);
        code = problem.value();
    }
    if (code != 0) {
        std::filesystem::remove(beside, problem);
        fail(code);
    }
    // The folder holds the name. Not every file system can do this, and the file is in place by now: no error.
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    if (const detail::file_handle entries{std::fopen(folder.string().c_str(), "rb")})
        detail::synchronize(entries.get());
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
