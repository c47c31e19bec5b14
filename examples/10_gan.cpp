// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Two networks against each other (Goodfellow et al. 2014). The generator makes points of noise; the discriminator tells
// them from points of a ring of eight Gaussians. What the generator learns from is the gradient of the discriminator's
// input, for which none of the discriminator's own parameters is computed.
#include <inlay/inlay.hpp>

#include <array>
#include <cmath>
#include <cstdio>

using namespace inlay;

using generator = network<input<8>, dense<64>, relu, dense<64>, relu, dense<2>>;
using discriminator = network<input<2>, dense<64>, leaky_relu<0.2>, dense<64>, leaky_relu<0.2>, dense<1>>;

constexpr std::size_t count = 64, modes = 8;
constexpr float radius = 2, deviation = 0.2f;
using noise = std::array<generator::input_type, count>;
using points = std::array<discriminator::input_type, count>;

/// Where the Gaussians are.
discriminator::input_type middle(std::size_t mode) {
    const float angle = static_cast<float>(mode) * 0.785398163f;
    return {radius * std::cos(angle), radius * std::sin(angle)};
}
void draw(noise& z, random_generator& random) {
    for (auto& one : z)
        for (float& value : one) value = random.normal(0.0f, 1.0f);
}
void draw(points& x, random_generator& random) {
    for (auto& one : x) {
        const auto at = middle(random.below(modes));
        one = {random.normal(at[0], deviation), random.normal(at[1], deviation)};
    }
}

/// The shares of 4096 generated points that lie within three deviations of each Gaussian.
std::array<double, modes> shares(const generator& g, random_generator& random) {
    std::array<double, modes> result{};
    noise z;
    std::array<generator::output_type, count> made;
    constexpr int rounds = 64;
    for (int round = 0; round < rounds; ++round) {
        draw(z, random);
        g(z, made);
        for (const auto& p : made)
            for (std::size_t mode = 0; mode < modes; ++mode) {
                const auto at = middle(mode);
                if (std::hypot(p[0] - at[0], p[1] - at[1]) < 3 * deviation) result[mode] += 1.0 / (rounds * count);
            }
    }
    return result;
}

int main() {
    static generator g;
    static discriminator d;
    initialize(g, seed{1}, init::he_normal{});
    initialize(d, seed{2}, init::he_normal{});
    static trainer<generator, no_loss, adam, batch<count>> train_g{g, {.learning_rate = 1e-3, .beta1 = 0.5}};
    static trainer<discriminator, binary_cross_entropy_with_logits, adam, batch<count>> train_d{
        d, {.learning_rate = 1e-3, .beta1 = 0.5}};

    random_generator random{seed{3}};
    static noise z;
    static points real, made, pull;
    std::array<discriminator::output_type, count> ones, zeros{};
    ones.fill({1});
    constexpr int steps = 8000;
    double near = 0;
    std::size_t found = 0;
    for (int step = 0; step <= steps; ++step) {
        draw(z, random);
        draw(real, random);
        train_g.forward(z, made); // keeps what backward needs

        // The discriminator shall say 1 to what is real and 0 to what is made.
        float loss_d = train_d.accumulate(real, ones);
        loss_d += train_d.accumulate(made, zeros);
        train_d.update();

        // The generator shall make what the discriminator says 1 to.
        const float loss_g = train_d.input_gradient(made, ones, pull);
        train_g.backward(pull);
        train_g.update();

        if (step % (steps / 4) == 0) {
            near = 0, found = 0;
            std::printf("step %4d: losses %.3f and %.3f; %% of the points near each Gaussian:", step,
                        static_cast<double>(loss_d), static_cast<double>(loss_g));
            for (const double share : shares(g, random)) {
                std::printf(" %4.1f", 100 * share);
                near += share;
                found += share > 0.01;
            }
            std::printf(", together %.1f\n", 100 * near);
        }
    }
    std::printf("\n%zu of %zu Gaussians found; of points drawn from them 98.9 %% would be near\n", found, modes);
    return near > 0.8 && found >= modes - 1 ? 0 : 1;
}
