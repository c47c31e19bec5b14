// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A list within a list computes what the flat list computes, and has its gradients, to the last bit: whatever the layer is,
// whether it is the first, the last or the only one inside, and whatever composite it is in. Layers that read their output
// in backward, or change memory in place, are the ones to lose something there.
#pragma once

#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

#include <bit>
#include <memory>
#include <string>
#include <vector>

namespace nesting {

using namespace inlay;

struct result {
    std::vector<double> inferred, outputs, gradients, input_gradients, statistics;
};

/// Out of line, for BOOST_TEST is dear to compile.
inline void same(const std::string& name, const char* what, const std::vector<double>& a,
                 const std::vector<double>& b) {
    BOOST_TEST_REQUIRE(a.size() == b.size(), name << ": as many " << what);
    size_t wrong = 0;
    for (size_t i = 0; i < a.size(); ++i)
        wrong += inlay::math::bit_cast<std::uint64_t>(a[i]) != inlay::math::bit_cast<std::uint64_t>(b[i]);
    BOOST_TEST(wrong == 0,
               name << ": " << wrong << " of " << a.size() << " " << what << " differ from the flat list's");
}
inline void same(const std::string& name, const result& nested, const result& flat) {
    same(name, "inferred outputs", nested.inferred, flat.inferred);
    same(name, "outputs", nested.outputs, flat.outputs);
    same(name, "gradients", nested.gradients, flat.gradients);
    same(name, "input gradients", nested.input_gradients, flat.input_gradients);
    same(name, "statistics", nested.statistics, flat.statistics);
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
    Net::each_buffer([&](size_t index) { net->parameters()[index] = random.uniform(0.5, 1.5); });
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
    memory->update_statistics(*net);
    const auto moved = net->canonical_buffers();
    found.statistics.assign(moved.begin(), moved.end());
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

} // namespace nesting
