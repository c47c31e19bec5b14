// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Tables as people have them: a header, one of four separators, quotes, names of classes, missing values. Link with -lz.
#pragma once

#include <inlay/host/csv.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What becomes of a line with a missing value: a field that is empty, or one of `csv_options::missing_names`.
enum class missing_values {
    refuse, ///< an error that names line and column
    skip,   ///< the line is left out
    nan     ///< NaN, for fill_missing to fill from the training data
};

/// How a table is written, where it cannot be told from the text.
struct csv_options {
    /// Between fields: ',', ';', '\t' or ' ' (any number of blanks). 0: that of which the first line has most outside quotes.
    char separator = 0;
    /// Whether the first line has names. By default it has if none of its fields is a number or missing.
    std::optional<bool> header{};
    char decimal_point = '.'; ///< ',' in many tables with ';'
    char comment = 0;         ///< lines that begin with it are skipped, if it is not 0
    missing_values missing = missing_values::refuse;
    std::vector<std::string> missing_names{"NA", "N/A", "NaN", "nan", "null", "NULL", "?"};
};

/// Samples with classes that have names, and what the features are called.
template <size_t Features, class Scalar = float>
struct named_data_set : data_set<Features, Scalar> {
    std::vector<std::string> class_names; ///< label 0 is class_names[0]
    std::array<std::string, Features> feature_names;
};

/// Samples whose targets are numbers.
template <size_t Features, size_t Outputs, class Scalar = float>
struct number_data_set {
    std::vector<std::array<Scalar, Features>> inputs;
    std::vector<std::array<Scalar, Outputs>> targets;
    std::array<std::string, Features> feature_names;

    [[nodiscard]] size_t size() const noexcept { return inputs.size(); }
};

/// A table of texts, until one says what is a number and what a class:
///
///     csv_table penguins = read_table("penguins.csv", {.missing = missing_values::skip});
///     penguins.drop("id").one_hot("island");
///     const auto data = penguins.classes<7>("species");          // label column by name, or by index
///     const auto [x, y, names] = penguins.numbers<7, 1>({"body_mass_g"});
///
/// All errors are file_error with the line in the file, counted from 1.
class csv_table {
  public:
    /// Reads `text`; `name` stands in messages. Fields may be in double quotes, in which "" is one quote, and line ends and
    /// separators are text. Lines end in \n or \r\n; blank ones are skipped, as is a byte-order mark. Throws file_error for
    /// a line with another number of fields than the first, an open quote, two columns of one name, and no lines.
    csv_table(std::string_view text, std::string name, csv_options options = {})
        : file_(std::move(name)), options_(std::move(options)) {
        if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        if (options_.separator == 0) options_.separator = likely_separator(text);
        size_t line = 1;
        while (!text.empty()) {
            const size_t at = line;
            std::vector<std::string> fields;
            if (!next_line(text, line, fields)) continue;
            if (names_.empty()) {
                const bool header =
                    options_.header.value_or(std::none_of(fields.begin(), fields.end(), [&](const std::string& field) {
                        double value = 0;
                        return is_missing(field) || number(field, value) == detail::number_problem::none;
                    }));
                for (size_t i = 0; i < fields.size(); ++i) names_.push_back(header ? fields[i] : std::to_string(i));
                for (size_t i = 0; i < names_.size(); ++i)
                    for (size_t j = 0; j < i; ++j)
                        if (names_[i] == names_[j])
                            throw file_error(file_, at, "two columns are called " + detail::quote(names_[i]));
                if (header) continue;
            }
            if (fields.size() != names_.size())
                throw file_error(file_, at,
                                 "expected " + std::to_string(names_.size()) + " columns, found " +
                                     std::to_string(fields.size()));
            rows_.push_back({at, std::move(fields)});
        }
        if (rows_.empty()) throw file_error(file_, "expected lines of fields, found none");
        if (options_.missing == missing_values::nan) return;
        std::vector<row> complete;
        for (row& one : rows_) {
            const auto gap = std::find_if(one.fields.begin(), one.fields.end(),
                                          [&](const std::string& field) { return is_missing(field); });
            if (gap == one.fields.end()) complete.push_back(std::move(one));
            else if (options_.missing == missing_values::refuse) {
                const auto column = static_cast<size_t>(gap - one.fields.begin());
                throw file_error(
                    file_, one.line,
                    "column " + called(column) +
                        " is missing; missing_values::skip leaves such lines out, nan lets fill_missing fill them");
            }
        }
        rows_ = std::move(complete);
        if (rows_.empty()) throw file_error(file_, "every line has a missing value");
    }

