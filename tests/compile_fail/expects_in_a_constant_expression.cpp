// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: expectation_failed
// expect-error: INLAY_EXPECTS\(label < 3, "inlay: a label is below 3"\)
#define NDEBUG // here it changes nothing
#include <inlay/core/expects.hpp>

constexpr int checked(int label) {
    INLAY_EXPECTS(label < 3, "inlay: a label is below 3");
    return label;
}
#ifdef FIXED
constexpr int label = checked(2);
#else
constexpr int label = checked(3);
#endif
