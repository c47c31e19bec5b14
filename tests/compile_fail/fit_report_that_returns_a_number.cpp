// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A number is no answer to whether training goes on.
// expect-error: after_batch and after_epoch return nothing, or a bool: true stops the training
#include <inlay/host.hpp>

using net = inlay::network<inlay::input<4>, inlay::dense<2>>;

void train(net& n, const inlay::data_set<4>& data, inlay::random_generator& random) {
    inlay::trainer<net, inlay::cross_entropy, inlay::sgd> trainer{n};
#if defined(FIXED)
    fit(trainer, data.inputs, data.labels, 3, random, [](std::size_t, double loss) { return loss < 0.1; });
#else
    fit(trainer, data.inputs, data.labels, 3, random, [](std::size_t, double loss) { return loss; });
#endif
}
