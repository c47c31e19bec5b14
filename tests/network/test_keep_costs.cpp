// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What keeping values costs: memory, gradients that nobody wants, names of parameters.
#define BOOST_TEST_MODULE network_keep_costs
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<
        network<input<3>, keep<"in">, dense<2>, accumulate<"s">, relu, accumulate<"s">, take<"s">, concat<"in">>, 2>();
}
/// Names of parameters: those of a part stand behind the number of its layer, as in other composites.
BOOST_AUTO_TEST_CASE(paths) {
    using net = network<input<3>, keep<"x">, dense<3>, plus<"x", dense<3>, relu, dense_without_bias<3>>,
                        named<"skip", accumulate<"s", dense<2>>>, take<"s">>;
    static_assert(net::tensor_count == 7 && net::find_tensor("1.weight") == 0 && net::find_tensor("2.0.bias") == 3 &&
                  net::find_tensor("2.2.weight") == 4 && net::find_tensor("skip.0.weight") == 5);
    BOOST_TEST(true);
}

/// What is not trained is not walked back to, through a kept value either.
BOOST_AUTO_TEST_CASE(no_gradient_that_nobody_wants) {
    using training = context<kernels::native, context_options{.pass = pass::training}>;
    using head = network<input<3>, frozen<dense<3>>, keep<"x">, relu, dense<3>, plus<"x">, dense<2>>;
    static_assert(head::chain_type::backward_stop<training>() == 3);
    using part = network<input<3>, keep<"x">, frozen<dense<3>>, relu, frozen<plus<"x", dense<3>>>, dense<2>>;
    static_assert(part::chain_type::backward_stop<training>() == 4);
    using sum = network<input<3>, frozen<dense<3>>, frozen<accumulate<"s", dense<2>>>, take<"s">, dense<2>>;
    static_assert(sum::chain_type::backward_stop<training>() == 3);
    using summed = network<input<3>, frozen<dense<3>>, accumulate<"s", dense<2>>, take<"s">, dense<2>>;
    static_assert(summed::chain_type::backward_stop<training>() == 1);
    BOOST_TEST(true);
}
/// A layer without a gradient before a kept value does no harm where nothing before it is trained.
BOOST_AUTO_TEST_CASE(a_step_before_a_kept_value) {
    using net = network<input<2>, step, keep<"x">, dense<2>, inlay::tanh, plus<"x", dense<2>>>;
    net it;
    initialize(it, seed{1});
    trainer<net, mean_squared_error, sgd> trainer{it, {.learning_rate = 0.1}};
    float loss = 0;
    for (int i = 0; i < 300; ++i) loss = trainer.step(std::array<float, 2>{1, -1}, std::array<float, 2>{0.3f, -0.2f});
    BOOST_TEST(loss < 1e-6f);
}

// ---- memory --------------------------------------------------------------------------------------------------------------

namespace {
constexpr size_t floats(size_t count) { return detail::aligned<float>(count) * sizeof(float); }
template <class Network>
inline constexpr size_t bytes = memory<Network>.inference_bytes;
} // namespace

BOOST_AUTO_TEST_CASE(a_value_is_kept_until_its_last_reader_and_no_longer) {
    // The kept value, and one beside it; the wide layers come after its last reader, in its place.
    using skip = network<input<4>, dense<32>, keep<"x">, dense<16>, dense<32>, plus<"x">, dense<64>, dense<4>>;
    static_assert(memory<skip>.layers[0].activation_bytes == floats(32));
    static_assert(memory<skip>.layers[1].activation_bytes == floats(32));
    static_assert(memory<skip>.layers[2].activation_bytes == floats(32) + floats(16));
    static_assert(memory<skip>.layers[3].activation_bytes == floats(32) + floats(16) + floats(32));
    static_assert(memory<skip>.layers[4].activation_bytes == floats(32) + floats(32));
    static_assert(memory<skip>.layers[5].activation_bytes == floats(32) + floats(64));
    static_assert(bytes<skip> == floats(32) + floats(64) && memory<skip>.peak_layer == 5);
    // The input is where the caller has it, the output where the caller wants it.
    static_assert(bytes<network<input<4>, keep<"x">, relu, plus<"x">>> == 0);
    static_assert(bytes<network<input<4>, keep<"x">, dense<4>, relu, plus<"x">>> == 0);
    static_assert(bytes<network<input<4>, dense<4>, keep<"x">, relu, plus<"x">>> == floats(4));
    // A sum is one buffer, however many layers add to it; here it is the caller's output.
    using sums = network<input<4>, dense<8>, accumulate<"s">, relu, accumulate<"s">, relu, accumulate<"s">, take<"s">>;
    static_assert(bytes<sums> == floats(8));
    static_assert(bytes<network<input<4>, dense<8>, accumulate<"s", dense<8>>, relu, accumulate<"s", dense<8>>,
                                take<"s">, dense<2>>> == 3 * floats(8));
    // The budget names the layer, also inside a part.
    static_assert(!does_fit<skip, ram<floats(32) + floats(64) - 1>>);
    static_assert(std::is_same_v<decltype(detail::peak_in<network<input<4>, dense<8>, keep<"x">,
                                                                  plus<"x", dense<64>, dense<8>>>::chain_type>())::at,
                                 at_layer<2, 0>>);
    BOOST_TEST(true);
}
