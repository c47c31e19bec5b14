// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the programs of this folder share: files that others have published, whether they are what they should be, and how long a
// step takes.
#pragma once

#include <inlay/host/file.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zoo {

/// A file with the weights of a network, and where it is to be had.
struct published_file {
    std::string_view name;   ///< in a folder that has all of them, as docs/zoo.md lists them: "nam/A2.nam"
    std::string_view source; ///< the repository, and the path in it
    std::string_view sha256; ///< of the file of that name
};

/// SHA-256 (FIPS 180-4) in hexadecimal digits, as sha256sum prints it.
inline std::string sha256(std::string_view bytes) {
    // The first 32 bits of the fractional parts of square and cube roots of the first primes, found with whole numbers:
    // the largest r with rⁿ ≤ p·2^(32n).
    using wide = unsigned __int128;
    const auto fraction_of_root = [](unsigned prime, int n) {
        std::uint64_t root = 0;
        for (std::uint64_t bit = std::uint64_t{1} << 37; bit > 0; bit /= 2) {
            const wide r = root | bit, square = r * r;
            // r³ has at most 114 bits
            if ((n == 2 ? square : square * r) <= wide{prime} << (32 * n)) root |= bit;
        }
        return static_cast<std::uint32_t>(root);
    };
    std::array<std::uint32_t, 64> k;
    std::array<std::uint32_t, 8> h;
    for (unsigned prime = 2, found = 0; found < 64; ++prime) {
        bool is_prime = true;
        for (unsigned d = 2; d * d <= prime; ++d) is_prime = is_prime && prime % d != 0;
        if (!is_prime) continue;
        if (found < 8) h[found] = fraction_of_root(prime, 2);
        k[found++] = fraction_of_root(prime, 3);
    }
    std::string padded(bytes);
    padded += '\x80';
    padded.append((120 - padded.size() % 64) % 64, '\0');
    for (int shift = 56; shift >= 0; shift -= 8)
        padded += static_cast<char>(std::uint64_t{bytes.size()} * 8 >> shift & 0xff);

    for (std::size_t at = 0; at < padded.size(); at += 64) {
        std::array<std::uint32_t, 64> w;
        for (std::size_t t = 0; t < 16; ++t) {
            w[t] = 0;
            for (std::size_t i = 0; i < 4; ++i) w[t] = w[t] << 8 | static_cast<unsigned char>(padded[at + 4 * t + i]);
        }
        for (std::size_t t = 16; t < 64; ++t) {
            const std::uint32_t a = w[t - 15], b = w[t - 2];
            w[t] = w[t - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) + w[t - 7] +
                   (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
        }
        auto s = h;
        for (std::size_t t = 0; t < 64; ++t) {
            const std::uint32_t a = s[0], e = s[4];
            const std::uint32_t first = s[7] + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                        ((e & s[5]) ^ (~e & s[6])) + k[t] + w[t];
            const std::uint32_t second =
                (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
            s = {first + second, a, s[1], s[2], s[3] + first, e, s[5], s[6]};
        }
        for (std::size_t i = 0; i < 8; ++i) h[i] += s[i];
    }
    std::string digits;
    for (const std::uint32_t word : h)
        for (int shift = 28; shift >= 0; shift -= 4) digits += "0123456789abcdef"[word >> shift & 15];
    return digits;
}

/// The bytes of a file. Throws inlay::file_error where there is none.
inline std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string all;
    if (std::error_code error; std::filesystem::is_regular_file(path, error))
        all.resize(std::filesystem::file_size(path));
    if (!file.read(all.data(), static_cast<std::streamsize>(all.size())) || all.empty())
        throw inlay::file_error(path.string(), "cannot be read");
    return all;
}
/// The numbers of a file that has nothing else, little-endian as they are in memory. Throws inlay::file_error.
template <class Number>
std::vector<Number> numbers_of(const std::filesystem::path& path) {
    const std::string bytes = bytes_of(path);
    if (bytes.size() % sizeof(Number) != 0)
        throw inlay::file_error(path.string(),
                                "has a number of bytes that is no multiple of " + std::to_string(sizeof(Number)));
    std::vector<Number> all(bytes.size() / sizeof(Number));
    std::memcpy(all.data(), bytes.data(), bytes.size());
    return all;
}

/// A network with these parameters, in its own order, which is PyTorch's. Throws inlay::file_error if there are more or fewer.
template <class Network>
std::unique_ptr<Network> with_parameters(const std::vector<float>& values, const std::filesystem::path& path) {
    auto net = std::make_unique<Network>();
    if (!net->assign(values))
        throw inlay::file_error(path.string(), "has " + std::to_string(values.size()) + " weights, expected " +
                                                   std::to_string(Network::parameter_count));
    return net;
}

/// The folder with the files that a program has been given, or ../shared/zoo; without options.
inline std::filesystem::path folder_of(int argc, char** argv) {
    for (int i = 1; i < argc; ++i)
        if (argv[i][0] != '-') return argv[i];
    return "../shared/zoo";
}
/// Whether `--time` is among the arguments.
inline bool wants_time(int argc, char** argv) {
    return std::any_of(argv + 1, argv + argc, [](const char* one) { return std::string_view(one) == "--time"; });
}

/// Where the file is: under its name, or what tools/zoo/to_safetensors.py has made of it, with the ending .safetensors.
inline std::filesystem::path path_of(const std::filesystem::path& folder, const published_file& file) {
    const auto path = folder / file.name;
    if (std::error_code error; std::filesystem::is_regular_file(path, error)) return path;
    return std::filesystem::path(path).replace_extension(".safetensors");
}
/// Says which file is missing, or that it is another one than was published. Returns whether there is one.
inline bool is_there(const std::filesystem::path& folder, const published_file& file) {
    const auto path = path_of(folder, file);
    if (std::error_code error; !std::filesystem::is_regular_file(path, error)) {
        std::printf("%s/%.*s: is not there. It comes from\n    %.*s\nand docs/zoo.md says what is made of it. The "
                    "argument is the "
                    "folder with all files.\n",
                    folder.c_str(), int(file.name.size()), file.name.data(), int(file.source.size()),
                    file.source.data());
        return false;
    }
    if (path.extension() == ".safetensors") return true; // what it was made of has been compared
    if (const std::string found = sha256(bytes_of(path)); found != file.sha256)
        std::printf("%s: is another file than the one this program was tested with (sha256 %s,\n    expected %.*s)\n",
                    path.c_str(), found.c_str(), int(file.sha256.size()), file.sha256.data());
    return true;
}
/// What a program returns that has found no file: skipped, for Meson.
inline constexpr int skipped = 77;

/// The least time that a call takes, in nanoseconds: of `repeats` runs of about 5 ms each.
template <class Call>
double least_time(Call call, int repeats = 40) {
    using clock = std::chrono::steady_clock;
    const auto run = [&](long calls) {
        const auto start = clock::now();
        for (long i = 0; i < calls; ++i) call();
        return std::chrono::duration<double, std::nano>(clock::now() - start).count();
    };
    long calls = 1;
    while (run(calls) < 5e6) calls *= 2;
    double least = run(calls);
    for (int i = 1; i < repeats; ++i) least = std::min(least, run(calls));
    return least / static_cast<double>(calls);
}

/// The largest |a − b|; infinite for NaN, and for sequences of different length.
inline double largest_difference(std::span<const float> a, std::span<const float> b) {
    double largest = a.size() == b.size() ? 0 : 1e300;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double difference = a[i] > b[i] ? double(a[i]) - double(b[i]) : double(b[i]) - double(a[i]);
        if (!(difference <= largest)) largest = difference == difference ? difference : 1e300;
    }
    return largest;
}

} // namespace zoo
