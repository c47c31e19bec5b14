// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Normalisations that disappear into the layer before them.
#define BOOST_TEST_MODULE network_folded
#include "../laws.hpp"

using namespace inlay;

namespace {

/// The folded network is `Wanted`, and gives the same in inference: to 1e-6 of the outputs' norm in float.
template <class Net, class Wanted>
void folds_into() {
    static_assert(std::is_same_v<folded<Net>, Wanted>);
    static_assert(std::is_same_v<folded<Wanted>, Wanted>); // nothing is left to fold
    const auto compare = []<class Typed>(std::type_identity<Typed>, double tolerance) {
        using T = typename Typed::scalar_type;
        random_generator random(seed{21});
        Typed net;
        laws::draw_parameters(net, random);
        const folded<Typed> small = fold(net);
        std::vector<T> a, b;
        for (int sample = 0; sample < 10; ++sample) {
            typename Typed::input_type x;
            laws::draw<T>(x, random, T(-2), T(2));
            for (const T y : net(x)) a.push_back(y);
            for (const T y : small(x)) b.push_back(y);
        }
        laws::check_close<T>("a network and its folded form", a, b, tolerance);
    };
    compare(std::type_identity<Net>{}, 1e-6);
    compare(std::type_identity<typename Net::template with_scalar<double>>{}, 1e-14);
}

} // namespace

BOOST_AUTO_TEST_CASE(after_dense) {
    folds_into<network<input<6>, dense<35>, batch_norm<>, relu, dense<2>>, network<input<6>, dense<35>, relu, dense<2>>>();
    folds_into<network<input<6>, dense_without_bias<6, 4>, batch_norm<0.1, 0.1, false>>, network<input<6>, dense<6, 4>>>();
    folds_into<network<input<3, 2>, dense<4>, batch_norm<>, gru<2>>, network<input<3, 2>, dense<4>, gru<2>>>(); // every step
}
BOOST_AUTO_TEST_CASE(after_conv2d) {
    folds_into<network<input<5, 4, 2>, conv2d<3, 3, 1, 1>, batch_norm<>, sigmoid>, // the border of zeros stays one
               network<input<5, 4, 2>, conv2d<3, 3, 1, 1>, sigmoid>>();
}
BOOST_AUTO_TEST_CASE(after_causal_conv1d) {
    folds_into<network<input<6, 2>, causal_conv1d_without_bias<3, 2, 2>, batch_norm<>, relu>,
               network<input<6, 2>, causal_conv1d<3, 2, 2>, relu>>();
}
BOOST_AUTO_TEST_CASE(several) {
    folds_into<network<input<6>, dense<4>, batch_norm<>, batch_norm<0.1>, dense<3>, batch_norm<>>,
               network<input<6>, dense<4>, dense<3>>>();
}

BOOST_AUTO_TEST_CASE(what_follows_something_else_stays) {
    using first = network<input<4>, batch_norm<>, dense<3>, inlay::tanh, batch_norm<>>;
    folds_into<first, first>();
    using others = network<input<3, 4>, residual<dense<4>>, batch_norm<>, gru<3>, batch_norm<>, flatten, batch_norm<>>;
    folds_into<others, others>();
    using sides = network<input<4>, parallel<dense<2>, dense<1>>, batch_norm<>>;
    folds_into<sides, sides>();
}

BOOST_AUTO_TEST_CASE(within_lists) {
    folds_into<network<input<4>, residual<dense<5>, batch_norm<>, relu, dense<4>, batch_norm<>>,
                       parallel<batch_norm<>, sequential<dense<2>, batch_norm<>>, dense<3>>>,
               network<input<4>, residual<dense<5>, relu, dense<4>>, parallel<batch_norm<>, sequential<dense<2>>, dense<3>>>>();
    folds_into<network<input<3, 2>, reversed<dense<4>, batch_norm<>, gru<2>>, batch_norm<>>,
               network<input<3, 2>, reversed<dense<4>, gru<2>>, batch_norm<>>>();
    // What a list gives is what its last layer gives.
    folds_into<network<input<4>, sequential<relu, sequential<dense_without_bias<5>>>, batch_norm<>, dense<2>>,
               network<input<4>, sequential<relu, sequential<dense<5>>>, dense<2>>>();
    folds_into<network<input<4>, sequential<dense<5>, batch_norm<>>, batch_norm<>>, network<input<4>, sequential<dense<5>>>>();
}

