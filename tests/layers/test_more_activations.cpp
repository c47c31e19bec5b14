// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_more_activations
#include "../golden/compare.hpp"
#include "../golden/fast_tanh.hpp"
#include "../laws.hpp"

using namespace inlay;

template <class... Activations>
void laws_of() {
    (laws::obeys_laws_of_elements<network<input<37>, Activations>>(), ...);
    (laws::same_at_compile_time<network<input<3>, Activations>>(), ...);
    (laws::nan_reaches_the_output<network<input<5>, Activations>>(), ...);
}

BOOST_AUTO_TEST_CASE(laws_smooth) { laws_of<softsign, selu, celu<0.5>, mish, log_sigmoid, fast_tanh>(); }
BOOST_AUTO_TEST_CASE(laws_with_kinks) { laws_of<clamp<-0.5, 0.75>, relu6, hard_swish>(); }

template <class Activation>
float at(float x) {
    const network<input<1>, Activation> net;
    return net({x})[0];
}

BOOST_AUTO_TEST_CASE(values_at_the_limits) {
    const float inf = std::numeric_limits<float>::infinity();
    BOOST_TEST(at<relu6>(7) == 6.0f);
    BOOST_TEST((at<clamp<-0.5, 0.75>>(inf) == 0.75f && at<clamp<-0.5, 0.75>>(-inf) == -0.5f));
    BOOST_TEST((at<hard_swish>(-3) == 0.0f && at<hard_swish>(3) == 3.0f && at<hard_swish>(inf) == inf));
    BOOST_TEST((at<mish>(inf) == inf && at<log_sigmoid>(inf) == 0.0f && at<log_sigmoid>(-inf) == -inf));
    BOOST_TEST((at<celu<0.5>>(-inf) == -0.5f && at<selu>(inf) == inf));
}

BOOST_AUTO_TEST_CASE(fast_tanh_as_in_neural_amp_modeler) {
    golden::compare<network<input<21>, fast_tanh>, 2>(golden::fast_tanh::alone::all);
    for (float x = -5; x <= 5; x += 0.01f) BOOST_TEST_REQUIRE(std::abs(at<fast_tanh>(x) - std::tanh(x)) < 0.0011f);
    BOOST_TEST(std::abs(at<fast_tanh>(std::numeric_limits<float>::infinity()) - 1.0080815f) < 1e-6f);
    BOOST_TEST(at<fast_tanh>(-3e38f) == -at<fast_tanh>(3e38f));
}
