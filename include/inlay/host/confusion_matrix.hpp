// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Counts how often class `actual` was taken for class `predicted`, and prints the counts as a table.
/// Shares of nothing (accuracy of no samples, precision of a class never predicted, …) are NaN, printed as "-".
template <size_t Classes>
class confusion_matrix {
    static_assert(Classes > 0, "a confusion matrix has at least one class");

  public:
    /// An empty matrix whose classes are called 0, 1, ….
    confusion_matrix() {
        for (size_t i = 0; i < Classes; ++i) names_[i] = std::to_string(i);
    }

    /// An empty matrix with the names (UTF-8) to print.
    explicit confusion_matrix(std::array<std::string, Classes> names) : names_(std::move(names)) {}

    /// Counts one sample. Throws std::invalid_argument, and counts nothing, for a class that is not below `Classes`.
    void add(size_t actual, size_t predicted) { ++counts_[check(actual, "actual")][check(predicted, "predicted")]; }

    /// Adds all counts of `other`.
    confusion_matrix& operator+=(const confusion_matrix& other) noexcept {
        for (size_t i = 0; i < Classes; ++i)
            for (size_t j = 0; j < Classes; ++j) counts_[i][j] += other.counts_[i][j];
        return *this;
    }

    /// How many samples of class `actual` were taken for class `predicted`. Throws std::invalid_argument as add does.
    [[nodiscard]] std::uint64_t count(size_t actual, size_t predicted) const {
        return counts_[check(actual, "actual")][check(predicted, "predicted")];
    }

    /// All counts, [actual][predicted].
    [[nodiscard]] const std::array<std::array<std::uint64_t, Classes>, Classes>& counts() const noexcept {
        return counts_;
    }

    /// The number of samples.
    [[nodiscard]] std::uint64_t total() const noexcept {
        std::uint64_t sum = 0;
        for (size_t i = 0; i < Classes; ++i) sum += row(i);
        return sum;
    }

    /// The share of samples whose class was found, 0 to 1.
    [[nodiscard]] double accuracy() const noexcept { return share(correct(), total()); }

    /// The share of samples predicted as `which` that are, 0 to 1. Throws std::invalid_argument as add does.
    [[nodiscard]] double precision(size_t which) const {
        return share(counts_[check(which, "class")][which], column(which));
    }

    /// The share of samples of `which` that were found, 0 to 1. Throws std::invalid_argument as add does.
    [[nodiscard]] double recall(size_t which) const { return share(counts_[check(which, "class")][which], row(which)); }

    /// Prints a row per actual and a column per predicted class, recall after each row, precision below each column,
    /// and the accuracy in the corner. The stream's own formatting neither matters nor changes.
    friend std::ostream& operator<<(std::ostream& out, const confusion_matrix& matrix) {
        std::vector<std::vector<std::string>> cells;
        cells.push_back({"actual \\ predicted"});
        cells.front().insert(cells.front().end(), matrix.names_.begin(), matrix.names_.end());
        cells.front().emplace_back("recall");
        for (size_t i = 0; i < Classes; ++i) {
            cells.push_back({matrix.names_[i]});
            for (const std::uint64_t count : matrix.counts_[i]) cells.back().push_back(std::to_string(count));
            cells.back().push_back(percent(matrix.counts_[i][i], matrix.row(i)));
        }
        cells.push_back({"precision"});
        for (size_t i = 0; i < Classes; ++i) cells.back().push_back(percent(matrix.counts_[i][i], matrix.column(i)));
        cells.back().push_back(percent(matrix.correct(), matrix.total()));

        std::string table;
        std::vector<size_t> widths(Classes + 2, 0);
        for (const auto& line : cells)
            for (size_t j = 0; j < line.size(); ++j) widths[j] = std::max(widths[j], width(line[j]));
        for (const auto& line : cells) {
            for (size_t j = 0; j < line.size(); ++j)
                table += std::string(widths[j] - width(line[j]) + (j == 0 ? 0 : 2), ' ') + line[j];
            table += '\n';
        }
        return out.write(table.data(), static_cast<std::streamsize>(table.size()));
    }

  private:
    static size_t check(size_t which, const char* role) {
        if (which >= Classes)
            throw std::invalid_argument("inlay: confusion_matrix: " + std::string(role) + " class " +
                                        std::to_string(which) + " of " + std::to_string(Classes));
        return which;
    }

    static double share(std::uint64_t part, std::uint64_t whole) noexcept {
        return whole == 0 ? std::numeric_limits<double>::quiet_NaN()
                          : static_cast<double>(part) / static_cast<double>(whole);
    }

    /// In percent with one place, to the nearest (half up); but 100.0% is said only of all, and 0.0% only of none.
    static std::string percent(std::uint64_t part, std::uint64_t whole) {
        if (whole == 0) return "-";
        const bool all = part == whole, none = part == 0;
        while (whole >> 53) part >>= 1, whole >>= 1; // so that 1000 times as much still fits
        std::uint64_t tenths = (part * 2000 + whole) / (2 * whole);
        if (all) tenths = 1000;
        else if (none) tenths = 0;
        else tenths = std::clamp<std::uint64_t>(tenths, 1, 999);
        return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
    }

    /// Columns on a terminal: UTF-8 characters, not bytes.
    static size_t width(std::string_view text) {
        return static_cast<size_t>(std::count_if(
            text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    }

    std::uint64_t correct() const noexcept {
        std::uint64_t sum = 0;
        for (size_t i = 0; i < Classes; ++i) sum += counts_[i][i];
        return sum;
    }

    std::uint64_t row(size_t which) const noexcept {
        std::uint64_t sum = 0;
        for (const std::uint64_t count : counts_[which]) sum += count;
        return sum;
    }

    std::uint64_t column(size_t which) const noexcept {
        std::uint64_t sum = 0;
        for (size_t i = 0; i < Classes; ++i) sum += counts_[i][which];
        return sum;
    }

    std::array<std::array<std::uint64_t, Classes>, Classes> counts_{};
    std::array<std::string, Classes> names_;
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
