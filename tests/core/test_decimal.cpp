// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE decimal
#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

namespace {

using inlay::decimal, inlay::dropout, inlay::elu, inlay::operator""_double;

// A float is the shortest number that it stands for: so a literal means the same under -fsingle-precision-constant.
static_assert(decimal(0.2).billionths == 200000000 && decimal(0.2f).billionths == 200000000);
static_assert(decimal(-0.01f).billionths == -10000000 && decimal(0.044715f).billionths == 44715000);
static_assert(decimal(1.5f).billionths == 1500000000 && decimal(16777216.0f).billionths == 16777216000000000);
static_assert(decimal(1).billionths == 1000000000);
static_assert(std::is_same_v<dropout<0.2>, dropout<0.2f>>);
static_assert(std::is_same_v<elu<1>, elu<>>);

// Nor does a number in the library change its value.
static_assert(0.1_double == 1.0_double / 10 && sizeof(0.1_double) == 8);

} // namespace

BOOST_AUTO_TEST_CASE(a_decimal_comes_back) {
    BOOST_TEST(decimal(0.3).as<float>() == 0.3f);
    BOOST_TEST(decimal(0.3f).as<float>() == 0.3f);
    BOOST_TEST(decimal(-2.5).as<double>() == -2.5);
}
