// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a tensor that two layers use .tied. needs a trainer
#include <inlay/inlay.hpp>

using namespace inlay;
using net = network<input_of<std::uint16_t, 4>, named<"tokens", embedding<9, 6>>, dense<6>, tied<"tokens.weight", 9>>;
#ifdef FIXED
using training = trainer<net, cross_entropy, sgd>;
#else
using training = online_trainer<net, cross_entropy>;
#endif

float step(net& it, const net::input_type& x, const std::array<int, 4>& y) {
    training t{it};
    return t.step(x, y);
}
