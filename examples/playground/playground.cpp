// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the page calls. Compiled by Emscripten into a module without imports, and by any compiler into a program that says what
// the page should see (main, at the end).
#include "digits.hpp"
#include "player.hpp"

#include <inlay/host/diagnosis.hpp>
#include <inlay/host/export.hpp>

#if defined(__wasm__)
#define EXPORTED(name) extern "C" __attribute__((export_name(#name)))
#else
#define EXPORTED(name) extern "C"
#endif

namespace playground {
namespace {

// One after the other, so that a choice is activation · nets + net.
std::span<const choice> of_activation(std::size_t activation) {
    switch (activation) {
    case 0:
        return tanh_choices();
    case 1:
        return relu_choices();
    case 2:
        return sigmoid_choices();
    default:
        return identity_choices();
    }
}
constexpr std::array<const char*, 4> activation_names{"tanh", "relu", "sigmoid", "identity"};

/// Room for any net; the largest is checked when one is made.
struct slot {
    alignas(64) std::array<unsigned char, 48 * 1024> memory;
    player* net = nullptr;
    std::size_t activation = 0;
};

points data;
std::uint32_t mask = 0x7f;
std::array<slot, 2> slots; // the one shown, and one for the runs of many seeds
digits images;
std::string text;
constexpr std::size_t most_cells = 128 * 128;
std::array<float, most_cells * 8> values;
std::array<input_type, most_cells> grid;
std::uint32_t grid_size = 0, grid_mask = 0;
facts known;

/// The centres of size × size squares over [-6, 6]², from the top left.
std::span<const input_type> cells(std::uint32_t size) {
    if (size != grid_size || mask != grid_mask)
        for (std::uint32_t row = 0; row < size; ++row)
            for (std::uint32_t column = 0; column < size; ++column) {
                const auto place = [size](std::uint32_t i) { return (i + 0.5) * 12 / size - 6; };
                grid[row * size + column] = features_of(place(column), -place(row), mask);
            }
    grid_size = size, grid_mask = mask;
    return std::span(grid).first(size * size);
}

std::uint32_t hash_of(std::span<const float> numbers, std::uint32_t hash = 0x811c9dc5u) {
    for (const float number : numbers) {
        const auto bits = inlay::math::bit_cast<std::uint32_t>(number);
        for (int byte = 0; byte < 4; ++byte) hash = (hash ^ (bits >> (8 * byte) & 0xff)) * 0x01000193u;
    }
    return hash;
}

/// What the library says of a net's layers. Units are looked at on all points for training; gradients are those of the last
/// step. On this page nets are so small that one dead unit counts, and so short that gradients do not get far: hence the limits.
inlay::diagnosis looked_into(player& net, std::string_view activation) {
    inlay::diagnosis found;
    const auto gradients = net.gradients();
    const std::size_t layers = net.known().layers;
    std::size_t at = 0;
    for (std::size_t layer = 0, in = features; layer < layers; ++layer) {
        const std::size_t units = net.width(layer), weights = units * in;
        inlay::layer_statistics sums{.name = "dense<" + std::to_string(units) + ">", .kind = "dense", .learns = true};
        for (std::size_t i = 0; i < weights; ++i) {
            const auto g = static_cast<double>(gradients[at + i]);
            sums.gradient = inlay::math::fma(g, g, sums.gradient);
        }
        sums.gradient =
            inlay::math::sqrt(sums.gradient / static_cast<double>(weights)); // of one weight, root mean square
        at += weights + units, in = units;

        const std::string_view kind = layer + 1 < layers ? activation : "tanh";
        inlay::layer_statistics given{.name = std::string(kind), .kind = std::string(kind)};
        net.outputs(layer, std::span(data.inputs).first(data.train), values.data());
        std::array<bool, 8> alive{};
        double flat = 0;
        for (std::size_t i = 0; i < data.train * units; ++i) {
            const float y = values[i];
            given.finite = given.finite && y - y == 0;
            alive[i % units] = alive[i % units] || y != 0;
            flat += kind == "tanh" ? y > 0.94f || y < -0.94f : kind == "sigmoid" && (y > 0.97f || y < 0.03f);
        }
        for (std::size_t u = 0; u < units; ++u) given.dead += !alive[u] / static_cast<double>(units);
        given.saturated = flat / static_cast<double>(data.train * units);
        found.layers.push_back(sums);
        found.layers.push_back(given);
    }
    inlay::judge_layers(found, {.dead = 0.01, .vanishing = 0.02});
    return found;
}
constexpr std::array<const char*, 6> illness_names{"Unscaled inputs", "Not finite",          "Dead units",
                                                   "Saturated units", "Vanishing gradients", "Exploding gradients"};

} // namespace
} // namespace playground

