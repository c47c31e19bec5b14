// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this loss takes logits
// expect-error: but_gets_outputs_of<[\w:]*sigmoid
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<1>, inlay::sigmoid>;
#ifdef FIXED
using loss = inlay::mean_squared_error;
#else
using loss = inlay::binary_cross_entropy_with_logits;
#endif

float step(inlay::online_trainer<net, loss>& t, const net::input_type& x) { return t.step(x, std::array{1.0f}); }
