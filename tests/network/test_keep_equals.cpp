// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What is kept and used later is what residual and parallel compute, to the last bit, whatever layer is between. See
// nesting.hpp.
#define BOOST_TEST_MODULE network_keep_equals
#include "nesting.hpp"

using namespace nesting;

namespace {

/// For layers that keep the shape: after a kept value, before it is used, and as a part; beside layers that work in place.
template <class In, class Mix, class X>
void kept_equals_nested(const std::string& name) {
    using kept = fine<In, Mix, inlay::tanh, keep<"a">, X, plus<"a">, keep<"b">, sigmoid, X, plus<"b">, keep<"c">, X,
                      concat<"c", X, Mix>>;
    using nested = fine<In, Mix, inlay::tanh, residual<X>, residual<sigmoid, X>, parallel<X, sequential<X, Mix>>>;
    same(name, run<kept>(), run<nested>());
}

} // namespace

BOOST_AUTO_TEST_CASE(a_part_is_a_list_on_the_kept_value) {
    using part = fine<sequence, dense<4>, keep<"a">, dense<4>, plus<"a", gru<4>>>;
    using list = fine<sequence, dense<4>, keep<"a">, dense<4>, keep<"b">, take<"a">, gru<4>, plus<"b">>;
    same("a part", run<part>(), run<list>());
}
BOOST_AUTO_TEST_CASE(element_wise_layers) {
    kept_equals_nested<vector, dense<5>, inlay::tanh>("tanh");
    kept_equals_nested<vector, dense<5>, gelu>("gelu");
    kept_equals_nested<vector, dense<5>, dropout<0.3>>("dropout");
}
BOOST_AUTO_TEST_CASE(layers_with_parameters) {
    kept_equals_nested<vector, dense<5>, frozen<dense<5>, "weight">>("dense with a frozen weight");
    kept_equals_nested<sequence, dense<4>, gru<4>>("gru");
}
BOOST_AUTO_TEST_CASE(a_list_that_keeps_a_value_itself) {
    kept_equals_nested<vector, dense<5>, sequential<keep<"a">, inlay::tanh, plus<"a", dense<5>>>>(
        "a list that keeps a value of the same name");
}
