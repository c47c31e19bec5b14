// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this loss takes logits; leave out the last layer, or put identity after it if it is meant
// expect-error: bad_loss<[\w:]*cross_entropy, [\w:]*takes_logits, [\w:]*but_gets_outputs_of<[\w:]*softmax
#include <inlay/inlay.hpp>

#ifdef FIXED
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::softmax, inlay::identity>;
#else
using net = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::softmax>;
#endif
using training = inlay::trainer<net, inlay::cross_entropy, inlay::sgd, inlay::batch<8>>;

float loss(training& t, const std::array<net::input_type, 8>& x, const std::array<int, 8>& y) { return t.step(x, y); }
