// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Policies and models that run on robots, a step at a time: their outputs from a state of zeros.
#define BOOST_TEST_MODULE zoo_robots
#include "../../examples/zoo/robots.hpp"
#include "zoo.hpp"

using namespace inlay;

/// A quadrotor's policy (rl-tools/raptor): two flights side by side in the file.
BOOST_AUTO_TEST_CASE(raptor) {
    const auto net = zoo::load_raptor(zoo::folder() / zoo::raptor_file.name);
    const auto inputs = zoo::floats("raptor/example_input.f32"), outputs = zoo::floats("raptor/example_output.f32");
    for (size_t flight = 0; flight < 2; ++flight) {
        std::vector<float> x, expected;
        for (size_t t = 0; t < 500; ++t) {
            const auto in = inputs.begin() + static_cast<std::ptrdiff_t>((2 * t + flight) * 22),
                       out = outputs.begin() + static_cast<std::ptrdiff_t>((2 * t + flight) * 4);
            x.insert(x.end(), in, in + 22);
            expected.insert(expected.end(), out, out + 4);
        }
        const auto y = zoo::step_by_step(*net, x);
        zoo::check_within("raptor, flight " + std::to_string(flight), y, expected, 1e-5);
        BOOST_TEST((zoo::streamed(*net, x) == y));
    }
}

/// The actuator of a quadruped (legged_gym): 20 · dense(lstm(lstm(x ∘ [2, ¼]))), torque from position error and velocity.
BOOST_AUTO_TEST_CASE(anydrive) {
    using actuator = zoo::anydrive;
    const auto net = zoo::load_anydrive(zoo::folder() / zoo::anydrive_file.name);
    auto x = zoo::floats("legged/anydrive_input.f32");
    for (size_t i = 0; i < x.size(); ++i) x[i] *= i % 2 == 0 ? 2.0f : 0.25f;
    const auto expected = zoo::floats("legged/anydrive_output.f32");
    // Up to 80 N·m, where floats are 7.6e-6 apart: in float the network's own output is compared, in double the torque.
    const auto y = zoo::step_by_step(*net, x);
    std::vector<float> expected_y, torque;
    for (const float one : expected) expected_y.push_back(one / 20);
    zoo::check_within("anydrive", y, expected_y, 1e-6);
    BOOST_TEST((zoo::streamed(*net, x) == y));

    using precise = actuator::with_scalar<double>;
    precise in_double;
    for (size_t t = 0; t < actuator::tensor_count; ++t)
        for (size_t i = 0; i < actuator::tensors[t].size; ++i)
            in_double.parameters()[precise::parameter_index(t, i)] = net->parameters()[actuator::parameter_index(t, i)];
    precise::state_type state{};
    for (size_t t = 0; t < expected.size(); ++t)
        torque.push_back(static_cast<float>(20 * in_double({x[2 * t], x[2 * t + 1]}, state)[0]));
    zoo::check_within("anydrive in double", torque, expected, 1e-5);
}

/// A humanoid's walk (unitree_rl_gym).
BOOST_AUTO_TEST_CASE(unitree_g1) {
    const auto net = zoo::load_unitree_g1(zoo::folder() / zoo::unitree_g1_file.name);
    const auto x = zoo::floats("legged/g1_input.f32");
    const auto y = zoo::step_by_step(*net, x);
    zoo::check_within("unitree g1", y, zoo::floats("legged/g1_output.f32"), 3e-5);
    BOOST_TEST((zoo::streamed(*net, x) == y));
}
