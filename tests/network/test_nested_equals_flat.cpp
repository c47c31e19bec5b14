// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A list within a list computes what the flat list computes, and has its gradients, to the last bit: whatever the layer is,
// whether it is the first, the last or the only one inside, and whatever composite it is in. Layers that read their output
// in backward, or change memory in place, are the ones to lose something there.
#define BOOST_TEST_MODULE network_nested_equals_flat
#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

#include <bit>
#include <memory>
#include <string>
#include <vector>

using namespace inlay;

namespace {

struct result {
    std::vector<double> inferred, outputs, gradients, input_gradients;
};

/// Out of line, for BOOST_TEST is dear to compile.
void same(const std::string& name, const char* what, const std::vector<double>& a, const std::vector<double>& b) {
    BOOST_TEST_REQUIRE(a.size() == b.size(), name << ": as many " << what);
    size_t wrong = 0;
    for (size_t i = 0; i < a.size(); ++i)
        wrong += std::bit_cast<std::uint64_t>(a[i]) != std::bit_cast<std::uint64_t>(b[i]);
    BOOST_TEST(wrong == 0,
               name << ": " << wrong << " of " << a.size() << " " << what << " differ from the flat list's");
}
void same(const std::string& name, const result& nested, const result& flat) {
    same(name, "inferred outputs", nested.inferred, flat.inferred);
    same(name, "outputs", nested.outputs, flat.outputs);
    same(name, "gradients", nested.gradients, flat.gradients);
    same(name, "input gradients", nested.input_gradients, flat.input_gradients);
    bool moved = false;
    for (const double g : flat.input_gradients) moved = moved || g != 0;
    BOOST_TEST(moved, name << ": the input has no gradient at all");
}

template <class Net>
result run() {
    constexpr size_t batch = 2;
    const auto net = std::make_unique<Net>();
    random_generator random(seed{7});
    Net::each_parameter([&](size_t index) { net->parameters()[index] = random.uniform(-0.8, 0.8); });
    std::vector<double> x(batch * Net::input_size), dx(x.size());
    for (double& value : x) value = random.uniform(-1.0, 1.0);
    const auto memory = std::make_unique<workspace<Net, batch>>();
    const auto into = std::make_unique<gradients<Net>>();
    result found;
    // In scalars: how memory is shared does not depend on registers, and this is compiled much faster.
    using machine = kernels::scalar;
    std::vector<double> scratch(Net::inference_scratch);
    found.inferred.resize(batch * Net::output_size);
    for (size_t n = 0; n < batch; ++n)
        net->template infer<machine, 1>(x.data() + n * Net::input_size, found.inferred.data() + n * Net::output_size,
                                        scratch.data());
    random_generator dropping(seed{3});
    memory->template forward<machine>(*net, x.data(), &dropping);
    found.outputs.assign(memory->outputs(), memory->outputs() + batch * Net::output_size);
    for (size_t i = 0; i < batch * Net::output_size; ++i) memory->output_gradients()[i] = random.uniform(-1.0, 1.0);
    memory->template backward<machine, true>(*net, x.data(), *into, dx.data());
    const auto all = into->canonical();
    found.gradients.assign(all.begin(), all.end());
    found.input_gradients = dx;
    return found;
}

template <class In, class... Items>
using fine = basic_network<double, In, Items...>;
template <class... Layers>
using twice = sequential<sequential<Layers...>>;

/// For layers that keep the shape, on input In; Mix is a layer with parameters that keeps it too. The layer is the only, the
/// last and the first one inside, before and after layers that work in place, in every composite.
template <class In, class Mix, class X>
void nested_equals_flat(const std::string& name) {
    using nested = fine<In, Mix, sequential<X>, inlay::tanh, named<"twice", sequential<sequential<Mix, X>>>, sigmoid,
                        sequential<X, Mix>, residual<sequential<X>>, inlay::tanh, residual<sequential<Mix, X>>,
                        parallel<sequential<X>, sequential<sequential<X>, Mix>>>;
    using flat = fine<In, Mix, X, inlay::tanh, Mix, X, sigmoid, X, Mix, residual<X>, inlay::tanh, residual<Mix, X>,
                      parallel<X, sequential<X, Mix>>>;
    same(name, run<nested>(), run<flat>());
}

using vector = input<5>;
using sequence = input<3, 4>;
using image = input<4, 4, 2>;
using dense_head = sequential<flatten, dense<3>>;

} // namespace

