// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE network_parallel
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_sequential) {
    laws::obeys_laws_briefly<network<input<3>, sequential<dense<5>, inlay::tanh>, dense<2>>>();
}

BOOST_AUTO_TEST_CASE(laws_parallel) {
    laws::obeys_laws<network<input<3>, parallel<dense<5>, sequential<dense<2>, inlay::tanh>, inlay::identity>>>();
    laws::obeys_laws_briefly<network<input<4, 3, 2>, parallel<conv2d<3, 2>, max_pool2d<2, 1>>, relu>>();
}

BOOST_AUTO_TEST_CASE(every_branch_must_have_a_gradient) {
    const auto has = []<class... Branches>() {
        using chain = typename network<input<3>, dense<2>, parallel<Branches...>>::chain_type;
        return topology::is_fit<decltype(chain::template judge_gradient<
                                         context<kernels::scalar, context_options{.pass = pass::training}>>())>;
    };
    static_assert(has.operator()<dense<2>, inlay::tanh>());
    static_assert(!has.operator()<step, dense<2>>() && !has.operator()<dense<2>, step>());
    BOOST_TEST(true);
}
