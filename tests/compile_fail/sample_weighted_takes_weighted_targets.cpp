// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: inlay: the target does not fit the loss and the network's outputs
// expect-error: takes_weighted<
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<3>, inlay::dense<2>>;
#ifdef FIXED
constexpr inlay::weighted_target<int> target{1, 0.5f};
#else
constexpr int target = 1;
#endif

void learn(inlay::trainer<net, inlay::sample_weighted<inlay::cross_entropy>, inlay::sgd>& it,
           const net::input_type& x) {
    it.step(x, target);
}
