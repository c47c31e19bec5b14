// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the tests of files share.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

/// A folder of the test's own that goes away with it.
struct temporary_folder {
    temporary_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "inlay_XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path = pattern;
    }
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    std::filesystem::path operator/(const std::filesystem::path& name) const { return path / name; }

    std::filesystem::path write(const std::string& name, const std::string& bytes) const {
        std::ofstream{path / name, std::ios::binary}.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path / name;
    }

    /// How many files and folders there are in it.
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
    }

    std::filesystem::path path;
};

/// What `call` says in the Error it must throw.
template <class Error, class Call>
std::string message_of(Call call) {
    try {
        call();
    } catch (const Error& error) { return error.what(); }
    return "no error";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }
