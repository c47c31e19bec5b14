// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Decimal numbers from text, the same on every standard library. libc++ up to 19 has no floating-point from_chars: there
// fast_float does it (https://github.com/fastfloat/fast_float, if it is installed), or strtod. All three round correctly.
#pragma once

#include <inlay/core/config.hpp>

#include <charconv>
#include <concepts>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#if !defined(__cpp_lib_to_chars) && __has_include(<fast_float/fast_float.h>)
#include <fast_float/fast_float.h>
#define INLAY_HAS_FAST_FLOAT 1
#else
#define INLAY_HAS_FAST_FLOAT 0
#endif
#if defined(_WIN32)
#include <limits>
#include <locale>
#include <sstream>
#else
#include <clocale>
#if __has_include(<xlocale.h>)
#include <xlocale.h> // where macOS and the BSDs declare strtod_l
#endif
#endif

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// What became of a text.
enum class number_problem { none, not_a_number, too_large };

/// Whether `text` is digits with an optional point and exponent, and an optional minus in front.
inline bool is_decimal(std::string_view text) noexcept {
    size_t at = 0;
    const auto digits = [&] {
        const size_t first = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at - first;
    };
    const auto skip = [&](char a, char b) {
        const bool there = at < text.size() && (text[at] == a || text[at] == b);
        at += there;
        return there;
    };
    skip('-', '-');
    size_t count = digits();
    if (skip('.', '.')) count += digits();
    if (count == 0) return false;
    if (skip('e', 'E')) {
        skip('+', '-');
        if (digits() == 0) return false;
    }
    return at == text.size();
}

/// The nearest value to the decimal number `text`, by the C library and whatever the locale; beyond the type ±infinity.
template <std::floating_point Scalar>
Scalar nearest_by_c(std::string_view text) {
    const std::string ended(text); // strtod wants a 0 at the end
#if defined(_WIN32)
    std::istringstream in(ended);
    in.imbue(std::locale::classic());
    Scalar value = 0;
    in >> value;
    const Scalar most = std::numeric_limits<Scalar>::max(), infinity = std::numeric_limits<Scalar>::infinity();
    return !in.fail() || (value < most && value > -most) ? value : value > 0 ? infinity : -infinity;
#else
    static const locale_t plain = newlocale(LC_ALL_MASK, "C", locale_t{});
    if constexpr (std::same_as<Scalar, float>) return strtof_l(ended.c_str(), nullptr, plain);
    else if constexpr (std::same_as<Scalar, double>) return strtod_l(ended.c_str(), nullptr, plain);
    else return strtold_l(ended.c_str(), nullptr, plain);
#endif
}

/// The same by the fastest way there is. Only values within the type are sure to come out: false asks for the slow one.
template <std::floating_point Scalar>
bool nearest_quickly([[maybe_unused]] std::string_view text, [[maybe_unused]] Scalar& value) {
#if defined(__cpp_lib_to_chars)
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
#elif INLAY_HAS_FAST_FLOAT
    if constexpr (std::same_as<Scalar, float> || std::same_as<Scalar, double>) {
        const auto found = fast_float::from_chars(text.data(), text.data() + text.size(), value);
        // Version 3 gives infinity and 0 for what is too large and too small, later ones an error too.
        return found.ec == std::errc{} && value != 0 && value - value == 0;
    } else return false;
#else
    return false;
#endif
}

/// Takes the value nearest to the decimal number `text` (a plus or minus, digits, a point, an exponent): what is too
/// small becomes 0 or a subnormal number, what is too large is a problem. Infinities and NaN are no numbers here.
template <std::floating_point Scalar>
number_problem read_number(std::string_view text, Scalar& value) {
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    if (!is_decimal(text)) return number_problem::not_a_number;
    if (!nearest_quickly(text, value)) value = nearest_by_c<Scalar>(text);
    return value - value == 0 ? number_problem::none : number_problem::too_large;
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
