// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The activations as layers. golden/test_activations.cpp compares values with PyTorch's, core/test_math.cpp looks at the
// elementary functions.
#define BOOST_TEST_MODULE layers_activations
#include "../laws.hpp"

using namespace inlay;

template <class Activation>
void laws_of() {
    laws::obeys_laws_of_elements<network<input<37>, Activation>>();
}

BOOST_AUTO_TEST_CASE(laws_smooth) {
    laws_of<inlay::identity>();
    laws_of<inlay::sigmoid>();
    laws_of<inlay::tanh>();
    laws_of<elu<>>();
    laws_of<elu<0.25>>();
    laws_of<gelu>();
    laws_of<gelu_tanh>();
    laws_of<silu>();
    laws_of<softplus>();
}

BOOST_AUTO_TEST_CASE(laws_with_kinks) {
    laws_of<relu>();
    laws_of<leaky_relu<>>();
    laws_of<leaky_relu<0.3>>();
    laws_of<hard_sigmoid>();
    laws_of<hard_tanh>();
    laws_of<step>(); // has no gradient
}

template <class Activation, class T = float>
T at(std::type_identity_t<T> x) {
    const basic_network<T, input<1>, Activation> net;
    return net({x})[0];
}

BOOST_AUTO_TEST_CASE(step_values) {
    BOOST_TEST(at<step>(-1) == 0.0f);
    BOOST_TEST(at<step>(0) == 0.0f);
    BOOST_TEST(at<step>(1e-30f) == 1.0f);
}

/// The slope at x, by backward.
template <class Activation>
float slope_at(float x) {
    using net = network<input<1>, Activation>;
    workspace<net, 1> work;
    gradients<net> into;
    float dx = 9;
    work.forward(net{}, &x);
    work.output_gradients()[0] = 1;
    work.template backward<kernels::native, true>(net{}, &x, into, &dx);
    return dx;
}

BOOST_AUTO_TEST_CASE(slopes_at_kinks_are_torchs) {
    BOOST_TEST(slope_at<relu>(0) == 0.0f);
    BOOST_TEST(slope_at<leaky_relu<>>(0) == 0.01f);
    BOOST_TEST(slope_at<elu<>>(0) == 1.0f);
    BOOST_TEST(slope_at<hard_tanh>(1) == 0.0f);
    BOOST_TEST(slope_at<hard_tanh>(-1) == 0.0f);
    BOOST_TEST(slope_at<hard_sigmoid>(3) == 0.0f);
    BOOST_TEST(slope_at<hard_sigmoid>(-3) == 0.0f);
}

template <class T>
void limits() {
    const T inf = std::numeric_limits<T>::infinity();
    BOOST_TEST((at<inlay::sigmoid, T>(inf) == 1 && at<inlay::sigmoid, T>(-inf) == 0));
    BOOST_TEST((at<inlay::tanh, T>(inf) == 1 && at<inlay::tanh, T>(-inf) == -1));
    BOOST_TEST((at<relu, T>(inf) == inf && at<relu, T>(-inf) == 0));
    BOOST_TEST((at<leaky_relu<>, T>(inf) == inf && at<leaky_relu<>, T>(-inf) == -inf));
    BOOST_TEST((at<elu<>, T>(inf) == inf && at<elu<>, T>(-inf) == -1));
    BOOST_TEST((at<softplus, T>(inf) == inf && at<softplus, T>(-inf) == 0));
    BOOST_TEST((at<gelu, T>(inf) == inf && at<gelu_tanh, T>(inf) == inf && at<silu, T>(inf) == inf));
    BOOST_TEST((at<hard_sigmoid, T>(inf) == 1 && at<hard_sigmoid, T>(-inf) == 0));
    BOOST_TEST((at<hard_tanh, T>(inf) == 1 && at<hard_tanh, T>(-inf) == -1));
    BOOST_TEST((at<step, T>(inf) == 1 && at<step, T>(-inf) == 0));
}
BOOST_AUTO_TEST_CASE(infinities) {
    limits<float>();
    limits<double>();
}
