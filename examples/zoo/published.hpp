// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the programs of this folder share: files that others have published, and how long a step takes.
#pragma once

#include <inlay/host/file.hpp>

#include <algorithm>
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
    std::string_view sha256; ///< of the file of that name, as sha256sum prints it
};

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
/// Says which file is missing, where it comes from, and what sha256sum says of it. Returns whether it is there.
inline bool is_there(const std::filesystem::path& folder, const published_file& file) {
    const auto path = path_of(folder, file);
    if (std::error_code error; !std::filesystem::is_regular_file(path, error)) {
        std::printf(
            "%s/%.*s: is not there. It comes from\n    %.*s\n    (sha256 %.*s)\nand docs/zoo.md says what is made of "
            "it. The argument is the folder with all files.\n",
            folder.c_str(), int(file.name.size()), file.name.data(), int(file.source.size()), file.source.data(),
            int(file.sha256.size()), file.sha256.data());
        return false;
    }
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
