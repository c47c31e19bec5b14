// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_reversed
#include "../golden/compare.hpp"
#include "../golden/reversed.hpp"
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_both_directions) {
    laws::obeys_laws<network<input<4, 3>, parallel<gru<3>, reversed<gru<3>>>, last_step, dense<2>>>();
}
BOOST_AUTO_TEST_CASE(laws_of_several_layers) {
    laws::obeys_laws_briefly<network<input<3, 2>, reversed<dense<5>, inlay::tanh, lstm<2>, residual<dense<2>>>, reversed<dense<3>>>>();
}
BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<3, 2>, reversed<gru<2>>>, 2>(); }

BOOST_AUTO_TEST_CASE(as_torch) {
    golden::compare<network<input<4, 3>, parallel<gru<5>, reversed<gru<5>>>>, 2>(golden::reversed::gru::all);
}

BOOST_AUTO_TEST_CASE(reads_from_the_end) {
    using forwards = network<input<5, 2>, gru<3>>;
    using backwards = network<input<5, 2>, reversed<gru<3>>>;
    forwards a;
    initialize(a, seed{1});
    backwards b;
    b.assign(a.canonical());
    static_assert(backwards::tensors[0].name == "0.0.weight_ih_l0");
    forwards::input_type x, turned;
    random_generator random(seed{2});
    laws::draw<float>(x, random, -1, 1);
    for (size_t t = 0; t < 5; ++t)
        for (size_t i = 0; i < 2; ++i) turned[t * 2 + i] = x[(4 - t) * 2 + i];
    const auto y = a(turned), z = b(x);
    for (size_t t = 0; t < 5; ++t)
        for (size_t i = 0; i < 3; ++i) BOOST_TEST(z[t * 3 + i] == y[(4 - t) * 3 + i]);
}