    /// The names of the columns; "0", "1", … without a header.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
    /// The number of lines.
    [[nodiscard]] size_t size() const noexcept { return rows_.size(); }
    /// The fields of a column, as they are in the file.
    [[nodiscard]] std::vector<std::string> column(std::string_view name) const {
        const size_t at = index_of(name);
        std::vector<std::string> fields;
        for (const row& one : rows_) fields.push_back(one.fields[at]);
        return fields;
    }

    /// Removes a column.
    csv_table& drop(std::string_view name) {
        const auto at = static_cast<std::ptrdiff_t>(index_of(name));
        names_.erase(names_.begin() + at);
        for (row& one : rows_) one.fields.erase(one.fields.begin() + at);
        return *this;
    }
    /// Replaces a column by one per value it has, in alphabetical order, called name=value: 1 where the value stands, else 0.
    /// A missing value is 0 in all of them.
    csv_table& one_hot(std::string_view name) {
        const size_t at = index_of(name);
        const std::string called(name);
        const std::vector<std::string> values = values_of(at);
        for (const std::string& value : values) {
            names_.push_back(called + "=" + value);
            for (row& one : rows_) one.fields.push_back(one.fields[at] == value ? "1" : "0");
        }
        return drop(called);
    }

    /// The samples with the classes of column `label`; all other columns are features. Classes are the different texts, in
    /// alphabetical order, numbers by their size: labels 0 to n − 1 are themselves. `class_names` gives another order, or
    /// that of the training data, whose names a test file must have. Throws file_error for another number of features, a
    /// feature that is not a finite number, a missing label, and one that is none of `class_names`.
    template <size_t Features, std::floating_point Scalar = float>
    [[nodiscard]] named_data_set<Features, Scalar> classes(std::string_view label,
                                                           std::vector<std::string> class_names = {}) const {
        const size_t at = index_of(label);
        named_data_set<Features, Scalar> data;
        if (class_names.empty()) {
            class_names = values_of(at);
            std::sort(class_names.begin(), class_names.end(), [](const std::string& a, const std::string& b) {
                return whole_number(a) && whole_number(b) ? std::pair(a.size(), a) < std::pair(b.size(), b) : a < b;
            });
        }
        for (const row& one : rows_) {
            if (is_missing(one.fields[at])) throw file_error(file_, one.line, "the label is missing");
            const auto found = std::find(class_names.begin(), class_names.end(), one.fields[at]);
            if (found == class_names.end())
                throw file_error(file_, one.line, "the label " + detail::quote(one.fields[at]) + " is no class");
            data.labels.push_back(static_cast<size_t>(found - class_names.begin()));
        }
        data.class_names = std::move(class_names);
        take_features(data.inputs, data.feature_names, {at});
        return data;
    }
    /// The same by the column's index, counted from 0; −1 is the last.
    template <size_t Features, std::floating_point Scalar = float>
    [[nodiscard]] named_data_set<Features, Scalar> classes(int label = -1,
                                                           std::vector<std::string> class_names = {}) const {
        return classes<Features, Scalar>(names_[place_of(label)], std::move(class_names));
    }

