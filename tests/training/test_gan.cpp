// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A GAN step: the gradient of one net's input drives another. Against PyTorch (1e-12, double), against finite differences,
// and with a layer that counts what is computed.
#define BOOST_TEST_MODULE training_gan
#include "../golden/gan.hpp"
#include "../laws.hpp"

using namespace inlay;
namespace torch = golden::gan;

namespace {

template <class T>
using generator = basic_network<T, input<2>, dense<5>, inlay::tanh, dense<2>>;
template <class T>
using discriminator = basic_network<T, input<2>, dense<6>, leaky_relu<0.2>, dense<1>>;
constexpr adam rule{.learning_rate = 0.01, .beta1 = 0.5};

template <class T>
using points = std::array<std::array<T, 2>, 4>;
template <class T>
constexpr std::array<std::array<T, 1>, 4> ones{{{1}, {1}, {1}, {1}}};
template <class T>
constexpr std::array<std::array<T, 1>, 4> zeros{};

template <class T>
points<T> given(std::span<const double> values) {
    points<T> all{};
    for (size_t i = 0; i < 8; ++i) all[i / 2][i % 2] = static_cast<T>(values[i]);
    return all;
}
template <class Net>
Net started(std::span<const double> values) {
    Net net;
    std::array<typename Net::scalar_type, Net::parameter_count> all{};
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<typename Net::scalar_type>(values[i]);
    net.assign(all);
    return net;
}
template <class Values>
void close(const std::string& what, const Values& own, std::span<const double> expected, double tolerance) {
    std::vector<double> flat;
    const auto add = [&](const auto& self, const auto& value) -> void {
        if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value)>>)
            flat.push_back(static_cast<double>(value));
        else
            for (const auto& one : value) self(self, one);
    };
    add(add, own);
    laws::check_close<double>(what, flat, expected, tolerance);
}

template <class T>
void like_torch(double tolerance) {
    auto g = started<generator<T>>(torch::generator);
    auto d = started<discriminator<T>>(torch::discriminator);
    trainer<generator<T>, no_loss, adam, batch<4>> train_g(g, rule);
    trainer<discriminator<T>, binary_cross_entropy_with_logits, adam, batch<4>> train_d(d, rule);
    const points<T> noise = given<T>(torch::noise), real = given<T>(torch::real);
    points<T> fake{}, pull{};
    std::vector<T> losses;
    for (int step = 0; step < 3; ++step) {
        train_g.forward(noise, fake);
        train_d.accumulate(real, ones<T>);
        train_d.accumulate(fake, zeros<T>);
        const auto gradients_d = train_d.gradients().canonical();
        train_d.update();
        losses.push_back(train_d.input_gradient(fake, ones<T>, pull));
        train_g.backward(pull);
        if (step == 0) {
            close("fake", fake, torch::fake, tolerance);
            close("the discriminator's gradients", gradients_d, torch::discriminator_gradients, tolerance);
            close("the gradient of its input", pull, torch::fake_gradients, tolerance);
            close("the generator's gradients", train_g.gradients().canonical(), torch::generator_gradients, tolerance);
        }
        train_g.update();
    }
    close("losses", losses, torch::losses, tolerance);
    close("the generator", g.canonical(), torch::generator_after, tolerance);
    close("the discriminator", d.canonical(), torch::discriminator_after, tolerance);
}

} // namespace

BOOST_AUTO_TEST_CASE(three_steps_are_torchs) {
    like_torch<double>(1e-12);
    like_torch<float>(1e-4); // Adam's first steps are ±rate, whatever the size of a gradient
}

