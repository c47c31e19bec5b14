// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_rms_norm
#include "../golden/compare.hpp"
#include "../golden/rms_norm.hpp"
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_alone) { laws::obeys_laws<network<input<3, 19>, rms_norm<>>>(); }
BOOST_AUTO_TEST_CASE(laws_between_layers) { // after an activation whose slope it applies, before one that it applies
    laws::obeys_laws_briefly<network<input<4, 2>, dense<17>, inlay::tanh, rms_norm<0.01>, sigmoid, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2, 3>, rms_norm<1e-5>>, 2>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<2, 3>, rms_norm<1e-5>>>(); }

BOOST_AUTO_TEST_CASE(as_torch) {
    namespace torch = golden::rms_norm;
    golden::compare<network<input<5, 7>, rms_norm<1e-5>>, 2>(torch::of_sequences::all);
    golden::compare<network<input<18>, rms_norm<0.1, false>>, 3>(torch::of_vectors::all);
}

template <class T>
void epsilon_of_0_is_the_scalars() {
    const basic_network<T, input<2>, rms_norm<0, false>> net;
    const double tiny = 1e-6, root = std::sqrt(tiny * tiny + static_cast<double>(std::numeric_limits<T>::epsilon()));
    BOOST_TEST(std::abs(static_cast<double>(net({static_cast<T>(tiny), static_cast<T>(-tiny)})[0]) * root / tiny - 1) < 1e-6);
}
BOOST_AUTO_TEST_CASE(machine_epsilon) {
    epsilon_of_0_is_the_scalars<float>();
    epsilon_of_0_is_the_scalars<double>();
}