    /// The samples with the numbers of the columns `targets`; all other columns are features. Throws as classes does.
    template <size_t Features, size_t Outputs, std::floating_point Scalar = float>
    [[nodiscard]] number_data_set<Features, Outputs, Scalar>
    numbers(const std::array<std::string_view, Outputs>& targets) const {
        number_data_set<Features, Outputs, Scalar> data;
        std::vector<size_t> at;
        for (const std::string_view one : targets) at.push_back(index_of(one));
        for (const row& one : rows_) {
            auto& numbers = data.targets.emplace_back();
            for (size_t i = 0; i < Outputs; ++i) {
                if (is_missing(one.fields[at[i]])) throw file_error(file_, one.line, "the target is missing");
                numbers[i] = finite<Scalar>(one, at[i]);
            }
        }
        take_features(data.inputs, data.feature_names, at);
        return data;
    }

  private:
    struct row {
        size_t line;
        std::vector<std::string> fields;
    };

    [[nodiscard]] std::string called(size_t column) const {
        return std::to_string(column + 1) +
               (names_[column] == std::to_string(column) ? "" : " (" + names_[column] + ")");
    }
    [[nodiscard]] size_t index_of(std::string_view name) const {
        const auto found = std::find(names_.begin(), names_.end(), name);
        if (found == names_.end()) {
            std::string there;
            for (const std::string& one : names_) there += (there.empty() ? "" : ", ") + one;
            throw file_error(file_, "there is no column " + detail::quote(name) + ", but " + there);
        }
        return static_cast<size_t>(found - names_.begin());
    }
    [[nodiscard]] size_t place_of(int index) const {
        const auto count = static_cast<std::ptrdiff_t>(names_.size());
        const std::ptrdiff_t place = index < 0 ? count + index : index;
        if (place < 0 || place >= count)
            throw file_error(file_, "there is no column " + std::to_string(index) + " of " + std::to_string(count));
        return static_cast<size_t>(place);
    }
    [[nodiscard]] bool is_missing(const std::string& field) const {
        return field.empty() || std::find(options_.missing_names.begin(), options_.missing_names.end(), field) !=
                                    options_.missing_names.end();
    }
    static bool whole_number(const std::string& text) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
               (text.size() == 1 || text.front() != '0');
    }
    template <class Scalar>
    detail::number_problem number(const std::string& field, Scalar& value) const {
        if (options_.decimal_point == '.') return detail::read_number(field, value);
        if (field.find('.') != field.npos) return detail::number_problem::not_a_number;
        std::string with_point = field;
        std::replace(with_point.begin(), with_point.end(), options_.decimal_point, '.');
        return detail::read_number(with_point, value);
    }
    template <class Scalar>
    Scalar finite(const row& from, size_t column) const {
        Scalar value = 0;
        const detail::number_problem problem = number(from.fields[column], value);
        if (problem != detail::number_problem::none)
            throw file_error(file_, from.line,
                             "column " + called(column) + ": " + detail::quote(from.fields[column]) +
                                 (problem == detail::number_problem::too_large
                                      ? " is too large for the number type"
                                      : " is not a finite number (drop the column, or one_hot it)"));
        return value;
    }
    [[nodiscard]] std::vector<std::string> values_of(size_t column) const {
        std::vector<std::string> values;
        for (const row& one : rows_)
            if (!is_missing(one.fields[column])) values.push_back(one.fields[column]);
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
        return values;
    }
    template <size_t Features, class Scalar>
    void take_features(std::vector<std::array<Scalar, Features>>& inputs, std::array<std::string, Features>& names,
                       const std::vector<size_t>& others) const {
        std::vector<size_t> features;
        for (size_t i = 0; i < names_.size(); ++i)
            if (std::find(others.begin(), others.end(), i) == others.end()) features.push_back(i);
        if (features.size() != Features)
            throw file_error(file_, "expected " + std::to_string(Features) + " features, found " +
                                        std::to_string(features.size()));
        for (size_t i = 0; i < Features; ++i) names[i] = names_[features[i]];
        inputs.reserve(rows_.size());
        for (const row& one : rows_) {
            auto& input = inputs.emplace_back();
            for (size_t i = 0; i < Features; ++i)
                input[i] = is_missing(one.fields[features[i]]) ? std::numeric_limits<Scalar>::quiet_NaN()
                                                               : finite<Scalar>(one, features[i]);
        }
    }

    /// That of , ; tab and blank which the first line has most; the first of them where there is none.
    [[nodiscard]] char likely_separator(std::string_view text) const {
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            if (!detail::trim_blanks(line).empty() && !(options_.comment && line.front() == options_.comment)) break;
            text.remove_prefix(std::min(line.size() + 1, text.size()));
        }
        char best = ',';
        std::ptrdiff_t most = 0;
        for (const char one : {',', ';', '\t', ' '}) {
            if (one == options_.decimal_point) continue;
            std::ptrdiff_t count = 0;
            bool quoted = false;
            for (const char c : text) {
                if (c == '"') quoted = !quoted;
                if (c == '\n' && !quoted) break;
                count += c == one && !quoted;
            }
            if (one == ' ' && most > 0) break; // blanks beside another separator are blanks
            if (count > most) best = one, most = count;
        }
        return best;
    }
    /// Takes a line off the text; false if there is nothing in it.
    bool next_line(std::string_view& text, size_t& line, std::vector<std::string>& fields) const {
        const size_t first = line;
        if (options_.comment && text.front() == options_.comment) {
            text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
            ++line;
            return false;
        }
        const char separator = options_.separator;
        const auto skip_blanks = [&] {
            while (!text.empty() && (text.front() == ' ' || (text.front() == '\t' && separator != '\t') ||
                                     (text.front() == '\r' && text.substr(0, 2) == "\r\n") || text == "\r"))
                text.remove_prefix(1);
        };
        bool ended = false;
        while (!ended) {
            skip_blanks();
            std::string field;
            const bool quoted = !text.empty() && text.front() == '"';
            if (quoted) {
                text.remove_prefix(1);
                for (;;) {
                    const size_t stop = text.find('"');
                    if (stop == text.npos) throw file_error(file_, first, "a quote is not closed");
                    field += text.substr(0, stop);
                    text.remove_prefix(stop + 1);
                    if (text.empty() || text.front() != '"') break;
                    field += '"';
                    text.remove_prefix(1);
                }
                line += static_cast<size_t>(std::count(field.begin(), field.end(), '\n'));
                skip_blanks();
                if (!text.empty() && text.front() != separator && text.front() != '\n' && separator != ' ')
                    throw file_error(file_, line, "text after a closing quote");
            } else {
                const char ends[] = {separator, '\n', 0};
                const size_t stop = std::min(text.find_first_of(ends), text.size());
                field = detail::trim_blanks(text.substr(0, stop));
                text.remove_prefix(stop);
                if (separator == ' ') skip_blanks();
            }
            ended = text.empty() || text.front() == '\n';
            if (ended && text.empty() && field.empty() && !quoted && fields.empty()) return false;
            if (!(separator == ' ' && ended && field.empty() && !quoted)) fields.push_back(std::move(field));
            if (!text.empty() && (ended || text.front() == separator)) text.remove_prefix(1);
        }
        ++line;
        return !(fields.empty() || (fields.size() == 1 && fields.front().empty()));
    }

    std::string file_;
    csv_options options_;
    std::vector<std::string> names_;
    std::vector<row> rows_;
};

/// Reads the table in the file at `path`, plain or gzip. The format and the errors are those of csv_table and read_file.
[[nodiscard]] inline csv_table read_table(const std::filesystem::path& path, csv_options options = {},
                                          size_t limit = default_file_limit) {
    return csv_table(read_file(path, limit), path.string(), std::move(options));
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
