// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Neural Amp Modeler's networks: WaveNets and an LSTM on one sample of sound after the other.
#pragma once

#include "../../examples/zoo/neural_amp_modeler.hpp"
#include "zoo.hpp"

namespace nam {

/// The sound that a network makes of input.f32, after `silence` zeros: step by step, and streamed in calls of 64, with the same
/// bits.
template <class Net>
void check(const std::string& what, const Net& net, const std::string& expected, size_t silence) {
    const auto x = zoo::floats("nam/input.f32");
    std::vector<float> steps, blocks(x.size());

    auto state = std::make_unique<typename Net::state_type>();
    std::vector<float> zeros(silence), dropped(silence);
    BOOST_TEST(net.stream(zeros, dropped, *state));
    auto block_state = std::make_unique<typename Net::state_type>(*state);
    for (const float one : x) steps.push_back(net({one}, *state)[0]);
    for (size_t at = 0; at < x.size(); at += 64)
        BOOST_TEST(net.stream(std::span(x).subspan(at, 64), std::span(blocks).subspan(at, 64), *block_state));
    BOOST_TEST((steps == blocks), what << ": sample by sample and in blocks, the same bits");
    BOOST_TEST((*state == *block_state));
    zoo::check_within(what, steps, zoo::floats(expected), 1e-5);
}

} // namespace nam
