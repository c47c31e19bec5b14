// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/argmax.hpp>
#include <inlay/core/denormals.hpp>
#include <inlay/host/data_set.hpp>
#include <inlay/host/k_fold.hpp>
#include <inlay/training/trainer.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// One epoch of training: every sample once, in random order, in batches; a last, smaller batch is trained as such.
/// Returns the mean loss over the samples. `after_batch(samples done)` is called after each step.
template <class Trainer, class Inputs, class Targets, class AfterBatch>
double fit_epoch(Trainer& trainer, const Inputs& inputs, const Targets& targets, random_generator& random,
                 AfterBatch after_batch) {
    using input_type = typename Trainer::input_type;
    using target_type = typename Targets::value_type;
    if (inputs.size() != targets.size())
        throw std::invalid_argument("inlay: " + std::to_string(inputs.size()) + " inputs but " +
                                    std::to_string(targets.size()) + " targets");
    const flush_denormals guard; // moments of dead units decay into the subnormal range
    const std::vector<size_t> order = shuffled_indices(inputs.size(), random);
    std::vector<input_type> x(Trainer::batch_size);
    std::vector<target_type> t(Trainer::batch_size);
    double total = 0;
    for (size_t start = 0; start < order.size(); start += Trainer::batch_size) {
        const size_t rows = std::min(Trainer::batch_size, order.size() - start);
        for (size_t n = 0; n < rows; ++n) {
            x[n] = inputs[order[start + n]];
            t[n] = targets[order[start + n]];
        }
        const auto loss =
            trainer.step(std::span<const input_type>(x.data(), rows), std::span<const target_type>(t.data(), rows));
        total += static_cast<double>(loss) * static_cast<double>(rows);
        after_batch(start + rows);
    }
    return order.empty() ? 0 : total / static_cast<double>(order.size());
}

/// `epochs` of fit_epoch. `after_epoch(epoch, mean loss)`, epochs counted from 1, may report or set the learning rate.
template <class Trainer, class Inputs, class Targets, class AfterEpoch>
void fit(Trainer& trainer, const Inputs& inputs, const Targets& targets, size_t epochs, random_generator& random,
         AfterEpoch after_epoch) {
    for (size_t epoch = 1; epoch <= epochs; ++epoch)
        after_epoch(epoch, fit_epoch(trainer, inputs, targets, random, [](size_t) {}));
}
/// The same without a report.
template <class Trainer, class Inputs, class Targets>
void fit(Trainer& trainer, const Inputs& inputs, const Targets& targets, size_t epochs, random_generator& random) {
    fit(trainer, inputs, targets, epochs, random, [](size_t, double) {});
}

/// The share of samples whose largest output is that of their label.
template <class Network, size_t Features>
double accuracy(const Network& net, const data_set<Features, typename Network::scalar_type>& data) {
    size_t right = 0;
    for (size_t i = 0; i < data.size(); ++i) right += argmax(net(data.inputs[i])) == data.labels[i];
    return data.empty() ? 0 : static_cast<double>(right) / static_cast<double>(data.size());
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
