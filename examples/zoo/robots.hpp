// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Small networks that run on robots, a step at a time from a state of zeros: a quadrotor's policy, the actuator of a quadruped, a
// humanoid's walk.
#pragma once

#include "published.hpp"

#include <inlay/files/weights.hpp>
#include <inlay/inlay.hpp>

namespace zoo {

// What is named here are the files' numbers in PyTorch's order; tools/zoo/to_safetensors.py makes a .safetensors file of what was
// published, and both are read.

/// x = position 3, rotation matrix 9, velocity 3, angular velocity 3, last action 4; y = the four rotors.
using raptor = inlay::network<inlay::input<22>, inlay::dense<16>, inlay::relu, inlay::gru<16>, inlay::dense<4>>;
inline constexpr published_file raptor_file{"raptor/weights.f32",
                                            "github.com/rl-tools/raptor, data/raptor-policy-checkpoint.tar.gz: "
                                            "checkpoint.h5, commit 3813c24fc47b44b807fc74ea7e342098b042fb29",
                                            "57cd925862116a5edf03ba33ae21885935df844408aea0a4b0a6cf9bf09d6d9d"};

/// x = position error and velocity of a joint, times 2 and ¼; y = a twentieth of its torque in N·m.
using anydrive = inlay::network<inlay::input<2>, inlay::lstm<8>, inlay::lstm<8>, inlay::dense<1>>;
inline constexpr published_file anydrive_file{
    "legged/anydrive_weights.f32",
    "github.com/leggedrobotics/legged_gym, resources/actuator_nets/anydrive_v3_lstm.pt, commit "
    "8fa29acc6fd1910c3d9659eef6310bdd301cde0a",
    "b70cb6caba690316c6d94459eab5541d31a77ce2ffadc83f3c44135bea7793e2"};

/// 50 times a second, from 47 observations to twelve joints.
using unitree_g1 = inlay::network<inlay::input<47>, inlay::lstm<64>, inlay::dense<32>, inlay::elu<>, inlay::dense<12>>;
inline constexpr published_file unitree_g1_file{
    "legged/g1_weights.f32",
    "github.com/unitreerobotics/unitree_rl_gym, deploy/pre_train/g1/motion.pt, commit "
    "276801e46c5d433564f24658bac64f254b7d2d4b",
    "77056bd2f7f819cba00d5b6b76eb2ec66d42d8b4a4f5b258aeac8ea655c2875a"};

namespace detail {

/// Bare numbers, or tensors under the names that they were published with.
template <class Network>
std::unique_ptr<Network> load_robot(const std::filesystem::path& path,
                                    std::vector<std::pair<std::string, std::string>> names) {
    if (path.extension() == ".f32") return with_parameters<Network>(numbers_of<float>(path), path);
    auto net = std::make_unique<Network>();
    load(*net, path, {.names = std::move(names)});
    return net;
}

} // namespace detail

/// Throws inlay::file_error, as the others do.
inline std::unique_ptr<raptor> load_raptor(const std::filesystem::path& path) {
    return detail::load_robot<raptor>(path, {{"0.weight", "actor.layers.0.weights"},
                                             {"0.bias", "actor.layers.0.biases"},
                                             {"2.weight_ih_l0", "actor.layers.1.weights_input"},
                                             {"2.weight_hh_l0", "actor.layers.1.weights_hidden"},
                                             {"2.bias_ih_l0", "actor.layers.1.biases_input"},
                                             {"2.bias_hh_l0", "actor.layers.1.biases_hidden"},
                                             {"3.weight", "actor.layers.2.weights"},
                                             {"3.bias", "actor.layers.2.biases"}});
}
inline std::unique_ptr<anydrive> load_anydrive(const std::filesystem::path& path) {
    return detail::load_robot<anydrive>(path, {{"0", "lstm"},
                                               {"1.weight_ih_l0", "lstm.weight_ih_l1"},
                                               {"1.weight_hh_l0", "lstm.weight_hh_l1"},
                                               {"1.bias_ih_l0", "lstm.bias_ih_l1"},
                                               {"1.bias_hh_l0", "lstm.bias_hh_l1"},
                                               {"2", "linear"}});
}
inline std::unique_ptr<unitree_g1> load_unitree_g1(const std::filesystem::path& path) {
    return detail::load_robot<unitree_g1>(path, {{"0", "memory"}, {"1", "actor.0"}, {"3", "actor.2"}});
}

} // namespace zoo
