// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// JSON, read and written by nlohmann-json: the only door to it.
#pragma once

#include <inlay/host/file.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// What a reader of JSON is told, value by value; nothing is kept. A Reader derives from this, hides what it takes, and
/// throws file_error for what it does not. Memory is that of the longest string.
template <class Reader>
struct json_events {
    std::string file; ///< for messages

    bool null() { return refuse("null"); }
    bool boolean(bool) { return refuse("true or false"); }
    bool number_integer(std::int64_t) { return refuse("a negative number"); }
    bool number_unsigned(std::uint64_t) { return refuse("a number"); }
    bool number_float(double, const std::string&) { return refuse("a number that is not whole"); }
    bool string(std::string&) { return refuse("a string"); }
    bool start_array(size_t) { return refuse("an array"); }
    bool end_array() { return true; }
    template <class Bytes>
    bool binary(Bytes&) {
        return refuse("bytes");
    }
    template <class Problem>
    bool parse_error(size_t position, const std::string&, const Problem& problem) {
        std::string what = problem.what(); // [json.exception.parse_error.101] parse error at line 1, column 2: …
        if (const size_t end = what.find("] "); end != what.npos) what.erase(0, end + 2);
        if (what.size() > 200) what.resize(200);
        throw file_error(file, "is not valid JSON at offset " + std::to_string(position) + ": " + what);
    }

  private:
    bool refuse(const char* found) { return static_cast<Reader*>(this)->unexpected(found); }
};

/// Tells a reader what is in `text`.
template <class Reader>
void read_json(std::string_view text, Reader& reader) {
    nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
}

/// A string of JSON, quoted. Throws std::invalid_argument where `text` is no UTF-8.
inline std::string json_string(const std::string& text) {
    try {
        return nlohmann::json(text).dump();
    } catch (const nlohmann::json::exception&) {
        throw std::invalid_argument("inlay: a text for a file must be UTF-8");
    }
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
