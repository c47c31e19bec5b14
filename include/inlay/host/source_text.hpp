// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// C++ as text: literals, comments, names.
#pragma once

#include <inlay/core/config.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// A string literal.
inline std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') (result += '\\') += c;
        else if (code >= 32 && code < 127) result += c;
        else // three octal digits: what follows cannot join them
            for (const unsigned part : {8u * 8 * 8, code / 64u, code / 8u % 8, code % 8u})
                result += part == 512 ? '\\' : static_cast<char>('0' + part);
    }
    return result + '"';
}

/// A finite number to the last bit.
template <class Scalar>
std::string hexadecimal(Scalar value) {
    char digits[64];
#if defined(__cpp_lib_to_chars)
    const auto end = std::to_chars(digits, digits + sizeof digits, std::abs(value), std::chars_format::hex).ptr;
    const std::string text(digits, end);
#else // libc++ before 14: the same digits behind 0x
    std::snprintf(digits, sizeof digits, "%a", static_cast<double>(std::abs(value)));
    const std::string text(digits + 2);
#endif
    return (std::signbit(value) ? "-0x" : "0x") + text + (std::is_same_v<Scalar, float> ? "f" : "");
}

/// Numbers separated by commas, in lines of at most 120 columns.
template <class Scalar>
void append_numbers(std::string& to, std::span<const Scalar> values, const std::string& indent) {
    size_t column = 121;
    for (const Scalar value : values) {
        std::string text;
        if constexpr (std::is_integral_v<Scalar>) text = std::to_string(value) + ",";
        else text = hexadecimal(value) + ",";
        if (column + text.size() + 1 > 120) {
            if (column <= 120) to += '\n';
            to += indent + text;
            column = indent.size() + text.size();
        } else {
            (to += ' ') += text;
            column += text.size() + 1;
        }
    }
    to += '\n';
}

/// Text as comment lines. A backslash at the end of one would swallow the next.
inline void append_comment(std::string& to, std::string_view text, const std::string& indent = "") {
    for (size_t at = 0; at <= text.size();) {
        const size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        std::string line = indent;
        line += "// ";
        line += text.substr(at, end - at);
        std::replace_if(
            line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 32; }, ' ');
        for (size_t mark; (mark = line.find("??")) != line.npos;) line.insert(mark + 1, 1, ' '); // no trigraphs
        while (line.back() == ' ' || line.back() == '\\') line.pop_back();
        to += line + '\n';
        at = end + 1;
    }
}

/// Whether a namespace may be called so. Names that the language reserves are refused.
inline bool is_identifier(std::string_view word) {
    const auto part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    static constexpr std::string_view taken =
        " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t "
        "char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr "
        "constinit continue decltype default delete do double dynamic_cast else enum explicit export "
        "extern false float for friend goto if inlay inline int long main mutable namespace new noexcept "
        "not not_eq nullptr operator or or_eq private protected public register reinterpret_cast "
        "requires return short signed sizeof static static_assert static_cast std struct switch template "
        "this thread_local throw true try typedef typeid typename union unsigned using virtual void "
        "volatile wchar_t while xor xor_eq ";
    if (word.empty() || digit(word.front()) || word.find("__") != word.npos) return false;
    if (word.size() > 1 && word[0] == '_' && word[1] >= 'A' && word[1] <= 'Z') return false;
    std::string between = " ";
    between += word;
    between += ' ';
    return std::all_of(word.begin(), word.end(), [&](char c) { return part(c) || digit(c); }) &&
           taken.find(between) == taken.npos;
}

/// A namespace from a file's stem: "my-model.v2" becomes my_model_v2, and "signal" becomes signal_model. Such names have
/// the word model in them, which neither the C library nor any language has in a name of its own: no list of taken names
/// could be complete, and on the target there are others (signal, time, index, tanh, gamma, linux, EOF …).
inline std::string namespace_from(std::string_view stem) {
    std::string name;
    for (const char c : stem) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (fits) name += c;
        else if (!name.empty() && name.back() != '_') name += '_'; // two in a row are the compiler's own
    }
    if (name.ends_with('_')) name.pop_back();
    if (name.empty()) return "model";
    if (name.front() >= '0' && name.front() <= '9') return "model_" + name;
    const bool says_so = ('_' + name + '_').find("_model_") != std::string::npos;
    return says_so ? name : name + "_model";
}

/// The same for a::b.
inline bool is_namespace(std::string_view name) {
    for (size_t at = 0;;) {
        const size_t end = std::min(name.find("::", at), name.size());
        if (!is_identifier(name.substr(at, end - at))) return false;
        if (end == name.size()) return true;
        at = end + 2;
    }
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
