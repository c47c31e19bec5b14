// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What a network is, as a text and as a number: every file that inlay writes says of which it is.
#pragma once

#include <inlay/core/version.hpp>
#include <inlay/host/spelling.hpp>
#include <inlay/network/network.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// FNV-1a (64 bits) of what is written to it.
struct hash_writer {
    std::uint64_t value = 0xcbf29ce484222325u;
    constexpr void operator()(std::string_view text) noexcept {
        for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    }
};
struct text_writer {
    std::string value{};
    void operator()(std::string_view text) { value += text; }
};

/// A type's own name, without namespaces and arguments: the same from every compiler.
constexpr std::string_view own_name(std::string_view name) {
    if (name.ends_with('>')) name = before_arguments(name);
    const size_t scope = name.rfind("::");
    return scope == name.npos ? name : name.substr(scope + 2);
}

template <class Writer>
constexpr void describe_number(Writer& write, std::int64_t value) {
    char digits[20]{};
    size_t at = 20;
    std::uint64_t rest =
        value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    do digits[--at] = static_cast<char>('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) write("-");
    write(std::string_view(digits + at, 20 - at));
}
template <class Writer>
constexpr void describe_value(Writer& write, decimal value) { // 0.2, and 3
    const std::int64_t all = value.billionths < 0 ? -value.billionths : value.billionths;
    if (value.billionths < 0) write("-");
    describe_number(write, all / 1'000'000'000);
    std::int64_t rest = all % 1'000'000'000;
    if (rest > 0) write(".");
    for (std::int64_t unit = 100'000'000; rest > 0; unit /= 10) {
        describe_number(write, rest / unit);
        rest %= unit;
    }
}
template <class Writer, size_t Size>
constexpr void describe_value(Writer& write, const fixed_text<Size>& value) {
    write("\"");
    write(value.view());
    write("\"");
}
template <class Writer>
constexpr void describe_value(Writer& write, window value) {
    if (value.height == value.width) return describe_number(write, static_cast<std::int64_t>(value.height));
    write("{");
    describe_number(write, static_cast<std::int64_t>(value.height));
    write(", ");
    describe_number(write, static_cast<std::int64_t>(value.width));
    write("}");
}
template <class Writer>
constexpr void describe_value(Writer& write, padding value) {
    if (value.how == padding::same) return write("same");
    if (value.how == padding::tensorflow_same) return write("tensorflow_same");
    const bool even = value.left == value.right && value.top == value.bottom;
    if (even && value.left == value.top) return describe_number(write, static_cast<std::int64_t>(value.left));
    write("{");
    bool first = true;
    for (const size_t one : {value.left, value.right, value.top, value.bottom}) {
        if (!first) write(", ");
        first = false;
        describe_number(write, static_cast<std::int64_t>(one));
    }
    write("}");
}
template <auto Value, class Writer>
constexpr void describe_argument(Writer& write) {
    using type = std::remove_cvref_t<decltype(Value)>;
    if constexpr (std::is_same_v<type, bool>) write(Value ? "true" : "false");
    else if constexpr (std::is_integral_v<type> || std::is_enum_v<type>)
        describe_number(write, static_cast<std::int64_t>(Value));
    else if constexpr (requires { describe_value(write, Value); }) describe_value(write, Value);
    else write(compiler_value<Value>());
}

template <class Type>
struct description;

template <class Writer, auto Value>
constexpr void describe_part(Writer& write, value_part<Value>) {
    describe_argument<Value>(write);
}
template <class Writer, class Type>
constexpr void describe_part(Writer& write, type_part<Type>) {
    description<Type>::to(write);
}
/// name<the first, …>
template <class Writer, class... Parts>
constexpr void describe_parts(Writer& write, std::string_view name, type_parts<Parts...>) {
    write(name);
    if (sizeof...(Parts) == 0) return;
    write("<");
    [[maybe_unused]] bool first = true;
    ((first ? void() : write(", "), first = false, describe_part(write, Parts{})), ...);
    write(">");
}

/// A type in words: `description<dense<3>>::to(write)` writes dense<3>.
template <class Type>
struct description {
    template <class Writer>
    static constexpr void to(Writer& write) {
        using parts = typename parts_of<Type>::type;
        if constexpr (std::is_floating_point_v<Type>) write(sizeof(Type) == 4 ? "float" : "double");
        else if constexpr (std::is_integral_v<Type>) { // std::uint16_t has as many names as compilers
            write(std::is_signed_v<Type> ? "int" : "uint");
            describe_number(write, 8 * sizeof(Type));
        } else if constexpr (std::is_void_v<parts>) write(own_name(compiler_name<Type>()));
        else describe_parts(write, own_name(compiler_name<Type>()), parts{});
    }
};
template <class Scalar, class... Items>
struct description<basic_network<Scalar, Items...>> {
    template <class Writer>
    static constexpr void to(Writer& write) {
        describe_parts(write, "network", type_parts<type_part<Items>...>{});
    }
};

template <class Network>
constexpr std::uint64_t fingerprint_of() {
    hash_writer hash;
    description<Network>::to(hash);
    hash(" of ");
    description<typename Network::scalar_type>::to(hash);
    hash(", bits ");
    describe_number(hash, bits_version);
    return hash.value;
}

} // namespace detail

/// A network's layers in words, the same on every compiler and target: "network<input<64>, dense<32>, relu, dense<10>>".
/// Layers of your own stand under their names.
template <class Network>
[[nodiscard]] std::string topology_text() {
    detail::text_writer text;
    detail::description<Network>::to(text);
    return text.value;
}

/// One number for a network's topology, its scalar type and the bits_version of the arithmetic, known to the compiler: FNV-1a
/// of "network<…> of float, bits 1". Files say it; with equal fingerprints equal numbers give equal bits.
template <class Network>
inline constexpr std::uint64_t fingerprint = detail::fingerprint_of<Network>();

namespace detail {

inline std::string hexadecimal_number(std::uint64_t value) {
    std::string digits = "0x";
    for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[value >> shift & 15];
    return digits;
}

/// Two texts below each other, with the first place marked where they differ.
inline std::string side_by_side(std::string_view first_is, std::string_view first, std::string_view second_is,
                                std::string_view second) {
    size_t at = 0;
    while (at < first.size() && at < second.size() && first[at] == second[at]) ++at;
    // What a line has room for: from a little before the place.
    constexpr size_t most = 90, before = 45;
    const size_t longest = std::max(first.size(), second.size());
    const size_t from = longest > most && at > before ? at - before : 0;
    const auto line = [&](std::string_view is, std::string_view text) {
        std::string all = "\n    ";
        all += is;
        all += from > 0 ? "…" : " ";
        for (const char c : text.substr(std::min(from, text.size()), most))
            all += static_cast<unsigned char>(c) < 32 ? '?' : c;
        return text.size() > from + most ? all + "…" : all;
    };
    return line(first_is, first) + line(second_is, second) + "\n    " +
           std::string(second_is.size() + 1 + at - from, ' ') + "^ differs from here";
}

} // namespace detail

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
