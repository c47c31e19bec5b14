// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/config.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// The library's version, that of meson.build.
inline constexpr char version[] = "0.1.0";

/// The version of the arithmetic: the order of sums and the elementary functions. Networks with equal parameters give
/// equal bits under equal versions; an exported header asserts the one it was made with. A change that moves a bit of a
/// float32 result of any layer, loss or optimiser on any target raises it.
inline constexpr int bits_version = 1;

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
