// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What a function expects of its caller and only a running program can tell: counts, labels, rates.
//
//     INLAY_EXPECTS(rows <= batch_size, "inlay: a step takes at most batch_size samples");
//
// As with assert, NDEBUG switches it off. Otherwise a condition that does not hold ends the program: where there is a
// standard error stream after one line of file, line and text on it, on a bare chip by a trap. In a constant expression
// it is an error of the compiler, with NDEBUG too. What happens instead under NDEBUG each function documents.
#pragma once

#include <inlay/core/config.hpp>

#if defined(__unix__) || defined(__APPLE__) || defined(_WIN32)
#include <cstdio> // the one header of the chip's folders that may: a bare chip does not come here
#include <cstdlib>
#define INLAY_HAS_STDERR 1
#else
#define INLAY_HAS_STDERR 0
#endif

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// Ends the program. Not constexpr: that is what stops a constant expression.
[[noreturn]] inline void expectation_failed([[maybe_unused]] const char* text, [[maybe_unused]] const char* file,
                                            [[maybe_unused]] int line) noexcept {
#if INLAY_HAS_STDERR
    std::fprintf(stderr, "%s:%d: %s\n", file, line, text);
    std::abort();
#else
    __builtin_trap();
#endif
}

/// Whether conditions are evaluated here.
#if defined(NDEBUG)
INLAY_INLINE constexpr bool checks_expectations() noexcept { return std::is_constant_evaluated(); }
#else
INLAY_INLINE constexpr bool checks_expectations() noexcept { return true; }
#endif

} // namespace inlay::inline INLAY_TARGET::detail

#define INLAY_EXPECTS(condition, text)                                                                                 \
    (!::inlay::detail::checks_expectations() || (condition)                                                            \
         ? static_cast<void>(0)                                                                                        \
         : ::inlay::detail::expectation_failed(text, __FILE__, __LINE__))

#include <inlay/core/macros_back.inc>
