// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// positional_encoding and positional_embedding.
#define BOOST_TEST_MODULE layers_positions
#include "../golden/compare.hpp"
#include "../golden/positions.hpp"
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_both) {
    laws::obeys_laws_briefly<network<input<4, 5>, dense<3>, positional_encoding<>, positional_embedding<4>, inlay::tanh>>();
}
BOOST_AUTO_TEST_CASE(streaming) {
    using net = network<input<7, 3>, positional_encoding<>, positional_embedding<9>>;
    laws::streaming_is_the_whole_sequence<net>();
    laws::streaming_is_the_whole_sequence<net, 3>();
}
BOOST_AUTO_TEST_CASE(compile_time) {
    laws::same_at_compile_time<network<input<3, 2>, positional_encoding<>, positional_embedding<3>>>();
}

BOOST_AUTO_TEST_CASE(as_torch) {
    namespace torch = golden::positions;
    golden::compare<network<input<7, 6>, positional_encoding<>>, 2>(torch::encoding::all);
    golden::compare<network<input<40, 5>, positional_encoding<>>, 1>(torch::odd::all);
    golden::compare<network<input<7, 4>, positional_embedding<9>>, 2>(torch::learned::all);
}

BOOST_AUTO_TEST_CASE(beyond_the_last_position) {
    network<input<1>, positional_embedding<2>> net;
    net.parameter<"0.weight">()[0] = 1;
    net.parameter<"0.weight">()[1] = 2;
    decltype(net)::state_type state{};
    std::vector<float> y;
    for (int t = 0; t < 4; ++t) y.push_back(net({10}, state)[0]);
    BOOST_TEST((y == std::vector<float>{11, 12, 12, 12}));
}
