// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Types of networks and layers as C++ that another file, for another target, understands.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/host/source_text.hpp>
#include <inlay/layers/window.hpp>
#include <inlay/network/composites.hpp>
#include <inlay/network/frozen.hpp>
#include <inlay/network/network.hpp>

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

/// A template's name: its instance's without the arguments at the end.
inline std::string without_arguments(std::string_view name) {
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
    return speakable(name.substr(0, at));
}

inline std::string spelled_value(decimal value) {
    const bool negative = value.billionths < 0;
    std::string digits = std::to_string(negative ? -value.billionths : value.billionths);
    if (digits.size() < 10) digits.insert(0, 10 - digits.size(), '0');
    digits.insert(digits.size() - 9, 1, '.');
    while (digits.back() == '0' && digits[digits.size() - 2] != '.') digits.pop_back();
    return (negative ? "-" : "") + digits;
}
template <size_t Size>
std::string spelled_value(fixed_text<Size> value) {
    return quoted(value.view());
}
inline std::string spelled_value(window value) {
    if (value.height == value.width) return std::to_string(value.height);
    return "inlay::window{" + std::to_string(value.height) + ", " + std::to_string(value.width) + "}";
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

/// Whether a template takes nothing but values.
template <class Type>
inline constexpr bool has_values_only = false;
template <template <auto...> class Template, auto... Values>
inline constexpr bool has_values_only<Template<Values...>> = true;

/// A type as C++ that another file understands. Templates are taken apart by their kind, so that a layer needs no entry
/// here; what fits no kind goes under the compiler's name.
template <class Type>
struct spelling {
    static std::string text() { return speakable(compiler_name<Type>()); }
};
template <template <auto...> class Template, auto... Values>
struct spelling<Template<Values...>> {
    static std::string text() {
        return without_arguments(compiler_name<Template<Values...>>()) + "<" + joined({spelled_argument<Values>()...}) +
               ">";
    }
};
template <template <class...> class Template, class... Types>
struct spelling<Template<Types...>> {
    static std::string text() {
        return without_arguments(compiler_name<Template<Types...>>()) + "<" + joined({spelling<Types>::text()...}) +
               ">";
    }
};
template <template <size_t, class...> class Template, size_t Value, class... Types> // gru<8, relu>
requires(!has_values_only<Template<Value, Types...>>) struct spelling<Template<Value, Types...>> {
    static std::string text() {
        return without_arguments(compiler_name<Template<Value, Types...>>()) + "<" +
               joined({std::to_string(Value), spelling<Types>::text()...}) + ">";
    }
};
template <template <fixed_text, class...> class Template, fixed_text Name, class... Types> // keep<"x", dense<4>>
requires(!has_values_only<Template<Name, Types...>>) struct spelling<Template<Name, Types...>> {
    static std::string text() {
        return without_arguments(compiler_name<Template<Name, Types...>>()) + "<" +
               joined({quoted(Name.view()), spelling<Types>::text()...}) + ">";
    }
};
template <class Layer, fixed_text... Names>
struct spelling<frozen<Layer, Names...>> {
    static std::string text() {
        return "inlay::frozen<" + joined({spelling<Layer>::text(), quoted(Names.view())...}) + ">";
    }
};
template <class Element, size_t... Extents>
struct spelling<input_of<Element, Extents...>> {
    static std::string text() {
        return "inlay::input_of<" + joined({spelling<Element>::text(), std::to_string(Extents)...}) + ">";
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