BOOST_AUTO_TEST_CASE(element_wise_layers) {
    nested_equals_flat<vector, dense<5>, inlay::tanh>("tanh"); // backward reads the output
    nested_equals_flat<vector, dense<5>, gelu>("gelu");        // backward reads the input
    nested_equals_flat<vector, dense<5>, softmax>("softmax");
    nested_equals_flat<vector, dense<5>, dropout<0.3>>("dropout");
    nested_equals_flat<vector, dense<5>, flatten>("flatten");
}
BOOST_AUTO_TEST_CASE(layers_with_parameters) {
    nested_equals_flat<vector, dense<5>, dense<5>>("dense");
    nested_equals_flat<vector, dense<5>, frozen<dense<5>, "weight">>("dense with a frozen weight");
    nested_equals_flat<sequence, dense<4>, gru<4>>("gru");
    nested_equals_flat<sequence, dense<4>, lstm<4>>("lstm");
}
BOOST_AUTO_TEST_CASE(composites) {
    nested_equals_flat<vector, dense<5>, residual<dense<5>, inlay::tanh>>("residual");
    nested_equals_flat<vector, dense<5>, sequential<parallel<inlay::tanh, dense<2>>, dense<5>>>("parallel");
}

/// Layers that change the shape.
BOOST_AUTO_TEST_CASE(images) {
    using conv = conv2d<2, 3, 1, 1>;
    same("conv2d",
         run<fine<image, sequential<conv>, inlay::tanh, sequential<inlay::tanh, conv>, sigmoid,
                  sequential<conv, relu>>>(),
         run<fine<image, conv, inlay::tanh, inlay::tanh, conv, sigmoid, conv, relu>>());
    using pool = max_pool2d<2, 1>;
    same("max_pool2d",
         run<fine<image, conv, sequential<pool>, inlay::tanh, sequential<conv, pool>, sigmoid, sequential<pool, relu>,
                  dense_head>>(),
         run<fine<image, conv, pool, inlay::tanh, conv, pool, sigmoid, pool, relu, flatten, dense<3>>>());
    using tiled = max_pool2d<2>;
    same("max_pool2d after an activation",
         run<fine<image, conv, inlay::tanh, sequential<tiled, inlay::tanh>, dense_head>>(),
         run<fine<image, conv, inlay::tanh, tiled, inlay::tanh, flatten, dense<3>>>());
}
BOOST_AUTO_TEST_CASE(sequences) {
    same("last_step",
         run<fine<sequence, sequential<gru<5>, last_step>, inlay::tanh, sequential<dense<3>, softmax>, inlay::tanh>>(),
         run<fine<sequence, gru<5>, last_step, inlay::tanh, dense<3>, softmax, inlay::tanh>>());
}

/// What a layer with a gradient of its own needs is asked inside a list too.
BOOST_AUTO_TEST_CASE(a_list_passes_on_what_its_layers_need) {
    using plain = basic_network<double, vector, dense<5>, sequential<dense<5>, inlay::tanh>, dense<2>>::chain_type;
    static_assert(plain::bound<1>::traits.backward_needs_output);
    static_assert(plain::bound<1>::traits.takes_slope && !plain::bound<1>::traits.in_place);
    using tail = basic_network<double, vector, sequential<relu, dense<5>>>::chain_type;
    static_assert(!tail::bound<0>::traits.backward_needs_input && tail::bound<0>::traits.takes_epilogue);
    using in_place = basic_network<double, vector, sequential<relu, flatten>>::chain_type;
    static_assert(in_place::bound<0>::traits.in_place);
    using random = basic_network<double, vector, residual<parallel<dropout<0.5>>>>::chain_type;
    static_assert(random::traits.random_in_training && !random::bound<0>::traits.in_place);
    BOOST_TEST(true);
}

/// Only what is trained needs a gradient: nothing before `step` is.
BOOST_AUTO_TEST_CASE(frozen_before_a_step) {
    using net = network<vector, frozen<sequential<dense<4>, step, dense<2>>, "0.weight", "0.bias">, dense<1>>;
    static_assert(net::trainable_count == 4 * 2 + 2 + 2 + 1);
    net it;
    initialize(it, seed{1});
    trainer<net, mean_squared_error, sgd> trainer{it, {.learning_rate = 0.1}};
    const std::array<float, 5> x = {1, -1, 0.5f, 2, 0};
    const std::array<float, 1> wanted = {0.25f};
    float loss = 0;
    for (int i = 0; i < 200; ++i) loss = trainer.step(x, wanted);
    BOOST_TEST(loss < 1e-6f);
}

BOOST_AUTO_TEST_CASE(frozen_keeps_a_name) {
    using net = network<vector, frozen<named<"h", dense<4>>>, named<"o", frozen<dense<1>>>>;
    static_assert(net::find_tensor("h.weight") == 0 && net::find_tensor("o.bias") == 3);
    BOOST_TEST(net::trainable_count == 0u);
}
