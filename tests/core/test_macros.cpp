// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Everything compiles and works behind the macros of Arduino, Windows and others, and leaves them as they were.
#define BOOST_TEST_MODULE macros
#include <boost/test/unit_test.hpp>

#include "macros.hpp"

#include <inlay/inlay.hpp>

#include <inlay/host.hpp>

#if !defined(abs) || !defined(min) || !defined(max) || !defined(round) || !defined(I) || !defined(small) || !defined(F)
#error "a header has kept somebody's macro"
#endif

namespace {

using net_type = inlay::network<inlay::input<4>, inlay::dense<5>, inlay::tanh, inlay::dropout<0.1>, inlay::gru<3>,
                                inlay::softplus, inlay::dense<3>>;

} // namespace

BOOST_AUTO_TEST_CASE(a_net_trains_behind_all_macros) {
    net_type net;
    inlay::initialize(net, inlay::seed{1});
    const std::array<std::array<float, 4>, 2> x{{{1, 2, 3, 4}, {4, 3, 2, 1}}};
    const std::array<int, 2> labels{0, 2};
    inlay::trainer<net_type, inlay::cross_entropy, inlay::adam, inlay::batch<2>> trainer{net, {.learning_rate = 1e-2}};
    const float first = trainer.step(x, labels);
    float last = first;
    for (int i = 0; i < 50; ++i) last = trainer.step(x, labels);
    BOOST_TEST(last < first);
    BOOST_TEST(small(1) == 1); // still <rpcndr.h>'s
    BOOST_TEST(max(2, 3) == 3);
}