using namespace playground;

// ---- points ---------------------------------------------------------------------------------------------------------------

EXPORTED(make_points) void make_points(int kind, float noise, float share, std::uint32_t seed) {
    data.make(static_cast<data_set>(kind), static_cast<double>(noise), static_cast<double>(share), seed);
    data.choose(mask);
}
EXPORTED(choose_features) void choose_features(std::uint32_t chosen) {
    mask = chosen;
    data.choose(mask);
}
EXPORTED(point_places) const float* point_places() { return data.at[0].data(); }
EXPORTED(point_targets) const float* point_targets() { return data.targets[0].data(); }
EXPORTED(train_count) std::uint32_t train_count() { return static_cast<std::uint32_t>(data.train); }

// ---- nets -----------------------------------------------------------------------------------------------------------------

EXPORTED(net_count) std::uint32_t net_count() { return static_cast<std::uint32_t>(tanh_choices().size()); }
/// Four numbers of units, 0 behind the last layer.
EXPORTED(net_layers) const std::uint8_t* net_layers(std::uint32_t net) { return tanh_choices()[net].hidden.data(); }

/// Makes a net; false if there is none such.
EXPORTED(begin) int begin(std::uint32_t which, std::uint32_t net, std::uint32_t activation, std::uint32_t seed) {
    const auto choices = of_activation(activation);
    slot& at = slots[which];
    if (net >= choices.size() || choices[net].bytes > at.memory.size()) return 0;
    at.net = choices[net].make(at.memory.data()); // the one before has no destructor that does anything
    at.activation = activation;
    settings with;
    with.seed = seed;
    at.net->begin(with);
    return 1;
}
EXPORTED(set) void set(std::uint32_t which, int rule, float rate, float l1, float l2, std::uint32_t batch) {
    settings& now = slots[which].net->now;
    now.rule = static_cast<optimizer>(rule), now.rate = rate, now.l1 = l1, now.l2 = l2, now.batch = batch;
}
EXPORTED(steps) double steps(std::uint32_t which, std::uint32_t count) { return slots[which].net->steps(count, data); }
EXPORTED(steps_done) std::uint32_t steps_done(std::uint32_t which) {
    return static_cast<std::uint32_t>(slots[which].net->steps_done);
}
EXPORTED(train_loss) double train_loss(std::uint32_t which) { return slots[which].net->loss(data, 0, data.train); }
EXPORTED(test_loss) double test_loss(std::uint32_t which) {
    return slots[which].net->loss(data, data.train, most_points);
}
/// What layer `layer` gives on size × size squares: as many numbers for each as it has units.
EXPORTED(surface) const float* surface(std::uint32_t layer, std::uint32_t size) {
    slots[0].net->outputs(layer, cells(size), values.data());
    return values.data();
}
/// The same for the points for training.
EXPORTED(on_points) const float* on_points(std::uint32_t layer) {
    slots[0].net->outputs(layer, std::span(data.inputs).first(data.train), values.data());
    return values.data();
}
EXPORTED(parameters) const float* parameters() { return slots[0].net->parameters().data(); }
EXPORTED(gradients) const float* gradients() { return slots[0].net->gradients().data(); }
/// Layers, parameters, their bytes, bytes of an inference, bytes to train, multiply-accumulates.
EXPORTED(facts_of) const std::uint32_t* facts_of() {
    known = slots[0].net->known();
    return &known.layers;
}
EXPORTED(bits) std::uint32_t bits(std::uint32_t which) {
    player& net = *slots[which].net;
    return hash_of(net.gradients(), hash_of(net.parameters()));
}
/// What keeps the net from learning, a line each.
EXPORTED(findings) const char* findings() {
    slot& at = slots[0];
    text.clear();
    for (const auto& one : looked_into(*at.net, activation_names[at.activation]).findings)
        text += std::string(illness_names[static_cast<std::size_t>(one.kind)]) + ": " + one.text + "\n";
    return text.c_str();
}
EXPORTED(header) const char* header() {
    player& net = *slots[0].net;
    text = net.header("playground_net", activation_names[slots[0].activation],
                      {"Trained in the playground: " + std::to_string(net.steps_done) + " steps, seed " +
                       std::to_string(net.now.seed) + "."});
    return text.c_str();
}

// ---- digits ---------------------------------------------------------------------------------------------------------------

