// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a_path_is_longer_than_a_label_holds
#include <inlay/core/text.hpp>

#ifdef FIXED
#define REST
#else
#define REST "x"
#endif

// 95 characters are the most.
constexpr inlay::label path = "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345" REST;
