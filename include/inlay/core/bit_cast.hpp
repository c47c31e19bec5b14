// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::math {

/// std::bit_cast, also where the library is older than the compiler: libc++ 13, which Emscripten 3.1 has, lacks it.
template <class To, class From>
[[nodiscard]] INLAY_INLINE constexpr To bit_cast(const From& from) noexcept {
    static_assert(sizeof(To) == sizeof(From) && std::is_trivially_copyable_v<From> && std::is_trivially_copyable_v<To>);
    return __builtin_bit_cast(To, from);
}

} // namespace inlay::inline INLAY_TARGET::math

#include <inlay/core/macros_back.inc>
