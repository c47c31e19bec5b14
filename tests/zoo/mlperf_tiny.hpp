// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// MLPerf Tiny's networks beside what TensorFlow Lite Micro makes of them.
#pragma once

#include "../../examples/zoo/mlperf_tiny.hpp"
#include "zoo.hpp"

namespace mlperf_tiny {

/// What the network makes of the inputs of one file, sample by sample and all in one call, beside the outputs of another.
template <class Net>
void check(const std::string& what, const Net& net, const std::string& inputs, const std::string& outputs,
           double limit) {
    const auto numbers = zoo::floats(inputs), expected_y = zoo::floats(outputs);
    std::vector<typename Net::input_type> x(numbers.size() / Net::input_size);
    std::vector<typename Net::output_type> batch(x.size());
    BOOST_TEST_REQUIRE(x.size() * Net::input_size == numbers.size());
    for (size_t n = 0; n < x.size(); ++n)
        std::copy_n(numbers.data() + n * Net::input_size, Net::input_size, x[n].data());
    std::vector<float> one_by_one, at_once;
    for (const auto& sample : x)
        for (const float one : net(sample)) one_by_one.push_back(one);
    zoo::check_within(what, one_by_one, expected_y, limit);
    BOOST_TEST_REQUIRE(net(x, batch));
    for (const auto& y : batch) at_once.insert(at_once.end(), y.begin(), y.end());
    zoo::check_within(what + ", a batch", at_once, expected_y, limit);
}

} // namespace mlperf_tiny
