// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Networks built to have each illness, and healthy ones; gradients of layers that are right and of one that is wrong.
#define BOOST_TEST_MODULE diagnose
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/diagnose.hpp>
#include <inlay/host/fit_options.hpp>
#include <inlay/host/scaling.hpp>
#include <inlay/inlay.hpp>

#include <array>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

using namespace inlay;

namespace {

template <size_t Features>
data_set<Features> some(size_t count, float deviation = 1, float mean = 0) {
    random_generator random{seed{3}};
    data_set<Features> data;
    for (size_t n = 0; n < count; ++n) {
        auto& x = data.inputs.emplace_back();
        for (float& value : x) value = random.normal(mean, deviation);
        data.labels.push_back(x[0] > mean);
    }
    return data;
}
template <class Network>
Network start() {
    Network net;
    initialize(net, seed{1});
    return net;
}
template <class Network, size_t Features>
diagnosis of(const Network& net, const data_set<Features>& data) {
    return diagnose(net, cross_entropy{}, data);
}
/// Nothing but that was found; where.
finding only(const diagnosis& found, illness kind) {
    BOOST_REQUIRE(found.findings.size() == 1u);
    BOOST_TEST((found.findings[0].kind == kind));
    return found.findings[0];
}
template <class Network>
void check_healthy(const Network& net, const data_set<Network::input_size>& data) {
    std::ostringstream said;
    const diagnosis found = of(net, data);
    said << found;
    BOOST_TEST(found.healthy(), said.str());
}

using sigmoids = network<input<8>, dense<16>, sigmoid, dense<16>, sigmoid, dense<16>, sigmoid, dense<16>, sigmoid,
                         dense<16>, sigmoid, dense<16>, sigmoid, dense<2>>;
using relus = network<input<8>, dense<16>, relu, dense<16>, relu, dense<16>, relu, dense<16>, relu, dense<16>, relu,
                      dense<16>, relu, dense<2>>;
using small = network<input<8>, dense<32>, relu, dense<2>>;
using bounded = network<input<8>, dense<32>, inlay::tanh, dense<2>>;

} // namespace

BOOST_AUTO_TEST_CASE(healthy_networks) {
    const auto data = some<8>(300);
    check_healthy(start<small>(), data);
    check_healthy(start<bounded>(), data);
    relus deep;
    initialize(deep, seed{1}, init::he_normal{});
    check_healthy(deep, data);
    check_healthy(start<network<input<8>, dense<16>, batch_norm<>, relu, dropout<0.3>, dense<2>>>(), data);
    check_healthy(start<network<input<4, 4, 3>, conv2d<8, window{2, 2}>, relu, flatten, dense<2>>>(), some<48>(100));
    check_healthy(start<network<input<6, 4>, gru<8>, last_step, dense<2>>>(), some<24>(100));
    check_healthy(start<network<input<8>, residual<dense<8>, relu>, dense<2>>>(), data);
    // After training too.
    small net = start<small>();
    trainer<small, cross_entropy, adam, batch<16>> trainer{net, {.learning_rate = 0.01}};
    random_generator random{seed{1}};
    fit(trainer, data.inputs, data.labels, 30, random);
    check_healthy(net, data);
}

BOOST_AUTO_TEST_CASE(unscaled_inputs) {
    const auto pixels = some<8>(100, 60, 120);
    BOOST_TEST(of(start<small>(), pixels).has(illness::unscaled_inputs));
    const auto found = of(start<small>(), pixels).findings.front();
    BOOST_TEST((found.figure > 100 && found.figure < 200));
    BOOST_TEST(contains(found.text, "standardize(train, test)"));
    BOOST_TEST(of(start<small>(), some<8>(100, 1e-4f)).has(illness::unscaled_inputs));
    using scaled = network<input<8>, normalization, dense<32>, relu, dense<2>>;
    scaled net = start<scaled>();
    BOOST_TEST(contains(of(net, pixels).findings.front().text, "adapt(net, train.inputs) measures"));
    adapt(net, pixels.inputs);
    check_healthy(net, pixels);
    // Many features that hardly ever are anything but 0, as at the rim of images.
    auto rim = some<8>(100);
    for (auto& x : rim.inputs) x[3] = x[4] = 0;
    rim.inputs[5][3] = 0.001f;
    check_healthy(start<small>(), rim);
    // Named values: only the inputs are judged.
    const auto kept = of(start<network<input<8>, keep<"x">, dense<8>, relu, plus<"x">, dense<2>>>(), pixels);
    BOOST_TEST(kept.has(illness::unscaled_inputs));
}

BOOST_AUTO_TEST_CASE(vanishing_and_exploding_gradients) {
    const auto data = some<8>(200);
    const finding vanish = only(of(start<sigmoids>(), data), illness::vanishing_gradients);
    BOOST_TEST((vanish.layer == 0u && vanish.figure < 1e-3 && vanish.figure > 0));
    BOOST_TEST(contains(vanish.text, "layer 0 (dense): gradients have "));
    relus large;
    initialize(large, seed{1}, init::normal{.deviation = 2});
    const diagnosis found = of(large, data);
    BOOST_TEST(found.has(illness::exploding_gradients));
    BOOST_TEST(!found.has(illness::vanishing_gradients));
}

