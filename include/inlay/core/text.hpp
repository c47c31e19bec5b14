// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <string_view>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// A string that can be a template argument: `named<"hidden", dense<32>>`.
template <size_t Size>
struct fixed_text {
    char characters[Size]{};

    constexpr fixed_text(const char (&literal)[Size]) {
        for (size_t i = 0; i < Size; ++i) characters[i] = literal[i];
    }
    constexpr std::string_view view() const { return {characters, Size - 1}; }
};

namespace detail {
/// No constant expression, so that its name is the compiler's message: see label.
inline void a_path_is_longer_than_a_label_holds() {}
} // namespace detail

/// A short text composed at compile time, such as the path of a tensor ("3.1.weight"). One that does not fit is no constant
/// expression and does not compile; composed at run time it would be cut.
struct label {
    static constexpr size_t capacity = 95;
    char characters[capacity + 1]{};
    unsigned char length = 0;

    constexpr label() = default;
    constexpr label(std::string_view text) { *this += text; }
    constexpr label(const char* text) { *this += std::string_view(text); }

    constexpr label& operator+=(std::string_view text) {
        for (char c : text) {
            if (length < capacity) characters[length++] = c;
            else detail::a_path_is_longer_than_a_label_holds();
        }
        return *this;
    }
    constexpr label& operator+=(size_t number) {
        char digits[20]{};
        size_t count = 0;
        do digits[count++] = static_cast<char>('0' + number % 10);
        while (number /= 10);
        while (count) *this += std::string_view(&digits[--count], 1);
        return *this;
    }
    constexpr std::string_view view() const { return {characters, length}; }
    constexpr bool operator==(std::string_view text) const { return view() == text; }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
