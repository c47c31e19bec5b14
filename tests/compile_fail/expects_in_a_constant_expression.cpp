// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: expectation_failed
// expect-error: INLAY_EXPECTS\(1 . 1 == 3, "inlay: a sum"\)
#define NDEBUG // here it changes nothing
#include <inlay/core/expects.hpp>

#ifdef FIXED
constexpr int one = (INLAY_EXPECTS(1 + 1 == 2, "inlay: a sum"), 1);
#else
constexpr int one = (INLAY_EXPECTS(1 + 1 == 3, "inlay: a sum"), 1);
#endif
