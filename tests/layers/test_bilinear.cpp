// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_bilinear
#include "../golden/bilinear.hpp"
#include "../golden/compare.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_vectors) { laws::obeys_laws_briefly<network<input<8>, bilinear<3, 5, 7>, inlay::tanh>>(); }
BOOST_AUTO_TEST_CASE(other_extents) {
    laws::fits_registers<network<input<2, 18>, bilinear<1, 17, 2>>>();
    laws::fits_registers<network<input<18>, bilinear<17, 1, 33>>>();
}
BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<8>, bilinear<3, 5, 7>>, 2>(golden::bilinear::vectors::all);
    golden::compare<network<input<3, 5>, bilinear<4, 1, 2>>, 2>(golden::bilinear::sequence::all);
}
BOOST_AUTO_TEST_CASE(of_a_kept_value) { // x₁ is what arrives, x₂ the value
    laws::obeys_laws_briefly<network<input<3>, keep<"x">, dense<2>, concat<"x">, bilinear<2, 3, 4>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<5>, bilinear<2, 3, 4>>>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<5>, bilinear<2, 3, 4>>>(); }
