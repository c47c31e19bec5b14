// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Tables of numbers as text. Link with -lz.
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/host/data_set.hpp>
#include <inlay/host/file.hpp>
#include <inlay/host/number.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

inline std::string_view trim_blanks(std::string_view text) {
    const size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// `text` in quotes for a message: at most 40 bytes, all but printable ASCII (a binary file) as ?.
inline std::string quote(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text.substr(0, 40)) {
        const auto byte = static_cast<unsigned char>(c);
        quoted += byte < 0x20 || byte >= 0x7f ? '?' : c;
    }
    return quoted + (text.size() > 40 ? "…\"" : "\"");
}

} // namespace detail

/// Reads a table from `text`: lines of `Features` numbers and, in the last column, the number of the class, separated
/// by commas. Blank lines and lines that begin with # are skipped; blanks around a number, a line's final \r and a
/// leading byte-order mark are ignored. Numbers are decimal, with a point whatever the locale, and become the nearest
/// value of type Scalar: 1e-50 is 0.0f.
///
/// Throws file_error, `name:line: …` (lines and columns are counted from 1), for a line with too few or many columns, a
/// field that is not a finite number of type Scalar, a label that is not a whole number below `classes`, and for a
/// table without lines.
template <size_t Features, std::floating_point Scalar = float>
[[nodiscard]] data_set<Features, Scalar> parse_csv(std::string_view text, const std::string& name,
                                                   size_t classes = std::numeric_limits<size_t>::max()) {
    data_set<Features, Scalar> table;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    for (size_t line_number = 1; !text.empty(); ++line_number) {
        const size_t length = std::min(text.find('\n'), text.size());
        std::string_view line = detail::trim_blanks(text.substr(0, length));
        text.remove_prefix(std::min(length + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;

        const auto fail = [&](const std::string& what) { throw file_error(name, line_number, what); };
        const auto columns = static_cast<size_t>(std::count(line.begin(), line.end(), ',')) + 1;
        if (columns != Features + 1)
            fail("expected " + std::to_string(Features + 1) + " columns, found " + std::to_string(columns));

        std::array<Scalar, Features> input{};
        for (size_t i = 0; i <= Features; ++i) {
            const std::string_view field = detail::trim_blanks(line.substr(0, line.find(',')));
            line.remove_prefix(std::min(line.find(',') + 1, line.size()));
            const auto bad = [&](const std::string& what) {
                fail("column " + std::to_string(i + 1) + ": " + (field.empty() ? "nothing" : detail::quote(field)) +
                     " " + what);
            };
            if (i < Features) {
                const detail::number_problem problem = detail::read_number(field, input[i]);
                if (problem == detail::number_problem::too_large) bad("is too large for the number type");
                if (problem == detail::number_problem::not_a_number) bad("is not a finite number");
            } else {
                size_t label = 0;
                const char* const end = field.data() + field.size();
                const auto [stop, problem] = std::from_chars(field.data() + field.starts_with('+'), end, label);
                if (problem == std::errc::invalid_argument || stop != end)
                    bad("is not a class label: expected a whole number from 0");
                else if (problem != std::errc{} || label >= classes)
                    bad("is not a class label: expected a whole number below " + std::to_string(classes));
                table.labels.push_back(label);
            }
        }
        table.inputs.push_back(input);
    }
    if (table.empty())
        throw file_error(name, "expected lines of " + std::to_string(Features + 1) + " columns, found none");
    return table;
}

/// Reads the table in the file at `path`, plain or gzip: `read_csv<64>("digits.csv.gz", 10)`. The format and the errors
/// are those of parse_csv and read_file.
template <size_t Features, std::floating_point Scalar = float>
[[nodiscard]] data_set<Features, Scalar> read_csv(const std::filesystem::path& path,
                                                  size_t classes = std::numeric_limits<size_t>::max(),
                                                  size_t limit = default_file_limit) {
    return parse_csv<Features, Scalar>(read_file(path, limit), path.string(), classes);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