EXPORTED(digits_raw) std::uint8_t* digits_raw() { return images.raw.data(); }
EXPORTED(digits_begin) void digits_begin(std::uint32_t seed, float rate) { images.begin(seed, rate); }
EXPORTED(digits_steps) float digits_steps(std::uint32_t count) { return images.steps(count); }
EXPORTED(digits_done) std::uint32_t digits_done() { return static_cast<std::uint32_t>(images.steps_done); }
EXPORTED(digits_accuracy) float digits_accuracy() { return images.accuracy(); }
EXPORTED(digits_pixels) float* digits_pixels() { return values.data(); }
/// Of the 64 numbers at digits_pixels, 0 to 1.
EXPORTED(digits_classify) const float* digits_classify() {
    digits::image x;
    std::copy_n(values.begin(), x.size(), x.begin());
    const auto p = images.classify(x);
    std::copy(p.begin(), p.end(), values.begin() + 64);
    return values.data() + 64;
}
EXPORTED(digits_weights) const float* digits_weights() {
    const auto all = images.parameters();
    std::copy(all.begin(), all.end(), values.begin() + 128);
    return values.data() + 128;
}
EXPORTED(digits_bits) std::uint32_t digits_bits() { return hash_of(images.parameters()); }
EXPORTED(digits_header) const char* digits_header() {
    text = inlay::header_text(images.net(), "playground_digits",
                              {.provenance = {"64-32-10, pixels 0 to 1, trained in the playground: " +
                                              std::to_string(images.steps_done) + " steps."}});
    return text.c_str();
}

// ---- checks ---------------------------------------------------------------------------------------------------------------

/// The bits of a run of net `net`, every activation and optimiser in turn, on one of the data sets.
EXPORTED(check) std::uint32_t check(std::uint32_t net, std::uint32_t activation) {
    mask = activation % 2 ? 0x7f : 0x1f;
    make_points(static_cast<int>((net + activation) % 6), 0.1f, 0.5f, 1000 + net);
    if (!begin(0, net, activation, net + 1)) return 0;
    std::uint32_t hash = 0;
    for (int rule = 0; rule < 3; ++rule) {
        set(0, rule, rule == 2 ? 0.003f : 0.03f, 0.0001f, 0.001f, rule == 0 ? 10 : rule == 1 ? 7 : 25);
        const double loss[]{steps(0, 300), train_loss(0), test_loss(0)};
        for (const double one : loss) hash = hash * 31 + hash_of(std::array{static_cast<float>(one)});
        hash = hash * 31 + bits(0);
    }
    for (std::uint32_t layer = 0; layer < facts_of()[0]; ++layer)
        hash = hash * 31 + hash_of(std::span(surface(layer, 8), 64 * slots[0].net->width(layer)));
    return hash;
}

#if !defined(__wasm__)
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

/// `playground_model check`: the hashes of all nets, a line each.
/// `playground_model run NET ACTIVATION SEED STEPS KIND`: the hash of a run with the page's first settings, and its header.
/// `playground_model digits FILE SEED STEPS`: the same of the digits.
int main(int count, char** arguments) {
    const auto number = [&](int i) { return static_cast<std::uint32_t>(std::strtoul(arguments[i], nullptr, 10)); };
    const std::string_view what = count > 1 ? arguments[1] : "";
    if (what == "check") {
        for (std::uint32_t net = 0; net < net_count(); ++net)
            for (std::uint32_t activation = 0; activation < 4; ++activation)
                std::cout << net << ' ' << activation << ' ' << check(net, activation) << '\n';
        return 0;
    }
    if (what == "run" && count == 7) {
        make_points(static_cast<int>(number(6)), 0, 0.5f, number(4));
        if (!begin(0, number(2), number(3), number(4))) return 1;
        set(0, 0, 0.03f, 0, 0, 10);
        steps(0, number(5));
        std::cout << bits(0) << '\n' << header();
        return 0;
    }
    if (what == "digits" && count == 5) {
        std::ifstream file(arguments[2], std::ios::binary);
        if (!file.read(reinterpret_cast<char*>(digits_raw()), static_cast<std::streamsize>(images.raw.size())))
            return 1;
        digits_begin(number(3), 0.003f);
        digits_steps(number(4));
        std::cout << digits_bits() << '\n' << digits_accuracy() << '\n' << digits_header();
        return 0;
    }
    std::cerr << "playground_model check | run NET ACTIVATION SEED STEPS KIND | digits FILE SEED STEPS\n";
    return 2;
}
#endif
