// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Published networks with their real weights, and what the programs they come from make of them. The files are not part of the
// project: INLAY_ZOO names their folder (meson sets it to ../shared/zoo where that exists). Without them these tests are
// skipped.
#pragma once

#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace zoo {

using namespace inlay;

inline std::filesystem::path folder() {
    const char* const given = std::getenv("INLAY_ZOO");
    return given ? given : "";
}

/// Ends the program as skipped (77 is what meson takes for it) where the files are not.
struct skipped_without_files {
    skipped_without_files() {
        if (std::filesystem::is_directory(folder())) return;
        std::cout << "skipped: set INLAY_ZOO to the folder with the published networks\n" << std::flush;
        std::_Exit(77); // the logger of Boost.Test does not outlive exit
    }
};
BOOST_TEST_GLOBAL_FIXTURE(skipped_without_files);

/// The numbers of a file of little-endian `Number`s: "raptor/weights.f32".
template <class Number>
std::vector<Number> numbers(const std::string& name) {
    const auto path = folder() / name;
    std::ifstream file(path, std::ios::binary);
    std::vector<Number> all(std::filesystem::exists(path) ? std::filesystem::file_size(path) / sizeof(Number) : 0);
    if (all.empty() || !file.read(reinterpret_cast<char*>(all.data()), static_cast<std::streamsize>(all.size() * sizeof(Number))))
        throw std::runtime_error(path.string() + ": expected numbers");
    return all;
}
inline std::vector<float> floats(const std::string& name) { return numbers<float>(name); }

/// A network with the parameters of a file, which lie in PyTorch's order.
template <class Net>
std::unique_ptr<Net> with_weights(const std::string& name) {
    auto net = std::make_unique<Net>();
    BOOST_TEST_REQUIRE(net->assign(floats(name)), name << " has the network's number of parameters");
    return net;
}

/// max |a − b|
inline double largest_difference(std::span<const float> a, std::span<const float> b) {
    BOOST_TEST_REQUIRE(a.size() == b.size());
    double largest = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        const double difference = std::abs(double(a[i]) - double(b[i]));
        if (!(difference <= largest)) largest = difference; // NaN is the largest of all
    }
    return largest;
}
inline void check_within(const std::string& what, std::span<const float> found, std::span<const float> expected, double limit) {
    const double error = largest_difference(found, expected);
    BOOST_TEST_MESSAGE(what << ": within " << error << " of the reference");
    BOOST_TEST(error <= limit, what << ": off by " << error << ", more than " << limit);
}

/// A sequence step by step through `net(x, state)`, from a state of zeros.
template <class Net>
std::vector<float> step_by_step(const Net& net, std::span<const float> x) {
    typename Net::state_type state{};
    std::vector<float> y;
    for (size_t at = 0; at < x.size(); at += Net::input_size)
        for (const float one : net(*reinterpret_cast<const typename Net::input_type*>(x.data() + at), state)) y.push_back(one);
    return y;
}
/// The same through `net.stream`.
template <class Net>
std::vector<float> streamed(const Net& net, std::span<const float> x) {
    auto state = std::make_unique<typename Net::state_type>();
    std::vector<float> y(x.size() / Net::input_size * Net::output_size);
    BOOST_TEST(net.stream(x, y, *state));
    return y;
}

} // namespace zoo
