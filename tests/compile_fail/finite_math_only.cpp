// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: inlay: results are wrong with -ffast-math, -Ofast or -ffinite-math-only
// flags: -ffinite-math-only
#include <inlay/inlay.hpp>
