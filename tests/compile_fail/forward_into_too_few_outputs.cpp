// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: outputs are written to as many std::array<Scalar, output_size>
// expect-error: bad_outputs<.*holds<4>,.*but_gets_samples<3> ?>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<2>, inlay::dense<3>>;
#ifdef FIXED
constexpr std::size_t count = 4;
#else
constexpr std::size_t count = 3;
#endif

void run(inlay::trainer<net, inlay::no_loss, inlay::adam, inlay::batch<4>>& training,
         const std::array<net::input_type, 4>& x, std::array<net::output_type, count>& y) {
    training.forward(x, y);
}
