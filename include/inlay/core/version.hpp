// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

namespace inlay {

/// The library's version, that of meson.build.
inline constexpr char version[] = "0.1.0";

} // namespace inlay