BOOST_AUTO_TEST_CASE(names_and_freezing) {
    folds_into<network<input<4>, named<"h", dense_without_bias<3>>, named<"n", frozen<batch_norm<>>>, named<"o", dense<2>>>,
               network<input<4>, named<"h", dense<3>>, named<"o", dense<2>>>>();
    folds_into<network<input<4>, frozen<dense<3>, "weight">, batch_norm<>, named<"l", frozen<sequential<dense<2>, batch_norm<>>>>>,
               network<input<4>, frozen<dense<3>, "weight">, named<"l", frozen<sequential<dense<2>>>>>>();
    // Its names would be those of other tensors.
    using list = network<input<4>, frozen<sequential<dense<3>, batch_norm<>, dense<2>>, "2.weight">>;
    folds_into<list, list>();
}

BOOST_AUTO_TEST_CASE(weights_are_those_of_the_formula) {
    using net_type = network<input<2>, dense_without_bias<1>, batch_norm<1e-5>>;
    net_type net;
    net.parameter<"0.weight">() = {2.0f, -4.0f};
    net.parameter<"1.weight">() = {3.0f};
    net.parameter<"1.bias">() = {0.5f};
    net.parameter<"1.running_mean">() = {7.0f};
    net.parameter<"1.running_var">() = {4.0f - 1e-5f};
    const auto small = fold(net);
    BOOST_TEST(small.parameter<"0.weight">()(0, 0) == 3.0f, boost::test_tools::tolerance(1e-6f));
    BOOST_TEST(small.parameter<"0.weight">()(0, 1) == -6.0f, boost::test_tools::tolerance(1e-6f));
    BOOST_TEST(small.parameter<"0.bias">()(0) == 0.5f - 7 * 1.5f, boost::test_tools::tolerance(1e-6f));
}

BOOST_AUTO_TEST_CASE(the_compiler_folds) {
    static constexpr auto small = [] {
        network<input<3>, dense<2>, batch_norm<>> net;
        random_generator random(seed{4});
        laws::draw_parameters(net, random);
        return fold(net);
    }();
    network<input<3>, dense<2>, batch_norm<>> net;
    random_generator random(laws::at_run_time(4));
    laws::draw_parameters(net, random);
    laws::check_same_bits<float>("folded at compile time", small.canonical(), fold(net).canonical());
}

namespace {

/// A user's layer: y = 2x + 1.
struct twice_plus_one {
    static constexpr auto name = "twice_plus_one";
    static constexpr bool scales_channels = true;
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    struct on : layer_on<Scalar, In, In> {
        static constexpr void scale_and_shift(const std::array<const Scalar*, 0>&, double* scale, double* shift) {
            for (size_t c = 0; c < In::last; ++c) scale[c] = 2, shift[c] = 1;
        }
        template <class Context, class Call>
        static constexpr void forward(const Call& call) {
            for (size_t i = 0; i < Context::batch * In::size; ++i)
                call.output[i] = math::fma(Scalar(2), call.input[i], Scalar(1));
        }
        template <class Context, class Call>
        static constexpr void backward(const Call&) {}
    };
};

} // namespace

BOOST_AUTO_TEST_CASE(a_layer_of_ones_own) {
    folds_into<network<input<4>, dense<3>, twice_plus_one, relu, twice_plus_one>,
               network<input<4>, dense<3>, relu, twice_plus_one>>();
}
