// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE memory
#include <boost/test/unit_test.hpp>

#include <inlay/host/memory_table.hpp>
#include <inlay/inlay.hpp>

#include <sstream>

using namespace inlay;

namespace {

using digits = network<input<64>, dense<32>, relu, dense<10>>;
using image = network<input<8, 8, 2>, conv2d<4, 3>, relu, max_pool2d<2>, flatten, dense<10>, softmax>;
using sequence = network<input<7, 3>, gru<5>, last_step, dense<2>>;
using composites = network<input<6>, dense<8>, residual<dense<40>, relu, dense<48>, dense<8>>,
                           parallel<dense<2>, sequential<dense<30>, inlay::tanh, dense<3>>>>;

constexpr size_t floats(size_t count) { return detail::aligned<float>(count) * sizeof(float); }

/// What holds for the rows of every network.
template <class Network>
consteval bool rows_add_up() {
    constexpr memory_of all = memory<Network>;
    size_t parameters = 0, peak = 0, state = 0, macs = 0;
    for (const layer_memory& one : all.layers) {
        parameters += one.parameter_bytes;
        peak = one.activation_bytes > peak ? one.activation_bytes : peak;
        state += one.state_bytes;
        macs += one.multiply_accumulates;
    }
    return parameters == Network::parameter_extent * sizeof(typename Network::scalar_type) &&
           peak == all.inference_bytes && all.layers[all.peak_layer].activation_bytes == peak &&
           state == all.state_bytes && macs == all.multiply_accumulates && all.parameter_bytes == sizeof(Network);
}

template <class Network>
using peak = decltype(detail::peak_in<typename Network::chain_type>());

} // namespace

