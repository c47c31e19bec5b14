// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#if __has_include(<unistd.h>)
#include <unistd.h> // isatty; the standard library includes it too
#elif __has_include(<io.h>)
#include <io.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

inline bool is_terminal([[maybe_unused]] int descriptor) noexcept {
#if __has_include(<unistd.h>)
    return descriptor >= 0 && isatty(descriptor) != 0;
#elif __has_include(<io.h>)
    return descriptor >= 0 && _isatty(descriptor) != 0;
#else
    return false;
#endif
}

// The system's header would bring some hundred macros (CTRL, ECHO's kin …) to everyone who includes this one.
#if defined(__linux__) || defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__)
#define INLAY_HAS_WINDOW_SIZE 1
#define INLAY_TEXT_OF(x) INLAY_TEXT_OF_EXPANDED(x)
#define INLAY_TEXT_OF_EXPANDED(x) #x
extern "C" int inlay_device_control(int descriptor, unsigned long request,
                                    ...) __asm__(INLAY_TEXT_OF(__USER_LABEL_PREFIX__) "ioctl");
#undef INLAY_TEXT_OF_EXPANDED
#undef INLAY_TEXT_OF
#else
#define INLAY_HAS_WINDOW_SIZE 0
#endif

/// Columns of the terminal behind `descriptor`: what the system says, or else COLUMNS in the environment, or else 80.
inline size_t terminal_columns([[maybe_unused]] int descriptor) noexcept {
#if INLAY_HAS_WINDOW_SIZE
#if defined(__linux__) && !defined(__mips__) && !defined(__powerpc__) && !defined(__sparc__) && !defined(__alpha__)
    constexpr unsigned long window_size = 0x5413; // TIOCGWINSZ
#else
    constexpr unsigned long window_size = 0x40087468;
#endif
    struct {
        unsigned short rows, columns, width, height;
    } size{};
    if (descriptor >= 0 && inlay_device_control(descriptor, window_size, &size) == 0 && size.columns > 0)
        return size.columns;
#endif
    const char* const told = std::getenv("COLUMNS");
    const long columns = told ? std::strtol(told, nullptr, 10) : 0;
    return columns > 0 && columns < 100'000 ? static_cast<size_t>(columns) : 80;
}

} // namespace detail

/// Shows how far a long computation is. On a terminal it redraws one line, at most some 20 times a second; elsewhere
/// (a file, a pipe, a CI log) it writes a plain line per tenth of the work and no more.
///
///     inlay::progress_bar bar{"training", epochs};
///     for (…) { …; bar.update(epoch + 1, "loss 0.123"); }
///     bar.finish();
///
///     training  42% ████████▍            00:13 elapsed, 00:18 left  loss 0.123
///
/// Problems with the stream are ignored: a full disk must not end a training.
class progress_bar {
  public:
    /// `total` steps of work called `title`. Only std::cout, std::cerr and std::clog can be terminals.
    explicit progress_bar(std::string title, std::uint64_t total, std::ostream& out = std::cerr)
        : progress_bar(std::move(title), total, out, detail::is_terminal(descriptor(out))) {}

    /// The same, told whether to redraw a line (`terminal`) or to write plain ones.
    progress_bar(std::string title, std::uint64_t total, std::ostream& out, bool terminal)
        : title_(printable(title)), total_(total), out_(out), terminal_(terminal) {}

    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;

    /// Ends the line if finish was not called, as when an exception passes.
    ~progress_bar() {
        if (terminal_ && drawn_ && !finished_) write("\n");
    }

    /// `done` of the steps are done (more than all counts as all); `note` stands at the line's end. Rarely draws.
    void update(std::uint64_t done, std::string_view note = {}) {
        if (finished_) return;
        done_ = std::min(done, total_);
        if (terminal_) {
            const clock::time_point now = clock::now();
            if (drawn_ && done_ != total_ && now - last_ < std::chrono::milliseconds(50)) {
                pending_ = true;
                note_ = note;
                return;
            }
            note_ = note;
            last_ = now;
            redraw();
        } else {
            note_ = note;
            const auto tenth = static_cast<int>(parts(10));
            pending_ = tenth <= tenth_;
            if (!pending_) {
                tenth_ = tenth;
                write_line();
            }
        }
    }

    /// Draws the last state, which need not be all of the work, and ends the line. Further calls do nothing.
    void finish() {
        if (finished_) return;
        finished_ = true;
        if (terminal_) {
            redraw();
            write("\n");
        } else if (pending_ || !drawn_) {
            write_line();
        }
    }