BOOST_AUTO_TEST_CASE(dead_units) {
    small net = start<small>();
    for (size_t i = 0; i < 24; ++i) net.parameter<"0.bias">()[i] = -100;
    const diagnosis found = of(net, some<8>(200));
    const finding dead = only(found, illness::dead_units);
    BOOST_TEST((dead.layer == 1u && dead.figure == 0.75));
    BOOST_TEST(found.layers[1].dead == 0.75);
    BOOST_TEST(contains(dead.text, "layer 1 (relu): 75 % of its units are 0 for every sample"));
    // Of a convolution a channel is a unit.
    using image = network<input<4, 4, 1>, conv2d<4, window{2, 2}>, relu, flatten, dense<2>>;
    image other = start<image>();
    for (size_t c = 0; c < 2; ++c) other.parameter<"0.bias">()[c] = -100;
    const diagnosis channels = of(other, some<16>(100));
    BOOST_TEST(only(channels, illness::dead_units).figure == 0.5);
}

BOOST_AUTO_TEST_CASE(layers_inside_of_others) {
    const auto data = some<8>(200);
    // The same layers in a list of their own: the same figures.
    using nested = network<input<8>, sequential<dense<16>, relu, dense<16>>, inlay::tanh, dense<2>>;
    using flat = network<input<8>, dense<16>, relu, dense<16>, inlay::tanh, dense<2>>;
    nested net = start<nested>();
    flat other;
    other.assign(net.canonical());
    const diagnosis found = of(net, data), wanted = of(other, data);
    BOOST_REQUIRE((found.layers.size() == 3u && found.layers[0].inside.size() == 3u));
    for (size_t i = 0; i < 3; ++i) {
        const layer_statistics &a = found.layers[0].inside[i], &b = wanted.layers[i];
        BOOST_TEST(a.path == "0." + std::to_string(i));
        BOOST_TEST((a.name == b.name && a.mean == b.mean && a.gradient == b.gradient && a.weight == b.weight));
        BOOST_TEST(std::abs(a.weight_gradient - b.weight_gradient) <= 1e-6 * b.weight_gradient);
    }
    std::ostringstream table;
    table << found;
    BOOST_TEST(contains(table.str(), "\n0.1  relu "));

    // Illnesses in a branch, and in a branch of a branch.
    using branched = network<input<8>, dense<8>, residual<dense<8>, relu, dense<8>>,
                             parallel<sequential<dense<8>, relu>, identity, residual<dense<8>, inlay::tanh>>, dense<2>>;
    branched ill = start<branched>();
    check_healthy(ill, data);
    for (size_t i = 0; i < 6; ++i) ill.parameter<"1.0.bias">()[i] = -100;
    BOOST_TEST(contains(only(of(ill, data), illness::dead_units).text, "layer 1.1 (relu): 75 % of its units"));
    ill = start<branched>();
    for (size_t i = 0; i < 8; ++i) ill.parameter<"2.0.0.bias">()[i] = -100;
    const finding dead = only(of(ill, data), illness::dead_units);
    BOOST_TEST((dead.layer == 2u && contains(dead.text, "layer 2.0.1 (relu): 100 %")));
    ill = start<branched>();
    for (size_t i = 0; i < 64; ++i) ill.parameter<"2.2.0.weight">()[i] *= 300;
    const diagnosis saturated = of(ill, data);
    BOOST_TEST(saturated.has(illness::saturated_units));
    bool named_so = false;
    for (const finding& one : saturated.findings) named_so = named_so || contains(one.text, "layer 2.2.1 (tanh)");
    BOOST_TEST(named_so, saturated.findings.front().text);
    // The whole network in a list.
    using wrapped = network<input<8>, sequential<dense<16>, sigmoid, dense<16>, sigmoid, dense<16>, sigmoid, dense<16>,
                                                 sigmoid, dense<16>, sigmoid, dense<16>, sigmoid, dense<2>>>;
    BOOST_TEST(contains(only(of(start<wrapped>(), data), illness::vanishing_gradients).text, "layer 0.0 (dense)"));
}

BOOST_AUTO_TEST_CASE(as_a_callback) {
    const auto data = some<8>(100);
    small net = start<small>();
    for (size_t i = 0; i < 24; ++i) net.parameter<"0.bias">()[i] = -100;
    trainer<small, cross_entropy, sgd, batch<16>> trainer{net, {.learning_rate = 0.01}};
    random_generator random{seed{1}};
    std::ostringstream out;
    fit(trainer, data.inputs, data.labels,
        {.epochs = 7, .after_epoch = diagnose_every(3, net, cross_entropy{}, data.inputs, data.labels, out)}, random);
    std::string wanted;
    for (const char* epoch : {"1", "4", "7"})
        wanted += std::string("epoch ") + epoch + ": " + of(net, data).findings.front().text + "\n";
    BOOST_TEST(out.str() == wanted);
}

