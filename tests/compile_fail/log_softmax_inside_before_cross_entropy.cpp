// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this loss takes logits
// expect-error: but_gets_outputs_of<[\w:]*log_softmax
#include <inlay/inlay.hpp>

using inlay::dense, inlay::log_softmax, inlay::sequential;
#ifdef FIXED
using last = sequential<log_softmax, dense<3>>;
#else
using last = sequential<dense<3>, inlay::named<"probabilities", sequential<log_softmax>>>;
#endif
using net = inlay::network<inlay::input<4>, inlay::frozen<last>>;

auto gradients(const net& n, const net::input_type& x) {
    return differentiate(n, inlay::summed<inlay::weighted_cross_entropy<3>>{}, x, 1).input_gradient;
}
