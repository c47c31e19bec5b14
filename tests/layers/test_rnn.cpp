// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_rnn
#include "../golden/compare.hpp"
#include "../golden/rnn.hpp"
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_sequence) { laws::obeys_laws<network<input<4, 3>, rnn<5>>>(); }
BOOST_AUTO_TEST_CASE(registers) { laws::fits_registers<network<input<3>, rnn<19, sigmoid>>>(); }
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2, 2>, rnn<2>>>(); }
BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<2, 3>, rnn<5>>>(); }

BOOST_AUTO_TEST_CASE(as_torch) {
    namespace torch = golden::rnn;
    golden::compare<network<input<5, 3>, rnn<6>>, 2>(torch::of_tanh::all);
    golden::compare<network<input<4, 3>, rnn<9, relu>>, 2>(torch::of_relu::all);
}

BOOST_AUTO_TEST_CASE(shapes_and_counts) {
    using net = network<input<10, 3>, rnn<7>>;
    static_assert(std::is_same_v<net::output_shape, shape<10, 7>>);
    static_assert(std::is_same_v<network<input<3>, rnn<7>>::output_shape, shape<7>>);
    static_assert(net::parameter_count == 7 * (3 + 7 + 2) && std::tuple_size_v<net::state_type> == 7);
    static_assert(net::tensors[0].name == "0.weight_ih_l0" && net::tensors[1].name == "0.weight_hh_l0");
    static_assert(net::tensors[2].name == "0.bias_ih_l0" && net::tensors[3].name == "0.bias_hh_l0");
    using stored = network<input<10, 3>, stored_as<std::int8_t, rnn<7>>>;
    static_assert(stored::parameter_count > 0 && std::is_same_v<stored::output_shape, shape<10, 7>>);
    const net whole = [] {
        net it;
        initialize(it, seed{1});
        return it;
    }();
    const auto small = quantized<stored>(whole);
    net::input_type x{};
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 7) / 7;
    laws::check_close<float>("weights of one byte", small(x), whole(x), 0.02);
}