BOOST_AUTO_TEST_CASE(saturated_units) {
    bounded net = start<bounded>();
    for (size_t i = 0; i < 32 * 8; ++i) net.parameter<"0.weight">()[i] *= 100;
    const diagnosis found = of(net, some<8>(200));
    BOOST_TEST(found.has(illness::saturated_units));
    BOOST_TEST((found.findings[0].layer == 1u && found.layers[1].saturated > 0.9));
    // The probabilities that a network ends with may be certain.
    using probability = network<input<8>, dense<1>, sigmoid>;
    probability sure = start<probability>();
    sure.parameter<"0.bias">()[0] = 50;
    const auto data = some<8>(50);
    const std::vector<std::array<float, 1>> ones(50, {1.0f});
    BOOST_TEST(!diagnose(sure, mean_squared_error{}, data.inputs, ones).has(illness::saturated_units));
}

BOOST_AUTO_TEST_CASE(numbers_that_end) {
    small net = start<small>();
    net.parameter<"0.weight">()[0] = 3e38f;
    const diagnosis found = of(net, some<8>(50, 5));
    BOOST_TEST(found.has(illness::not_finite));
    BOOST_TEST(found.findings[0].layer == 0u);
}

BOOST_AUTO_TEST_CASE(figures) {
    // y = 2·x, loss mean (y − t)²: ∂/∂y = 2·(y − t) = 4·x for t = 0, ∂/∂w = mean 4·x²
    using line = network<input<1>, dense_without_bias<1>>;
    line net;
    net.parameter<"0.weight">() = {2.0f};
    const std::vector<line::input_type> x{{1}, {-1}, {3}, {-3}};
    const diagnosis found = diagnose(net, mean_squared_error{}, x, std::vector<line::output_type>(4));
    BOOST_TEST(std::abs(found.layers[0].deviation - 2 * std::sqrt(5.0)) < 1e-6);
    BOOST_TEST(std::abs(found.layers[0].mean) < 1e-9);
    BOOST_TEST(found.layers[0].weight == 2.0);
    BOOST_TEST(std::abs(found.layers[0].weight_gradient - 20) < 1e-5);
    BOOST_TEST(std::abs(found.layers[0].gradient - 4 * std::sqrt(5.0)) < 1e-5);
    std::ostringstream table;
    table << found;
    BOOST_TEST(contains(table.str(), "0    dense"));
    BOOST_TEST(contains(table.str(), "nothing found"));
    // It changes nothing, and says the same again.
    const auto before = net.canonical();
    std::ostringstream again;
    again << diagnose(net, mean_squared_error{}, x, std::vector<line::output_type>(4));
    BOOST_TEST(again.str() == table.str());
    BOOST_TEST(net.canonical() == before);
}

// ---- gradients ----------------------------------------------------------------------------------------------------------

/// y = a·x², whose slope is 2·a·x; Wrong forgets the 2 of x or of a.
template <int Wrong>
struct square {
    static constexpr auto name = "square";
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    struct on : layer_on<Scalar, In, In> {
        static constexpr std::array tensors{tensor_spec::of("weight", In::size).as(tensor_role::scale).starting_at(1)};
        template <class Context, class Call>
        static constexpr void forward(const Call& call) {
            for (size_t i = 0; i < Context::batch * In::size; ++i)
                call.output[i] =
                    math::product(call.parameters[0][i % In::size], math::product(call.input[i], call.input[i]));
        }
        template <class Context, class Call>
        static constexpr void backward(const Call& call) {
            for (size_t i = 0; i < Context::batch * In::size; ++i) {
                const Scalar x = call.input[i], dy = call.output_gradient[i], a = call.parameters[0][i % In::size];
                call.gradients[0][i % In::size] += math::product(dy, math::product(x, Wrong == 2 ? Scalar(1) : x));
                if constexpr (Context::input_gradient)
                    call.input_gradient[i] =
                        math::product(dy, math::product(Scalar(Wrong == 1 ? 1 : 2), math::product(a, x)));
            }
        }
    };
};

BOOST_AUTO_TEST_CASE(gradients_in_one_line) {
    BOOST_TEST((check_gradients<network<input<5>, square<0>>>().ok()));
    const auto wrong_input = check_gradients<network<input<5>, square<1>>>();
    BOOST_TEST((!wrong_input.ok() && wrong_input.where == "input" && wrong_input.error > 0.1));
    const auto wrong_weight = check_gradients<network<input<5>, square<2>>>();
    BOOST_TEST((!wrong_weight.ok() && wrong_weight.where == "0.weight"));
    std::ostringstream said;
    said << wrong_weight;
    BOOST_TEST(contains(said.str(), "gradients are wrong: 0.weight differs by 0."));
    const auto right =
        check_gradients<network<input<7>, dense<6>, inlay::tanh, dropout<0.5>, square<0>, dense<3>, softmax>>();
    BOOST_TEST(right.ok());
    BOOST_TEST((check_gradients<network<input<4, 3>, gru<5>, batch_norm<>, last_step, dense<2>>>().ok()));
    BOOST_TEST((check_gradients<network<input_of<std::uint8_t, 4>, embedding<10, 3>, flatten, dense<2>>>().ok()));
}
