// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE shape
#include <boost/test/unit_test.hpp>

#include <inlay/core/decimal.hpp>
#include <inlay/core/shape.hpp>
#include <inlay/core/text.hpp>

#include <string>

using namespace inlay;

BOOST_AUTO_TEST_CASE(shapes) {
    static_assert(shape<7>::rank == 1 && shape<7>::size == 7 && shape<7>::last == 7);
    static_assert(shape<5, 3>::rank == 2 && shape<5, 3>::size == 15 && shape<5, 3>::last == 3);
    static_assert(shape<4, 5, 3>::rank == 3 && shape<4, 5, 3>::size == 60 && shape<4, 5, 3>::extent(1) == 5);
    static_assert(is_shape<shape<1>> && !is_shape<int>);
    static_assert(shape<1>{} == shape<1>{});
    BOOST_TEST((shape<4, 5, 3>::extent(2)) == 3u);
}

BOOST_AUTO_TEST_CASE(decimals) {
    static_assert(decimal(0.2).billionths == 200000000 && decimal(-0.01).billionths == -10000000);
    static_assert(decimal(0.1).as<double>() == 0.1 && decimal(0.1).as<float>() == 0.1f);
    static_assert(decimal(0.044715).as<double>() == 0.044715 && decimal(1).as<float>() == 1.0f);
    BOOST_TEST(decimal(1e-9).billionths == 1);
}

BOOST_AUTO_TEST_CASE(labels) {
    label path;
    path += size_t{0};
    path += ".";
    path += size_t{1203};
    path += ".weight";
    BOOST_TEST(path.view() == "0.1203.weight");
    BOOST_TEST((path == "0.1203.weight"));
    // At run time a text that is too long is cut; at compile time it is an error (compile_fail/a_path_too_long).
    label cut(std::string(label::capacity, 'a'));
    BOOST_TEST(cut.view().size() == label::capacity);
    cut += "b";
    BOOST_TEST(cut.view() == std::string(label::capacity, 'a'));
    static_assert(fixed_text("hidden").view() == "hidden");
}
