// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Published networks with their real weights, and what the programs they come from make of them. The files are not part of the
// project: INLAY_ZOO names their folder (meson sets it to ../shared/zoo where that exists). Without them these tests are
// skipped.
#pragma once

#include "../../examples/zoo/published.hpp"

#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <span>
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
    return numbers_of<Number>(folder() / name);
}
inline std::vector<float> floats(const std::string& name) { return numbers<float>(name); }

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
