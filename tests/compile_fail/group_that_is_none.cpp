// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: a group of parameters does not fit
// expect-error: bad_group<.*relu.*not_a_group>
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<3>>;
#ifdef FIXED
using group = inlay::no_decay_on_biases_and_norms;
#else
using group = inlay::relu;
#endif

inlay::optimizer_state<net, inlay::grouped<inlay::adam, group>> state;
