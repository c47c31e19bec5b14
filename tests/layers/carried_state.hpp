// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A layer in training that goes on from a state: its outputs and its next state are those of inference, and its gradients are
// those of the window, the state being a constant.
#pragma once

#include "../laws.hpp"

namespace laws {

/// Net takes a sequence in double. Two samples, each with a state that an earlier window has left.
template <class Net>
void trains_from_a_state() {
    constexpr size_t batch = 2, in = batch * Net::input_size, out = batch * Net::output_size;
    using chain = typename Net::chain_type;
    random_generator random(seed{11});
    auto net = std::make_unique<Net>();
    draw_parameters(*net, random);
    std::vector<double> before(batch * Net::state_size), y(out), scratch(chain::forward_scratch(batch, false) + 1);
    net->template infer<kernels::native, batch>(drawn<double>(in, random).data(), y.data(), scratch.data(), before.data());
    std::vector<double> x = drawn<double>(in, random);
    const std::vector<double> slope = drawn<double>(out, random);

    std::vector<double> inferred(out), inferred_state;
    const auto loss = [&] {
        inferred_state = before;
        net->template infer<kernels::native, batch>(x.data(), inferred.data(), scratch.data(), inferred_state.data());
        double sum = 0;
        for (size_t i = 0; i < out; ++i) sum += slope[i] * inferred[i];
        return sum;
    };
    loss();

    guarded<double> cache(chain::cache_size(batch)), forward_scratch(chain::forward_scratch(batch, true)),
        backward_scratch(chain::backward_scratch(batch)), state(before.size(), before), dx(in);
    std::vector<double> dy = slope, gradients(Net::trainable_extent + 1);
    chain::template forward<context<kernels::native, context_options{batch, pass::training}>>(
        forward_call_of<chain>{.parameters = std::as_const(*net).pointers(), .input = x.data(), .output = y.data(),
                               .cache = cache.data(), .scratch = forward_scratch.data(), .state = state.data(),
                               .random = nullptr, .rows = batch});
    check_same_bits<double>("outputs from a state, in training and in inference", y, inferred);
    check_same_bits<double>("the state after training and inference", state.values(), inferred_state);
    chain::template backward<context<kernels::native, context_options{batch, pass::training, true}>>(
        backward_call_of<chain>{.parameters = std::as_const(*net).pointers(),
                                .gradients = Net::gradient_pointers(gradients.data()), .input = x.data(),
                                .output = y.data(), .cache = cache.data(), .scratch = backward_scratch.data(),
                                .output_gradient = dy.data(), .input_gradient = dx.data(), .rows = batch});
    for (guarded<double>* memory : {&cache, &forward_scratch, &backward_scratch, &state, &dx}) memory->check("from a state");

    const auto slope_at = [&](double& at) {
        const double middle = at, h = 1e-3;
        const auto moved = [&](double by) {
            at = middle + by;
            return loss();
        };
        const double result = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
        at = middle;
        return result;
    };
    std::vector<double> exact, found;
    Net::each_parameter([&](size_t index) {
        exact.push_back(slope_at(net->parameters()[index]));
        found.push_back(gradients[index]);
    });
    check_close<double>("gradients from a state", found, exact, 1e-9);
    exact.clear();
    for (double& value : x) exact.push_back(slope_at(value));
    check_close<double>("input gradients from a state", dx.values(), exact, 1e-9);
}

} // namespace laws
