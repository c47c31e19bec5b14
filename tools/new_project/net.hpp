// The network of @NAME@ and how it is trained. It has all there is to change first.
#pragma once

#include <inlay/inlay.hpp>

namespace @NAME@ {

// Two numbers in, two classes out. normalization takes raw numbers: train.cpp measures what it needs.
using net_type = inlay::network<inlay::input<2>, inlay::normalization, inlay::dense<16>, inlay::relu, inlay::dense<16>,
                                inlay::relu, inlay::dense<2>>;
using trainer_type = inlay::trainer<net_type, inlay::cross_entropy, inlay::adam, inlay::batch<16>>;

// What the chip has to spare. The compiler says by how much a network is too large.
static_assert(inlay::fits<net_type, inlay::ram<1024>, inlay::flash<4096>>);

} // namespace @NAME@
