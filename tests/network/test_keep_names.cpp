// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Names of outer lists are found in lists inside: what they compute is what one flat list computes. See nesting.hpp.
#define BOOST_TEST_MODULE network_keep_names
#include "nesting.hpp"

using namespace nesting;

/// An outer list's values in lists inside.
BOOST_AUTO_TEST_CASE(names_are_found_across_lists) {
    using inner_reader = sequential<keep<"y">, plus<"x", dense<5>>, accumulate<"s">, plus<"y">>;
    using with_reader = fine<vector, keep<"x">, dense<5>, inlay::tanh, inner_reader, dense<5>, accumulate<"s", gelu>,
                             sigmoid, times<"x">, plus<"s">, dense<2>>;
    using deep = fine<vector, keep<"x">, dense<5>,
                      sequential<inlay::tanh, named<"inner", sequential<inner_reader>>,
                                 sequential<dense<5>, sequential<accumulate<"s", gelu>>>>,
                      sigmoid, times<"x">, plus<"s">, dense<2>>;
    using flat = fine<vector, keep<"x">, dense<5>, inlay::tanh, keep<"y">, plus<"x", dense<5>>, accumulate<"s">,
                      plus<"y">, dense<5>, accumulate<"s", gelu>, sigmoid, times<"x">, plus<"s">, dense<2>>;
    same("one list", run<with_reader>(), run<flat>());
    same("lists in lists", run<deep>(), run<flat>());
}
/// A name that is kept again inside hides the outer one there, and only there.
BOOST_AUTO_TEST_CASE(an_inner_name_hides_an_outer_one) {
    using hidden = fine<vector, dense<5>, keep<"x">, sequential<inlay::tanh, keep<"x">, dense<5>, residual<plus<"x">>>,
                        sigmoid, plus<"x">>;
    using renamed =
        fine<vector, dense<5>, keep<"x">, inlay::tanh, keep<"y">, dense<5>, residual<plus<"y">>, sigmoid, plus<"x">>;
    same("hidden", run<hidden>(), run<renamed>());
}
/// A sum is what plus adds up; it belongs to the innermost list that adds to it and reads it.
BOOST_AUTO_TEST_CASE(sums) {
    using sum = fine<vector, accumulate<"s", inlay::tanh>, dense<5>, accumulate<"s", dense<5>>, take<"s">>;
    using pluses = fine<vector, keep<"v">, dense<5>, keep<"w">, take<"v">, inlay::tanh, plus<"w", dense<5>>>;
    same("a sum", run<sum>(), run<pluses>());
    using twice = fine<vector, sequential<accumulate<"s">, dense<5>, plus<"s">>, inlay::tanh,
                       sequential<accumulate<"s">, dense<5>, plus<"s">>>;
    using renamed =
        fine<vector, accumulate<"s">, dense<5>, plus<"s">, inlay::tanh, accumulate<"t">, dense<5>, plus<"t">>;
    same("two sums of one name", run<twice>(), run<renamed>());
}
/// Nothing is read of what arrives at take: its gradient is 0.
BOOST_AUTO_TEST_CASE(what_is_dropped_has_no_gradient) {
    using dropped = fine<vector, keep<"x">, dense<5>, take<"x">, dense<2>>;
    const result found = run<dropped>();
    bool zero = true;
    for (size_t i = 0; i < 30; ++i) zero = zero && found.gradients[i] == 0;
    BOOST_TEST(zero);
    BOOST_TEST(found.gradients[30] != 0.0);
}
