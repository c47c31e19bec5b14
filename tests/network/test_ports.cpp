// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Networks with several inputs and outputs: see network/ports.hpp.
#define BOOST_TEST_MODULE network_ports
#include "../laws.hpp"
#include "nesting.hpp"

using namespace inlay;
using nesting::fine, nesting::run, nesting::same;

namespace {

using drive =
    network<named_inputs<in<"image", 4, 4, 2>, in<"speed", 3>>, conv2d<3, 3>, relu, flatten, dense<6>,
            output<"brake", dense<1>, sigmoid>, inlay::tanh, concat<"speed", dense<4>>, output<"steering", dense<2>>>;

} // namespace

BOOST_AUTO_TEST_CASE(laws_of_inputs_and_outputs) {
    laws::obeys_laws_of_connections<drive>();
    // Each input by its name too, an output in a list inside, one without layers, the last one without a name.
    laws::obeys_laws_of_connections<network<named_inputs<in<"a", 4>, in<"b", 3>>, dense<4>,
                                            residual<output<"inner", dense<2>, inlay::tanh>, inlay::tanh>, concat<"b">,
                                            output<"mid">, plus<"a", dense<7>>, inlay::tanh>>();
}

/// All numbers of all inputs in order are one sample, and so are the outputs.
BOOST_AUTO_TEST_CASE(names_and_places) {
    static_assert(drive::input_size == 35 && drive::output_size == 3);
    static_assert(drive::input_ports[1].name == "speed" && drive::input_ports[1].offset == 32);
    static_assert(drive::output_ports[0].name == "brake" && drive::output_ports[1].name == "steering" &&
                  drive::output_ports[1].offset == 1);
    drive net;
    initialize(net, seed{1});
    drive::input_type x{};
    net.input<"speed">(x) = {1, 2, 3};
    BOOST_TEST((x[32] == 1 && x[34] == 3));
    std::array<float, 32> image{};
    image.fill(0.5f);
    drive::input<"image">(x) = image;
    const drive::input_type& seen = x;
    BOOST_TEST((x[0] == 0.5f && x[31] == 0.5f && net.input<"image">(seen)[31] == 0.5f &&
                net.input<"speed">(seen).size() == 3u));
    const drive::output_type y = net(x);
    BOOST_TEST((net.output<"brake">(y)[0] == y[0] && net.output<"steering">(y)[1] == y[2]));
    float sum = 0;
    for (const float value : net.output<"steering">(y)) sum += value;
    BOOST_TEST(sum == y[1] + y[2]);
    // The value after the last layer, where it has no name; and of a network with one output all of it.
    using open = network<input<2>, output<"a">, dense<3>>;
    static_assert(open::output_size == 5 && open::output_ports[1].name.empty());
    BOOST_TEST(open::output(open::output_type{1, 2, 3, 4, 5})[0] == 3);
    using plain = network<input<2>, dense<3>>;
    BOOST_TEST(plain::output(plain::output_type{1, 2, 3}).size() == 3u);
}

/// The same computation without names: the inputs joined, the outputs side by side.
BOOST_AUTO_TEST_CASE(the_same_as_one_input_and_one_output) {
    same("joined inputs", run<fine<named_inputs<in<"a", 3>, in<"b", 2>>, concat<"b">, dense<4>>>(),
         run<fine<input<5>, dense<4>>>());
    same("outputs", run<fine<input<5>, dense<4>, output<"a", dense<2>, sigmoid>, inlay::tanh, dense<3>>>(),
         run<fine<input<5>, dense<4>, parallel<sequential<dense<2>, sigmoid>, sequential<inlay::tanh, dense<3>>>>>());
    same("one named input", run<fine<named_inputs<in<"x", 5>>, dense<5>, plus<"x">>>(),
         run<fine<input<5>, residual<dense<5>>>>());
    same("one named output", run<fine<input<5>, output<"y", dense<2>, sigmoid>>>(),
         run<fine<input<5>, dense<2>, sigmoid>>());
    same("an output of one layer", run<fine<input<5>, dense<2>, output<"y">>>(), run<fine<input<5>, dense<2>>>());
}

/// A single sample is used where it is stored. A batch, where sample follows sample, has a copy of each part.
BOOST_AUTO_TEST_CASE(memory_of_inputs_and_outputs) {
    constexpr auto floats = [](size_t count) { return detail::aligned<float>(count) * sizeof(float); };
    using net = network<named_inputs<in<"a", 3>, in<"b", 2>>, concat<"b">, output<"y", dense<4>>, dense<2>>;
    static_assert(memory<net>.inference_bytes == floats(5));
    static_assert(inference_memory<net, 2> == floats(6) + floats(4) + floats(8) + floats(4) + floats(10));
    BOOST_TEST(true);
}