// Through both nets, in training mode with dropout in the discriminator, whose draws are the same in every run.
BOOST_AUTO_TEST_CASE(the_generators_gradient_is_the_derivative) {
    using dropping = basic_network<double, input<2>, dense<6>, silu, dropout<0.5>, dense<1>>;
    auto g = started<generator<double>>(torch::generator);
    dropping d;
    initialize(d, seed{4});
    const points<double> noise = given<double>(torch::noise);
    points<double> fake{}, pull{};
    std::array<double, generator<double>::parameter_count> exact{};
    const auto loss = [&] {
        trainer<generator<double>, no_loss, sgd, batch<4>> train_g(g);
        trainer<dropping, binary_cross_entropy_with_logits, sgd, batch<4>> train_d(d, {}, {}, seed{5});
        train_g.forward(noise, fake);
        const double value = train_d.input_gradient(fake, ones<double>, pull);
        train_g.backward(pull);
        exact = train_g.gradients().canonical();
        return value;
    };
    loss();
    const auto gradient = exact;
    std::vector<double> measured;
    constexpr double h = 1e-5;
    const auto start = g.canonical();
    for (size_t i = 0; i < start.size(); ++i) {
        auto beside = start;
        beside[i] = start[i] + h;
        g.assign(beside);
        const double above = loss();
        beside[i] = start[i] - h;
        g.assign(beside);
        measured.push_back((above - loss()) / (2 * h));
    }
    laws::check_close<double>("the generator's gradient", gradient, measured, 1e-8);
}

// ---- no gradient of a parameter is computed ---------------------------------------------------------------------------

namespace {

int forwards = 0, parameter_gradients = 0, input_gradients = 0;

/// y = a·x, which counts.
struct counting {
    static constexpr auto name = "counting";
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    struct on : layer_on<Scalar, In, In> {
        static constexpr std::array tensors{tensor_spec::of("weight", In::size).as(tensor_role::scale).starting_at(1)};

        template <class Context, class Call>
        static void forward(const Call& call) {
            ++forwards;
            for (size_t n = 0; n < Context::batch * In::size; ++n)
                call.output[n] = call.parameters[0][n % In::size] * call.input[n];
        }
        template <class Context, class Call>
        static void backward(const Call& call) {
            if constexpr (Context::gradients::trainable(0)) {
                ++parameter_gradients;
                for (size_t n = 0; n < Context::batch * In::size; ++n)
                    call.gradients[0][n % In::size] += call.output_gradient[n] * call.input[n];
            }
            if constexpr (Context::input_gradient) {
                ++input_gradients;
                for (size_t n = 0; n < Context::batch * In::size; ++n)
                    call.input_gradient[n] = call.parameters[0][n % In::size] * call.output_gradient[n];
            }
        }
    };
};

// Alone, and in every composite.
using counted =
    network<input<3>, counting, residual<dense<3>, counting>, parallel<counting, sequential<dense<2>, counting>>,
            frozen<sequential<counting, counting>, "0.weight">, dense<1>>;
constexpr int layers = 6, first_frozen = 1;

} // namespace

BOOST_AUTO_TEST_CASE(input_gradient_computes_none_of_parameters) {
    counted net;
    initialize(net, seed{1});
    trainer<counted, binary_cross_entropy_with_logits, adam, batch<2>> train(net);
    const std::array<std::array<float, 3>, 2> x{{{1, 2, 3}, {-1, 0.5f, 2}}};
    const std::array<std::array<float, 1>, 2> one{{{1}, {1}}};
    std::array<std::array<float, 3>, 2> dx{}, other{};

    parameter_gradients = input_gradients = 0;
    train.accumulate(x, one);
    BOOST_TEST(parameter_gradients == layers - first_frozen); // it can count
    const auto gradients = train.gradients().canonical();
    const auto parameters = net.canonical();

    forwards = parameter_gradients = input_gradients = 0;
    train.input_gradient(x, one, dx);
    BOOST_TEST(forwards == layers);
    BOOST_TEST(input_gradients == layers);
    BOOST_TEST(parameter_gradients == 0);
    laws::check_same_bits<float>("the gradients at hand", gradients, train.gradients().canonical());

    std::array<std::array<float, 1>, 2> y{}, dy{{{0.5f}, {-1}}};
    train.forward(x, y);
    train.input_gradient(dy, dx);
    (void)input_gradient(net, x[0], {1});
    BOOST_TEST(parameter_gradients == 0);
    laws::check_same_bits<float>("the gradients at hand", gradients, train.gradients().canonical());
    laws::check_same_bits<float>("the parameters", parameters, net.canonical());

    // What comes out is what backward gives beside the parameters' gradients.
    train.backward(dy, other);
    BOOST_TEST(parameter_gradients == layers - first_frozen);
    for (size_t n = 0; n < 2; ++n) laws::check_same_bits<float>("the input's gradient", dx[n], other[n]);
}
