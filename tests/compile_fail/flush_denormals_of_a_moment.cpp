// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: flush_denormals guard
// flags-of-both: -Werror=unused-result -Werror=unused-value
#include <inlay/inlay.hpp>

void callback() {
#ifdef FIXED
    const inlay::flush_denormals guard;
#else
    inlay::flush_denormals();
#endif
}
