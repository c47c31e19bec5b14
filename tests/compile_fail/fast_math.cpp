// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: inlay: results are wrong with -ffast-math
// flags: -ffast-math
#include <inlay/inlay.hpp>
