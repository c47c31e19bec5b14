// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: gradients of outputs are a contiguous range of std::array<Scalar, output_size>
// expect-error: bad_output_gradients<.*takes_range_of<std::array<float, 3
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<2>, inlay::dense<3>>;
#ifdef FIXED
using slope = net::output_type;
#else
using slope = net::input_type;
#endif

void pull(inlay::trainer<net, inlay::no_loss, inlay::adam, inlay::batch<2>>& training, const std::array<slope, 2>& dy) {
    training.backward(dy);
}