    /// Whether `out` is a terminal: std::cout, std::cerr and std::clog can be.
    [[nodiscard]] static bool on_terminal(const std::ostream& out) noexcept {
        return detail::is_terminal(descriptor(out));
    }
    /// 02:07, or 1:02:07 from one hour on.
    [[nodiscard]] static std::string duration(double seconds) {
        if (!(seconds < 1e9)) return "--:--"; // 30 years: the first step has hardly begun
        const auto whole = static_cast<std::uint64_t>(seconds);
        const auto two = [](std::uint64_t value) { return std::string(value < 10, '0') + std::to_string(value); };
        const std::string end = two(whole / 60 % 60) + ":" + two(whole % 60);
        return whole < 3600 ? end : std::to_string(whole / 3600) + ":" + end;
    }

  private:
    using clock = std::chrono::steady_clock;

    /// The file descriptor behind a standard stream, -1 behind any other.
    static int descriptor(const std::ostream& out) noexcept {
        return &out == &std::cout ? 1 : &out == &std::cerr || &out == &std::clog ? 2 : -1;
    }

    /// Columns of the terminal; a longer line would wrap, and then \r no longer reaches its beginning.
    size_t columns() const noexcept { return detail::terminal_columns(descriptor(out_)); }

    double share() const noexcept { return total_ == 0 ? 1 : static_cast<double>(done_) / static_cast<double>(total_); }

    /// How many of `count` equal parts of the work are done. The small term undoes rounding: 29 of 100 are 29 %.
    size_t parts(size_t count) const noexcept {
        return static_cast<size_t>(share() * static_cast<double>(count) + 1e-9_double);
    }

    static std::string printable(std::string_view text) {
        std::string line(text);
        std::replace_if(
            line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
        return line;
    }

    static bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

    static size_t width(std::string_view text) {
        return static_cast<size_t>(std::count_if(text.begin(), text.end(), starts_character));
    }

    /// The first `limit` UTF-8 characters.
    static std::string_view cut(std::string_view text, size_t limit) {
        size_t end = 0;
        while (end < text.size() && (limit > 0 || !starts_character(text[end]))) {
            if (starts_character(text[end])) --limit;
            ++end;
        }
        return text.substr(0, end);
    }

    std::string percent() const {
        const std::string digits = std::to_string(parts(100));
        return std::string(3 - std::min<size_t>(3, digits.size()), ' ') + digits + "%";
    }

    /// Elapsed time and, as if every step took the same, what is left.
    std::string times() const {
        const double elapsed = std::chrono::duration<double>(clock::now() - start_).count();
        const std::string left = done_ == total_ ? "00:00"
                                 : done_ == 0    ? "--:--"
                                                 : duration(elapsed * (1 / share() - 1));
        return duration(elapsed) + " elapsed, " + left + " left";
    }

    /// Past the stream's formatting (a width somebody left), and without its exceptions.
    void write(const std::string& text) {
        try {
            out_.write(text.data(), static_cast<std::streamsize>(text.size())).flush();
        } catch (const std::ios_base::failure&) { // on streams that are told to throw
        }
    }

    void redraw() {
        constexpr size_t bar_width = 20;
        constexpr const char* eighth[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
        const size_t eighths = parts(8 * bar_width);
        std::string bar;
        for (size_t i = 0; i < eighths / 8; ++i) bar += "█";
        bar += eighth[eighths % 8];
        bar += std::string(bar_width - width(bar), ' ');

        std::string line = title_ + " " + percent() + " " + bar + " " + times();
        if (!note_.empty()) line += "  " + printable(note_);
        const std::string_view shown = cut(line, columns() - 1);
        // Blanks over what a longer line left behind; escape sequences would do it too, but not on every terminal.
        const size_t now = width(shown);
        write('\r' + std::string(shown) + std::string(shown_ > now ? shown_ - now : 0, ' '));
        shown_ = now;
        drawn_ = true;
        pending_ = false;
    }

    void write_line() {
        std::string line = title_ + " " + percent() + "  " + times();
        if (!note_.empty()) line += "  " + printable(note_);
        write(line + '\n');
        drawn_ = true;
        pending_ = false;
    }

    std::string title_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
    std::ostream& out_;
    bool terminal_;
    bool drawn_ = false;   ///< something stands on the line
    bool pending_ = false; ///< the last state does not
    bool finished_ = false;
    int tenth_ = 0;
    size_t shown_ = 0; ///< characters on the terminal's line
    std::string note_;
    clock::time_point start_ = clock::now();
    clock::time_point last_{};
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
