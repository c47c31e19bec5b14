// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_glu
#include "../golden/compare.hpp"
#include "../golden/dense_side.hpp"

using namespace inlay;
namespace torch = golden::dense_side;

BOOST_AUTO_TEST_CASE(laws_of_glu) { laws::obeys_laws_briefly<network<input<3, 5>, dense<38>, glu, inlay::tanh>>(); }
BOOST_AUTO_TEST_CASE(other_gates) {
    laws::fits_registers<network<input<2, 2, 6>, swiglu>>();
    laws::fits_registers<network<input<34>, geglu>>();
    laws::fits_registers<network<input<2>, reglu>>();
}
BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<3, 10>, glu>, 2>(torch::glu::all);
    golden::compare<network<input<10>, reglu>, 2>(torch::reglu::all);
    golden::compare<network<input<10>, geglu>, 2>(torch::geglu::all);
    golden::compare<network<input<10>, swiglu>, 2>(torch::swiglu::all);
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<4>, glu, swiglu>>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<4>, glu>>(); }