BOOST_AUTO_TEST_CASE(the_rows_add_up) {
    static_assert(rows_add_up<digits>());
    static_assert(rows_add_up<image>());
    static_assert(rows_add_up<sequence>());
    static_assert(rows_add_up<composites>());
    static_assert(rows_add_up<composites::with_scalar<double>>());
    static_assert(rows_add_up<network<input<3>, dense<2>>>());
    static_assert(rows_add_up<network<input<2>, relu>>());
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(a_row_is_what_is_alive_while_a_layer_runs) {
    constexpr auto& rows = memory<image>.layers;
    static_assert(rows[0].parameter_bytes == floats(4 * 9 * 2) + floats(4));
    static_assert(rows[1].activation_bytes == floats(6 * 6 * 4));                     // in place
    static_assert(rows[2].activation_bytes == floats(6 * 6 * 4) + floats(3 * 3 * 4)); // input and output
    static_assert(rows[3].activation_bytes == floats(3 * 3 * 4));
    static_assert(rows[5].activation_bytes == 0); // works on the caller's y
    static_assert(memory<network<input<3>, dense<2>>>.inference_bytes == 0);
    static_assert(memory<sequence>.layers[0].state_bytes == 5 * sizeof(float));
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(the_peak_is_followed_into_composites) {
    static_assert(std::is_same_v<peak<network<input<8>, dense<4>, dense<64>, dense<32>, dense<2>>>::at, at_layer<2>>);
    // Alive in the residual: 40 and 48 floats, while its second dense runs.
    static_assert(memory<composites>.peak_layer == 1);
    static_assert(std::is_same_v<peak<composites>::at, at_layer<1, 2>>);
    static_assert(std::is_same_v<peak<composites>::which, which_is<dense<48>>>);
    // In the second branch; 0 and 1 are alike (tanh works in dense's registers).
    using fork = network<input<6>, parallel<dense<2>, sequential<dense<30>, inlay::tanh, dense<3>>>, dense<2>>;
    static_assert(std::is_same_v<peak<fork>::at, at_layer<0, 1, 0>>);
    static_assert(std::is_same_v<peak<network<input<6>, parallel<dense<2>, dense<70>>, dense<2>>>::at, at_layer<0, 1>>);
    static_assert(std::is_same_v<peak<network<input<6>, parallel<sequential<dense<9>, dense<2>>>, dense<2>>>::at,
                                 at_layer<0, 0, 0>>); // the only branch
    // Through names and freezing.
    using named_ = network<input<8>, named<"block", frozen<residual<dense<80>, relu, dense<8>>>>, dense<2>>;
    static_assert(std::is_same_v<peak<named_>::at, at_layer<0, 0>>);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(training_bytes_are_those_of_workspace_and_gradients) {
    const auto close = []<class Network, size_t Batch>(Network, std::integral_constant<size_t, Batch>) {
        constexpr size_t real = sizeof(workspace<Network, Batch>) + sizeof(gradients<Network>);
        constexpr size_t said = training_memory<Network, Batch>;
        // The rest is alignment: five buffers, each on a cache line and two of them with a spare element.
        return said <= real && real - said <= 5 * 64 + 2 * 64;
    };
    BOOST_TEST(close(digits{}, std::integral_constant<size_t, 1>{}));
    BOOST_TEST(close(digits{}, std::integral_constant<size_t, 32>{}));
    BOOST_TEST(close(image{}, std::integral_constant<size_t, 1>{}));
    BOOST_TEST(close(sequence{}, std::integral_constant<size_t, 3>{}));
    static_assert(memory<digits>.training_bytes == training_memory<digits, 1>);
    static_assert(training_memory<digits, 1, 2> ==
                  training_memory<digits> + 2 * sizeof(float) * digits::trainable_extent);
    using adapted = network<input<64>, frozen<dense<32>>, relu, dense<10>>;
    static_assert(training_memory<adapted> < training_memory<digits>); // frozen parameters have no gradient
}

BOOST_AUTO_TEST_CASE(budgets) {
    constexpr size_t ram_bytes = memory<sequence>.inference_bytes + memory<sequence>.state_bytes;
    constexpr size_t flash_bytes = memory<sequence>.parameter_bytes;
    static_assert(fits<sequence, ram<ram_bytes>, flash<flash_bytes>>);
    static_assert(fits<sequence, flash<flash_bytes>> && fits<sequence, ram<ram_bytes>> && fits<sequence>);
    static_assert(!does_fit<sequence, ram<ram_bytes - 1>, flash<flash_bytes>>);
    static_assert(!does_fit<sequence, ram<ram_bytes>, flash<flash_bytes - 1>>);
    static_assert(!does_fit<sequence, flash<flash_bytes - 1>, ram<ram_bytes>>);
    static_assert(does_fit<sequence, flash<flash_bytes>, ram<ram_bytes>>);
    BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(the_table) {
    std::ostringstream text;
    text << std::hex << memory_table<network<input<64>, named<"hidden", dense<32>>, relu, dense<10>>>{};
    const std::string table = text.str();
    const std::string first = "0   hidden (dense)";
    const size_t at = table.find(first);
    BOOST_REQUIRE(at != table.npos);
    std::istringstream row(table.substr(at + first.size()));
    size_t parameters = 0, activations = 0, macs = 0;
    row >> parameters >> activations >> macs; // no state
    BOOST_TEST(parameters == memory<digits>.layers[0].parameter_bytes);
    BOOST_TEST(activations == memory<digits>.layers[0].activation_bytes);
    BOOST_TEST(macs == 64u * 32);
    BOOST_TEST(table.find("flash " + std::to_string(sizeof(digits)) + " and the code") != table.npos);
    BOOST_TEST(table.find("peak at layer 0\n") != table.npos);
}

BOOST_AUTO_TEST_CASE(activations_are_fused_into_the_layer_before_them) {
    const auto fused = []<class... Items>() {
        return inlay::network<Items...>::chain_type::template forward_memory<1, false>.fused[1];
    };
    using inlay::input, inlay::relu;
    static_assert(fused.operator()<input<3>, inlay::dense<2>, relu>());
    static_assert(fused.operator()<input<4, 4, 1>, inlay::conv2d<2, 3>, relu>());
    static_assert(fused.operator()<input<4, 2>, inlay::causal_conv1d<3, 2>, relu>());
    static_assert(fused.operator()<input<4, 2>, inlay::batch_norm<>, relu>());
    static_assert(!fused.operator()<input<4, 2>, inlay::gru<2>, relu>());
    BOOST_TEST(true);
}
