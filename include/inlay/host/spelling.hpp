// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Types of networks and layers as C++ that another file, for another target, understands.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/host/source_text.hpp>
#include <inlay/host/type_parts.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

template <class Type>
constexpr std::string_view compiler_name() {
    constexpr std::string_view text = __PRETTY_FUNCTION__; // … [with Type = inlay::dense<32>; …] or … [Type = …]
    const size_t start = text.find("Type = ") + 7;
    const size_t end = text.find("; std::string_view =", start); // g++ explains the return type
    return text.substr(start, (end == text.npos ? text.size() - 1 : end) - start);
}
template <auto Value>
constexpr std::string_view compiler_value() {
    constexpr std::string_view text = __PRETTY_FUNCTION__;
    const size_t start = text.find("Value = ") + 8;
    const size_t end = text.find("; std::string_view =", start);
    return text.substr(start, (end == text.npos ? text.size() - 1 : end) - start);
}

/// What this compiler writes before the names of this library: inlay::avx2_fma::, or only inlay::.
inline constexpr std::string_view library_prefix = [] {
    constexpr std::string_view name = compiler_name<decimal>();
    return name.substr(0, name.size() - std::string_view("decimal").size());
}();
static_assert(library_prefix.starts_with("inlay::"));

/// `name` without the inline namespace of this target (INLAY_TARGET): another one has another.
inline std::string for_every_target(std::string_view name) {
    std::string plain;
    for (size_t at = 0;;) {
        const size_t found = name.find(library_prefix, at);
        plain += name.substr(at, found - at);
        if (found == name.npos) return plain;
        const char before = found == 0 ? ' ' : name[found - 1];
        const bool whole = before == ' ' || before == '<' || before == ',' || before == '(' || before == '{';
        plain += whole ? "inlay::" : library_prefix;
        at = found + library_prefix.size();
    }
}

/// A type that cannot be written down elsewhere.
struct unspeakable {
    std::string name;
};

/// What the compiler calls something, as another file may. All of its names pass through here.
inline std::string speakable(std::string_view name) {
    // {anonymous}::x and (anonymous namespace)::x, main()::x, <lambda…>, and class-type arguments in clang's short form
    if (name.find_first_of("({") != name.npos || name.find("<lambda") != name.npos)
        throw unspeakable{for_every_target(name)};
    return for_every_target(name);
}

/// The name of a template's instance without the arguments at its end.
constexpr std::string_view before_arguments(std::string_view name) {
    size_t open = 0, at = name.size();
    bool text = false; // inside "…"
    while (at > 0) {
        --at;
        if (name[at] == '"') {
            size_t backslashes = 0;
            while (backslashes < at && name[at - 1 - backslashes] == '\\') ++backslashes;
            if (backslashes % 2 == 0) text = !text;
        }
        if (text) continue;
        if (name[at] == '>') ++open;
        if (name[at] == '<' && --open == 0) break;
    }
    return name.substr(0, at);
}
inline std::string without_arguments(std::string_view name) { return speakable(before_arguments(name)); }

inline std::string spelled_value(decimal value) {
    const bool negative = value.billionths < 0;
    std::string digits = std::to_string(negative ? -value.billionths : value.billionths);
    if (digits.size() < 10) digits.insert(0, 10 - digits.size(), '0');
    digits.insert(digits.size() - 9, 1, '.');
    while (digits.back() == '0' && digits[digits.size() - 2] != '.') digits.pop_back();
    return std::string(negative, '-') + digits;
}
template <size_t Size>
std::string spelled_value(fixed_text<Size> value) {
    return quoted(value.view());
}
inline std::string spelled_value(window value) {
    if (value.height == value.width) return std::to_string(value.height);
    return "inlay::window{" + std::to_string(value.height) + ", " + std::to_string(value.width) + "}";
}
inline std::string spelled_value(padding value) {
    if (value.how == padding::same) return "inlay::padding::same";
    if (value.how == padding::tensorflow_same) return "inlay::padding::tensorflow_same";
    if (value.left == value.right && value.top == value.bottom) {
        if (value.left == value.top) return std::to_string(value.left);
        return "inlay::window{" + std::to_string(value.top) + ", " + std::to_string(value.left) + "}";
    }
    return "inlay::padding{" + std::to_string(value.left) + ", " + std::to_string(value.right) + ", " +
           std::to_string(value.top) + ", " + std::to_string(value.bottom) + "}";
}
template <auto Value>
std::string spelled_argument() {
    using type = std::remove_cvref_t<decltype(Value)>;
    if constexpr (std::is_same_v<type, bool>) return Value ? "true" : "false";
    else if constexpr (std::is_integral_v<type>) return std::to_string(Value);
    else if constexpr (std::is_enum_v<type>)
        return "static_cast<" + speakable(compiler_name<type>()) + ">(" +
               std::to_string(static_cast<std::underlying_type_t<type>>(Value)) + ")";
    else if constexpr (requires { spelled_value(Value); }) return spelled_value(Value);
    else return speakable(compiler_value<Value>());
}

inline std::string joined(std::initializer_list<std::string> arguments) {
    std::string all;
    for (const std::string& one : arguments) all += (all.empty() ? "" : ", ") + one;
    return all;
}

template <class Type>
struct spelling;

template <auto Value>
std::string spelled_part(value_part<Value>) {
    return spelled_argument<Value>();
}
template <class Type>
std::string spelled_part(type_part<Type>) {
    return spelling<Type>::text();
}

/// A type as C++ that another file understands; what fits no kind goes under the compiler's name.
template <class Type>
struct spelling {
    template <class... Parts>
    static std::string text_of(type_parts<Parts...>) {
        return without_arguments(compiler_name<Type>()) + "<" + joined({spelled_part(Parts{})...}) + ">";
    }
    static std::string text() {
        using parts = typename parts_of<Type>::type;
        if constexpr (std::is_void_v<parts>) return speakable(compiler_name<Type>());
        else return text_of(parts{});
    }
};
template <class Scalar, class... Items>
struct spelling<basic_network<Scalar, Items...>> {
    /// Items after the first begin with `separator`.
    static std::string text(const std::string& before = "", const std::string& separator = " ") {
        std::string all;
        for (const std::string& item : {spelling<Items>::text()...})
            all += (all.empty() ? before : "," + separator) + item;
        if constexpr (std::is_same_v<Scalar, float>) return "inlay::network<" + all + ">";
        else return "inlay::basic_network<" + spelling<Scalar>::text() + "," + (before.empty() ? " " : "") + all + ">";
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
