// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE core_denormals
#include <boost/test/unit_test.hpp>

#include <inlay/core/denormals.hpp>

namespace {

/// A product that lies below the normal range, computed at run time.
float tiny() {
    volatile float a = 1e-30f, b = 1e-10f;
    return a * b;
}

} // namespace

BOOST_AUTO_TEST_CASE(subnormal_results_become_0_while_the_guard_lives) {
    BOOST_TEST(tiny() > 0.0f);
    {
        const inlay::flush_denormals guard;
#if defined(__SSE2__) || defined(__aarch64__)
        BOOST_TEST(tiny() == 0.0f);
#endif
        {
            const inlay::flush_denormals inner;
        }
#if defined(__SSE2__) || defined(__aarch64__)
        BOOST_TEST(tiny() == 0.0f); // guards nest
#endif
    }
    BOOST_TEST(tiny() > 0.0f);
}
