// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// JSON, read and written by nlohmann-json: the only door to it.
#pragma once

#include <inlay/host/file.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// Any value of JSON.
using json_value = nlohmann::json;

/// An array of numbers in a file of JSON.
struct json_numbers {
    std::vector<size_t> shape{};
    std::vector<float> values{};
};

/// A file of JSON with a network's numbers under keys called "weights": either one array of numbers, or a list of arrays of
/// up to four extents. They are kept apart, as floats; everything else is a tree. Duplicate keys, arrays of rows that differ
/// in length, numbers too large for float, more than `most` numbers under "weights", more than 10000 values elsewhere, and
/// depths beyond 32 are refused, so that memory is bounded by what a network has place for.
class json_with_weights : public json_events<json_with_weights> {
  public:
    nlohmann::json root{};
    std::vector<json_numbers> arrays{}; ///< in the tree, "weights" is a list of their numbers

    json_with_weights(std::string_view text, const std::string& name, size_t most) : most_(most) {
        file = name;
        read_json(text, *this);
    }

    bool null() { return value(nullptr, "null"); }
    bool boolean(bool one) { return value(one, "true or false"); }
    bool number_integer(std::int64_t one) { return number(static_cast<double>(one), one); }
    bool number_unsigned(std::uint64_t one) { return number(static_cast<double>(one), one); }
    bool number_float(double one, const std::string&) { return number(one, one); }
    bool string(std::string& text) { return value(std::move(text), "a string"); }
    bool start_object(size_t) {
        enter(nlohmann::json::object(), "an object");
        return true;
    }
    bool key(std::string& name) {
        if (open_.back()->contains(name)) wrong("has the key " + name.substr(0, 100) + " twice");
        key_ = std::move(name);
        return true;
    }
    bool end_object() {
        open_.pop_back();
        return true;
    }
    bool start_array(size_t) {
        if (levels_ == 0) {
            const bool weights = !open_.empty() && open_.back()->is_object() && key_ == "weights";
            enter(nlohmann::json::array(), "an array");
            levels_ = weights ? 1 : 0;
            alone_ = false;
            return true;
        }
        if (alone_) wrong("mixes numbers and arrays under weights");
        if (levels_ == 1) {
            add_array();
            rank_ = 0;
            counts_.clear();
        } else ++counts_.back();
        if (rank_ > 0 && levels_ > rank_) wrong("has rows of another kind under weights");
        if (++levels_ > 5) wrong("has an array of more than 4 extents under weights");
        counts_.push_back(0);
        return true;
    }
    bool end_array() {
        if (levels_ > 1) { // the end of a row
            auto& shape = arrays.back().shape;
            const size_t depth = levels_ - 2;
            if (shape.size() <= depth) shape.resize(depth + 1, unknown);
            if (shape[depth] == unknown) shape[depth] = counts_.back();
            if (shape[depth] != counts_.back()) wrong("has rows of different lengths under weights");
            counts_.pop_back();
            --levels_;
            if (levels_ > 1) return true;
            if (rank_ > 0 && shape.size() != rank_) wrong("has rows of another kind under weights");
            return true;
        }
        if (levels_ == 1) {
            if (alone_) arrays.back().shape = {arrays.back().values.size()};
            levels_ = 0;
        }
        open_.pop_back();
        return true;
    }
    [[noreturn]] bool unexpected(const char* found) const { wrong(std::string("has ") + found + " under weights"); }
    [[noreturn]] void wrong(const std::string& what) const { throw file_error(file, what); }

  private:
    static constexpr size_t unknown = static_cast<size_t>(-1);
    template <class Value>
    nlohmann::json* put(Value&& one) {
        if (++values_ > 10000) wrong("has more than 10000 values beside its weights");
        if (open_.empty()) return &(root = std::forward<Value>(one));
        nlohmann::json& to = *open_.back();
        if (to.is_object()) return &(to[key_] = std::forward<Value>(one));
        to.push_back(std::forward<Value>(one));
        return &to.back();
    }
    template <class Value>
    bool value(Value&& one, const char* what) {
        if (levels_ > 0) unexpected(what);
        put(std::forward<Value>(one));
        return true;
    }
    void enter(nlohmann::json empty, const char* what) {
        if (levels_ > 0) unexpected(what);
        if (open_.size() == 32) wrong("is nested more than 32 deep");
        open_.push_back(put(std::move(empty)));
    }
    void add_array() {
        put(arrays.size());
        arrays.emplace_back();
    }
    template <class Value>
    bool number(double one, Value as_it_is) {
        if (levels_ == 0) return value(as_it_is, "a number");
        if (levels_ == 1) {
            if (!alone_ && !open_.back()->empty()) wrong("mixes numbers and arrays under weights");
            if (!alone_) add_array();
            alone_ = true;
        } else {
            if (rank_ == 0) rank_ = levels_ - 1;
            if (rank_ != levels_ - 1) wrong("has rows of another kind under weights");
            ++counts_.back();
        }
        if (++numbers_ > most_) wrong("has more than " + std::to_string(most_) + " weights");
        const auto rounded = static_cast<float>(one);
        if (!std::isfinite(rounded)) wrong("has a weight that is too large for float");
        arrays.back().values.push_back(rounded);
        return true;
    }

    size_t most_, numbers_ = 0, values_ = 0;
    std::vector<nlohmann::json*> open_{}; // pointers into the tree: only the innermost one grows
    std::string key_{};
    // Within "weights": how many arrays are open, how many elements each has, at what depth numbers are, and whether they
    // stand without an array of their own.
    size_t levels_ = 0, rank_ = 0;
    std::vector<size_t> counts_{};
    bool alone_ = false;
};

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
