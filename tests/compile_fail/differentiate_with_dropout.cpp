// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network needs a random_generator in training: differentiate\(net, loss, x, target, random\)
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::residual<inlay::dropout<0.5>>, inlay::dense<3>>;

auto saliency(const net& n, const net::input_type& x) {
#ifdef FIXED
    inlay::random_generator random{inlay::seed{1}};
    const auto training = differentiate(n, inlay::cross_entropy{}, x, 1, random).input_gradient;
    return training[0] + differentiate(n, inlay::cross_entropy{}, x, 1, inlay::in_evaluation).input_gradient[0];
#else
    return differentiate(n, inlay::cross_entropy{}, x, 1).input_gradient[0];
#endif
}
